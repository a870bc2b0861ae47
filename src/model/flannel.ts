/** What is known of flannel: what it writes on its nodes, what it is told, and what its DaemonSets run on. */

/** flannel's annotations of a node. */
export interface FlannelAnnotations {
  readonly backendType?: string;
  readonly backendData?: string;
  readonly publicIP?: string;
  readonly publicIPv6?: string;
  /** What somebody has told flannel to announce instead of its own address. */
  readonly publicIPOverwrite?: string;
  readonly publicIPv6Overwrite?: string;
}

/** `net-conf.json`, as flannel reads it. */
export interface FlannelConfig {
  /** `namespace/name` of the ConfigMap that the DaemonSet mounts. */
  readonly source: string;
  /** Of the families that are switched on; a network that is none is left out. */
  readonly networks: readonly string[];
  /** In lower case, as flannel looks it up; its own default is `udp`. */
  readonly backendType: string;
  readonly directRouting: boolean;
  /** UDP port of the tunnel, where it is written. */
  readonly port?: number;
  /** VXLAN's network identifier, where it is written. */
  readonly vni?: number;
  /** VXLAN's group based policies are on. */
  readonly gbp?: true;
  /** False: the family is switched off. */
  readonly ipv4?: false;
}

/** Configuration of flannel's DaemonSets that mount another ConfigMap than the one with most nodes. */
export interface OtherFlannelConfig extends FlannelConfig {
  /** On which these have a pod, sorted. */
  readonly nodes: readonly string[];
}

/** Where a DaemonSet may run that is made for one operating system. */
export interface DaemonSetFacts {
  readonly namespace: string;
  readonly name: string;
  readonly runs: 'flannel' | 'canal' | 'kube-proxy';
  /**
   * As its selector and its required affinity say; `any`: they let every system in; `other`: they name labels that were
   * not read.
   */
  readonly os: 'linux' | 'windows' | 'any' | 'other';
  readonly tolerations: readonly Toleration[];
}

/** As Kubernetes writes it; absent key: all of them; absent effect: all of them. */
export interface Toleration {
  readonly key?: string;
  /** Absent: whatever the value (`operator: Exists`). */
  readonly value?: string;
  readonly effect?: string;
}

/** flannel ignores peers of another backend; VXLAN packets with another VNI or port are nobody's. */
export type FlannelDifference = 'backend' | 'values';

/** Nodes on which flannel runs alike. */
export interface FlannelGroup {
  /** flannel's word for the backend. */
  readonly type: string;
  /** What VXLAN packets carry, and where they go to; absent: another backend, or not known. */
  readonly vni?: number;
  readonly port?: number;
  readonly os: 'linux' | 'windows' | 'unknown';
  /** Names, in the order of the snapshot. */
  readonly nodes: readonly string[];
}

/** What the flannel of a node is told, where that was read. */
export function flannelConfigOf(
  cni: { readonly flannel?: FlannelConfig; readonly otherFlannels?: readonly OtherFlannelConfig[] },
  node: string,
): FlannelConfig | undefined {
  return cni.otherFlannels?.find(({ nodes }) => nodes.includes(node)) ?? cni.flannel;
}
