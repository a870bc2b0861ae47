import type { World } from '../world/world.ts';

export type LabService = 'ec2' | 'sts' | 'k8s';

/** One request as a test sees it afterwards. */
export interface LabRequest {
  service: LabService;
  /**
   * EC2 and STS: the action. Kubernetes: verb, resource and, where there is one, namespace or namespace/name or
   * name, as in `list nodes`, `list pods kube-flannel`, `get configmaps kube-flannel/kube-flannel-cfg`.
   */
  operation: string;
  status: number;
  /** Whether it asked for a change. No server of the lab grants one; a test can fail on every attempt. */
  write: boolean;
}

export interface LabOptions {
  /** IAM actions denied, such as `ec2:DescribeRouteTables`; wildcards as IAM has them. */
  deny?: string[];
  /** Kubernetes permissions denied: verb, resource and perhaps a namespace, such as `list pods kube-flannel`. */
  kubeDeny?: string[];
  /** An IAM policy document: only what it allows is allowed. */
  iamPolicy?: object;
  /** A ClusterRole, a Role (valid in its own namespace), several of them in an array, or `{ rules }`. */
  clusterRole?: object;
  /** Credentials that were good once: a 401 from Kubernetes, RequestExpired from EC2. May be set in the middle of a run. */
  expiredToken?: boolean | 'aws' | 'kubernetes';
  /** JSON Lines file to which every exchange is appended, in the form of the contract check. */
  record?: string;
  /** Every n-th request to a server is throttled: 503 RequestLimitExceeded from EC2, 429 from Kubernetes. */
  throttleEvery?: number;
  /** Every n-th answer of a server breaks off in the middle of its body. */
  breakOffEvery?: number;
  /** Milliseconds that every answer takes longer. */
  slowMs?: number;
  /** Upper bounds for the page sizes that clients ask for. */
  pageSize?: { ec2?: number; kubernetes?: number };
  /**
   * EC2: filters are applied after the page is cut, so pages come short or empty with a token, and a full last page
   * has a token that leads to an empty one. Both were seen with the real service (aws/aws-sdk-js#939,
   * amazon-archives/aws-sdk-core-ruby#196).
   */
  sparsePages?: boolean;
  /** Kubernetes: a list's continue token is too old (410) after this many continuations. */
  expireContinueAfter?: number;
  /**
   * Called before a request is answered, with the how-manieth request of that operation it is; may change the world.
   */
  onRequest?(request: { service: LabService; operation: string; count: number }, world: World): void | Promise<void>;
}
