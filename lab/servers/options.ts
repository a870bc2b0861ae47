import type { World } from '../world/world.ts';
import type { GitHubLimit, GitHubPermissions } from './github/access.ts';

export type LabService = 'ec2' | 'sts' | 'quotas' | 'k8s' | 'gce' | 'google-token' | 'arm' | 'entra' | 'github';

/** One request as a test sees it afterwards. */
export interface LabRequest {
  service: LabService;
  /**
   * EC2, STS and Service Quotas: the action. Kubernetes: verb, resource and, where there is one, namespace or namespace/name or
   * name, as in `list nodes`, `list pods kube-flannel`, `get configmaps kube-flannel/kube-flannel-cfg`.
   * Compute Engine: the method and the project, as in `instances.aggregatedList my-project`; with the name where one
   * object is asked for, as in `instances.get my-project/worker-1`, or one is changed, as in `routes.insert
   * my-project/pods-1`. Azure: the operation of the API description, as in
   * `NetworkInterfaces_ListAll`, with the scale set's name where it is about one. Token services: what is asked of
   * them (`exchange`, `generateAccessToken`, `token`...). GitHub: the operation of the API description and what it is
   * about, as in `issues/create-comment 7`, `issues/update 12`, `repos/get-content docs/x.yml`; `graphql`.
   */
  operation: string;
  status: number;
  /** Whether it asked for a change, which only GitHub's server and the option `writable` grant; a test can fail on every attempt. */
  write: boolean;
}

/** A command that somebody wants to run in a container. */
export interface ExecAsk {
  namespace: string;
  pod: string;
  node: string;
  container: { name: string; image: string };
  command: string[];
  /** Whether the pod runs. */
  running: boolean;
  /** What is to be heard of it. */
  streams: { stdout: boolean; stderr: boolean };
  /** The node's. */
  address: string;
  /** The how-manieth time it is asked of that node. */
  count: number;
}

/**
 * `absent`: the image has no such program; `not-running`: the kubelet has no such container; `unreachable`: there is no
 * way to the kubelet; `hang`: nothing comes once the connection stands.
 */
export type ExecAnswer =
  | 'absent'
  | 'not-running'
  | 'unreachable'
  | 'hang'
  | {
      stdout?: string;
      stderr?: string;
      /** Default 0. */
      exit?: number;
      /** Half of the output, and then the end of the connection, or an orderly goodbye without a status. */
      cut?: 'connection' | 'status';
      /** Milliseconds before every piece of the output. */
      slowMs?: number;
      /** The output never ends. */
      endless?: true;
    };

/** A request for an HTTP server in a pod. */
export interface PodProxyAsk {
  namespace: string;
  pod: string;
  node: string;
  port: string;
  /** With its query. */
  path: string;
}

/** One exchange as a measurement sees it. */
export interface LabExchange {
  service: LabService;
  method: string;
  /** Path and query. */
  url: string;
  body: string;
  accept: string;
  status: number;
  /** Size of the answer's body as it was sent, compressed where it was, in bytes. */
  bytes: number;
  /** Port of the client: requests with the same one came over one connection, one after the other. */
  connection: number;
  /** How many answers of all services were on their way when the request came. */
  answersBefore: number;
}

