/**
 * Every input of the Action, in one table: action.yml, the README and the parser are made from it.
 * Names are a public contract: add to them, rename or drop none.
 */
import { CHANGE_INPUTS } from './spec-change.ts';
import { LATER_INPUTS } from './spec-later.ts';
import { REPORT_INPUTS } from './spec-report.ts';
import { SEGMENT_INPUTS } from './spec-segment.ts';

export interface InputSpec {
  readonly name: string;
  /** `list`: separated by commas, spaces or new lines. `lines`: one entry a line. `flag`: true or false. */
  readonly type: 'choice' | 'duration' | 'flag' | 'lines' | 'list' | 'number' | 'path' | 'secret' | 'text';
  /** As action.yml states it; empty: unset. */
  readonly default: string;
  /** For users: one or two plain sentences. */
  readonly text: string;
  /** `later`: the feature does not exist yet, and only the default is accepted. */
  readonly available: 'now' | 'later';
  /** What can be asked for now; absent: free text. */
  readonly values?: readonly string[];
  /** Has an effect only while the cluster and the cloud are read, so none when a snapshot is replayed. */
  readonly readingOnly?: true;
}

const READING_INPUTS = [
  {
    name: 'mode',
    type: 'choice',
    default: 'check',
    text: 'What to do. check reads and judges; plan also writes down what would be changed; apply changes it, and judges again. Only apply ever changes anything. See docs/apply.md.',
    available: 'now',
    values: ['check', 'plan', 'apply'],
  },
  {
    name: 'cloud',
    type: 'list',
    default: 'auto',
    text: "Clouds to read. auto goes by the nodes' provider ids, else by the credentials that are present; none reads no cloud.",
    available: 'now',
    values: ['auto', 'aws', 'gcp', 'azure', 'none'],
    readingOnly: true,
  },
  {
    name: 'network-mode',
    type: 'list',
    default: 'auto',
    text: 'How pod packets travel between nodes: host-gw (directly), static (by routes made on each node), fabric (by tables of a cloud or a router), cross-subnet (directly inside a subnet, else in tunnels), overlay (in tunnels). auto goes by the evidence on each node; of several modes it chooses one.',
    available: 'now',
    values: ['auto', 'host-gw', 'static', 'fabric', 'cross-subnet', 'overlay'],
  },
  {
    name: 'kubeconfig',
    type: 'secret',
    default: '',
    text: 'Path of a kubeconfig file, or its content. Unset: the files named by KUBECONFIG, else ~/.kube/config, else the service account of the pod that runs the step.',
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'context',
    type: 'text',
    default: '',
    text: "Context of the kubeconfig to use. Unset: the file's current context.",
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'exec-plugins',
    type: 'choice',
    default: 'auto',
    text: 'Whether the program that a kubeconfig names for credentials (exec) may run. auto refuses it where the checkout may be of a stranger: forks, Dependabot, pull_request_target. See docs/events.md.',
    available: 'now',
    values: ['auto', 'allow', 'refuse'],
    readingOnly: true,
  },
  {
    name: 'node-selector',
    type: 'text',
    default: '',
    text: 'Label selector of the nodes to judge, such as node-role.kubernetes.io/worker or os in (linux, windows). Unset: all nodes.',
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'pod-cidrs',
    type: 'list',
    default: '',
    text: "The cluster's pod ranges, both families. They tell which routes are about pods and are never a filter on nodes. Unset: what the CNI configuration says, else the smallest range over all podCIDRs.",
    available: 'now',
  },
  {
    name: 'extra-senders',
    type: 'list',
    default: '',
    text: 'Who else talks to pods and is no node: addresses, networks or subnet ids, such as those of API servers that call webhooks. Paths from each to all pods and back are judged, but not the own outbound filters of one whose interface was not read.',
    available: 'now',
  },
  {
    name: 'cluster-id',
    type: 'text',
    default: '',
    text: "Name of the cluster in reports. Unset: the UID of the kube-system namespace, else the API server's host.",
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'aws-regions',
    type: 'list',
    default: '',
    text: "AWS regions to read. Unset: the regions that the nodes' zones name, else the region of the environment (AWS_REGION).",
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'gcp-projects',
    type: 'list',
    default: '',
    text: "Google Cloud projects to read. Unset: those that the nodes' provider ids name, else the project of the login. With a Shared VPC the host project is found by itself.",
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'azure-subscriptions',
    type: 'list',
    default: '',
    text: "Azure subscriptions to read, by id. Unset: those that the nodes' provider ids name, else those of the login.",
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'gcp-endpoint',
    type: 'text',
    default: '',
    text: 'Base URL of the Compute Engine API, for Private Service Connect or another Google universe, such as https://compute-prod.p.googleapis.com.',
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'azure-endpoint',
    type: 'text',
    default: '',
    text: 'Base URL of Azure Resource Manager, for another Azure cloud, such as https://management.usgovcloudapi.net. Set AZURE_AUTHORITY_HOST to that cloud too.',
    available: 'now',
    readingOnly: true,
  },
  {
    name: 'require-evidence',
    type: 'choice',
    default: 'fabric',
    text: "Weakest evidence that may count as a pass: fabric (the cloud's settings), fabric+agent (and the CNI agent runs on that node now), or guest (and its kernel was read). What has less is unknown.",
    available: 'now',
    values: ['fabric', 'fabric+agent', 'guest'],
  },
  {
    name: 'rules',
    type: 'lines',
    default: '',
    text: 'Severity per rule, one a line: rule-id: error, warning, notice or off. Text after # is a remark.',
    available: 'now',
  },
  {
    name: 'fail-on',
    type: 'choice',
    default: 'error',
    text: 'From which severity on a failing finding fails the step. A broken pod path counts as an error, whatever severity its rule was given; new is error for what the baseline does not have; never only reports.',
    available: 'now',
    values: ['error', 'warning', 'new', 'never'],
  },
  {
    name: 'on-unknown',
    type: 'choice',
    default: 'fail',
    text: 'What the step does when a pair could not be judged, because something needed could not be read.',
    available: 'now',
    values: ['fail', 'warn', 'ignore'],
  },
  {
    name: 'what-if',
    type: 'path',
    default: '',
    text: 'YAML or JSON file with planned nodes (pools, cluster-size), which are judged as if they were there. See docs/what-if.md.',
    available: 'now',
  },
  {
    name: 'snapshot',
    type: 'path',
    default: '',
    text: 'A saved snapshot to judge instead of reading a cluster. Needs no credentials and no network.',
    available: 'now',
  },
  {
    name: 'timeout',
    type: 'duration',
    default: '10m',
    text: 'Longest time for the whole run: 90s, 10m, 1h30m; a plain number means minutes. From 1s to 6h.',
    available: 'now',
  },
  {
    name: 'guests',
    type: 'choice',
    default: 'none',
    text: "How to read the nodes' own kernels: none; api (whether they forward, from node_exporter); exec (commands that only read, in the network agents' own pods); files (what docs/collect/collect.sh, or collect.ps1 on Windows, wrote on each node). See docs/guests.md.",
    available: 'now',
    values: ['none', 'api', 'exec', 'files'],
    readingOnly: true,
  },
  {
    name: 'guest-files',
    type: 'path',
    default: '',
    text: 'Folder, or pattern with * and **, of the files for guests: files. A file may hold several nodes.',
    available: 'now',
    readingOnly: true,
  },
] as const satisfies readonly InputSpec[];

const AVAILABLE_INPUTS = [...READING_INPUTS, ...SEGMENT_INPUTS, ...REPORT_INPUTS, ...CHANGE_INPUTS] as const;

export type InputName = (typeof AVAILABLE_INPUTS)[number]['name'] | (typeof LATER_INPUTS)[number]['name'];

/** What can be used now first, each part in the order in which people meet it. */
export const INPUTS: readonly (InputSpec & { readonly name: InputName })[] = [...AVAILABLE_INPUTS, ...LATER_INPUTS];

type Closed = Extract<(typeof AVAILABLE_INPUTS)[number], { readonly values: readonly string[] }>;

/** Inputs with a closed set of values. */
export type ChoiceName = Closed['name'];

type ChoiceValues = { readonly [Row in Closed as Row['name']]: Row['values'][number] };

/** What such an input can be set to now. */
export type ChoiceValue<N extends ChoiceName> = ChoiceValues[N];

/** The table's row for a name that the compiler knows. */
export function inputSpec(name: InputName): InputSpec {
  const spec = INPUTS.find((candidate) => candidate.name === name);
  if (spec === undefined) throw new Error(`no input ${name}`);
  return spec;
}
