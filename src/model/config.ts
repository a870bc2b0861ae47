/** The parsed configuration: what the user asked for, typed, with every default filled in. */
import type { EvidenceLevel } from './judgement.ts';
import type { ChangePolicy } from './planned.ts';

export const RULE_IDS = [
  'advertised-address-wrong',
  'agent-missing',
  'asymmetric-path',
  'backend-mixed',
  'bridge-netfilter-missing',
  'cloud-forwarding-off',
  'daemonset-os-selector',
  'duplicate-cloud-route',
  'evidence-incomplete',
  'fabric-route-dead',
  'fabric-route-missing',
  'fabric-route-wrong-target',
  'firewall-excludes-pods',
  'flannel-config-invalid',
  'host-firewall-drops',
  'host-forwarding-off',
  'host-gw-off-link',
  'host-rp-filter-strict',
  'multi-nic-ambiguity',
  'network-mode-implausible',
  'no-room-for-nodes',
  'node-condition-misleading',
  'node-route-missing',
  'node-route-stale-or-wrong',
  'node-unmatched',
  'not-durable',
  'orphan-route',
  'pod-source-rewritten',
  'podcidr-overlap',
  'podcidr-unassigned',
  'port-security-drops',
  'range-collision',
  'route-controller-blocked',
  'route-quota',
  'route-shadowed',
  'route-table-not-associated',
  'rule-crashed',
  'second-family-uncovered',
  'tor-route-missing',
  'tor-route-orphan',
  'tor-route-wrong',
  'vxlan-windows-values',
  'windows-hns-network-wrong',
  'windows-outbound-nat',
  'windows-route-not-stored',
] as const;
export type RuleId = (typeof RULE_IDS)[number];

/** Worst first. */
export const SEVERITIES = ['error', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type CloudId = 'aws' | 'gcp' | 'azure';
export type NetworkMode = 'host-gw' | 'static' | 'fabric' | 'cross-subnet' | 'overlay';

export type ReportFormat = 'json' | 'html' | 'sarif' | 'junit' | 'none';

export interface Config {
  readonly mode: 'check' | 'plan' | 'apply';
  /** `auto`: by the nodes' provider ids, else by the credentials present. */
  readonly clouds: 'auto' | readonly CloudId[];
  /** `auto`: by evidence on each node. Several: each node's evidence chooses among them. */
  readonly networkModes: 'auto' | readonly NetworkMode[];
  /** A path or the content itself; absent: KUBECONFIG, ~/.kube/config, in-cluster. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Programs that a kubeconfig names for credentials; `auto`: refused where the checkout may be a stranger's. */
  readonly execPlugins: 'auto' | 'allow' | 'refuse';
  readonly nodeSelector?: string;
  /** Canonical; the cluster's pod ranges, never a filter. Empty: taken from the evidence. */
  readonly podCIDRs: readonly string[];
  /** Addresses and prefixes (canonical) and subnet ids that are no nodes but talk to pods. */
  readonly extraSenders: readonly string[];
  readonly clusterId?: string;
  /** Empty: the regions that the nodes’ provider ids name, else the region of the environment. */
  readonly awsRegions: readonly string[];
  /** Projects to read; empty: those that the nodes’ provider ids name, else the environment’s. */
  readonly gcpProjects: readonly string[];
  /** Subscriptions to read; empty: those that the nodes’ provider ids name, else the login’s. */
  readonly azureSubscriptions: readonly string[];
  /** Base URL of the Compute Engine API; absent: the public one. */
  readonly gcpEndpoint?: string;
  /** Base URL of Azure Resource Manager; absent: the public cloud. */
  readonly azureEndpoint?: string;
  /** How the nodes' own kernels are read. */
  readonly guests: 'none' | 'api' | 'exec' | 'files';
  /** A folder or a glob with the output of docs/collect/collect.sh and collect.ps1; there if guests is `files`. */
  readonly guestFiles?: string;
  /** Files, folders and patterns with exports of routers outside of clouds. */
  readonly fabricRoutes: readonly string[];
  /** `allowed`: no port filters addresses; else the path of a file that says what ports allow. Absent: nobody says. */
  readonly portSecurity?: string;
  /** Canonical; each is one layer-2 segment, of nodes that are in no cloud. */
  readonly nodeSubnets: readonly string[];
  readonly requireEvidence: EvidenceLevel;
  readonly rules: Readonly<Partial<Record<RuleId, Severity | 'off'>>>;
  /** `new`: as error, but only for what the baseline does not have. */
  readonly failOn: 'error' | 'warning' | 'new' | 'never';
  readonly onUnknown: 'fail' | 'warn' | 'ignore';
  /** Path of a file with planned nodes; absent: the cluster is judged as it is. */
  readonly whatIf?: string;
  /** Path of a snapshot to judge instead of reading the world. */
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
  /** Path of the file with accepted faults; absent: the usual place, if there is a file. */
  readonly configFile?: string;
  /** Path of a former report.json; absent: all findings are new. */
  readonly baseline?: string;
  /** Where mode plan writes the plan; the plan that mode apply runs. Absent: plan.json of the report; the plan of now. */
  readonly planFile?: string;
  /** The digest that somebody has approved. */
  readonly planDigest?: string;
  readonly policy: ChangePolicy;
  readonly comment: 'always' | 'on-problems' | 'never';
  readonly driftIssue: 'on-problems' | 'never';
  readonly reportDir: string;
  readonly reportFormats: readonly ReportFormat[];
  /** For GitHub's API; a secret. Absent: nothing is asked of it. */
  readonly githubToken?: string;
  /** For the whole run, in milliseconds. */
  readonly timeoutMs: number;
}