export interface LabOptions {
  /** IAM actions denied, such as `ec2:DescribeRouteTables`; wildcards as IAM has them. */
  deny?: string[];
  /** Kubernetes permissions denied: verb, resource and perhaps a namespace, such as `list pods kube-flannel`. */
  kubeDeny?: string[];
  /** Compute Engine permissions denied, perhaps in one project only: `compute.routes.list`, `compute.* host-project`. */
  gceDeny?: string[];
  /** Projects in which the Compute Engine API is not enabled. */
  gceDisabled?: string[];
  /** Query parameters that Compute Engine does not know, such as `returnPartialSuccess`. */
  gceUnknownParameters?: string[];
  /** Azure actions denied, such as `Microsoft.Network/routeTables/read`; `*` any characters, case does not matter. */
  azureDeny?: string[];
  /** An IAM policy document: only what it allows is allowed. */
  iamPolicy?: object;
  /** A ClusterRole, a Role (valid in its own namespace), several of them in an array, or `{ rules }`. */
  clusterRole?: object;
  /** A custom role as `gcloud iam roles create --file` takes it (`includedPermissions`). */
  gceRole?: object;
  /** A custom role as `az role definition create` takes it (`Actions`, `NotActions`), or as Azure shows it. */
  azureRole?: object;
  /**
   * Credentials that were good once: a 401 from Kubernetes, Compute Engine, Azure and GitHub, RequestExpired from EC2. May be
   * set in the middle of a run.
   */
  expiredToken?: boolean | 'aws' | 'kubernetes' | 'google' | 'azure' | 'github';
  /** What the job's token may do. Default: contents: read, issues: write, pull-requests: write; one that is left out: none. */
  githubPermissions?: GitHubPermissions;
  /** GitHub refuses calls for being too many. */
  githubLimit?: GitHubLimit;
  /** So many of GitHub's changes are made, and answered with 502 all the same. */
  githubLostAnswers?: number;
  /** JSON Lines file to which every exchange is appended, in the form of the contract check. */
  record?: string;
  /**
   * Every n-th request to a server is throttled: 503 RequestLimitExceeded from EC2, 429 from Kubernetes and Azure, 403
   * rateLimitExceeded from Compute Engine, 403 with Retry-After from GitHub.
   */
  throttleEvery?: number;
  /** Every n-th answer of a server breaks off in the middle of its body. */
  breakOffEvery?: number;
  /** Milliseconds that every answer takes longer. */
  slowMs?: number;
  /** Upper bounds for the page sizes that clients ask for; for Azure, where they cannot ask, the size itself. */
  pageSize?: { ec2?: number; kubernetes?: number; gce?: number; azure?: number };
  /**
   * EC2: filters are applied after the page is cut, so pages come short or empty with a token, and a full last page
   * has a token that leads to an empty one. Both were seen with the real service.
   */
  sparsePages?: boolean;
  /** Kubernetes: a list's continue token is too old (410) after this many continuations. */
  expireContinueAfter?: number;
  /**
   * Compute Engine, aggregated lists with a zone that does not answer and without returnPartialSuccess: a warning in
   * that zone's place (default), or no list at all (503), which Google's text for these methods warns of.
   */
  unreachableZones?: 'warning' | 'failure';
  /**
   * Azure: how often a long-running operation, or what it changes, shows that it is still running. Default 1.
   */
  azurePolls?: number;
  /** Azure: false, and conditions of requests for parts of a resource (routes) are not looked at. */
  azurePartEtags?: boolean;
  /** Azure: an accepted operation ends with an error of this code. */
  failOperation?(request: { operation: string; count: number }): string | undefined;
  /** Changes are made; without it every attempt is refused, whatever the permissions. EC2, Compute Engine and Azure. */
  writable?: boolean;
  /** Compute Engine: how many requests it takes until an operation has ended. Default 2. */
  gcePolls?: number;
  /** EC2: after a change so many readings still show how it was. */
  lagReads?: number;
  /**
   * Answers with an internal error: `before` carrying the request out, or `after` it; `cut`: carried out, and no answer
   * at all.
   */
  fail?(request: { service: LabService; operation: string; count: number }): 'before' | 'after' | 'cut' | undefined;
  /** What commands in containers answer. Absent: no image has any program. */
  exec?(ask: ExecAsk): ExecAnswer;
  /** WebSocket protocols for that, such as `v4.channel.k8s.io` alone for API servers before 1.30. Default: v5 and v4. */
  execProtocols?: string[];
  /** What HTTP servers in pods answer; `refused`: nothing listens there. Absent: nothing listens anywhere. */
  podProxy?(ask: PodProxyAsk): { status: number; body: string; type?: string } | 'refused';
  /** An HTTP proxy on a port of its own; `refuse`: it lets nobody through (407). */
  proxy?: boolean | 'refuse';
  /**
   * For measuring clients: a request that was answered well before gets the very same bytes from memory, whoever signs
   * it. The world must not change meanwhile.
   */
  remember?: boolean;
  /** Called once an answer is on its way. */
  onAnswer?(exchange: LabExchange): void;
  /** The stand-in `az` has no session: nobody has run `az login`. */
  azLoggedOut?: boolean;
  /**
   * Called before a request is answered, with the how-manieth request of that operation it is; may change the world.
   */
  onRequest?(request: { service: LabService; operation: string; count: number }, world: World): void | Promise<void>;
}
