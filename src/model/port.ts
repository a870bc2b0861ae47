/** What hypervisors and switches let through at the ports of nodes, outside of clouds, as somebody has written it down. */
export interface PortSecurityFacts {
  /** `input port-security`, or `file ports.yaml`. */
  readonly source: string;
  /** By node; absent: no port of any node filters addresses. */
  readonly ports?: readonly PortFacts[];
}

/** The ports of one node. */
export interface PortFacts {
  readonly node: string;
  /** Canonical; what gets through besides the node's own addresses. Absent: any address. */
  readonly allowed?: readonly string[];
}
