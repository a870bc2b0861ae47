/**
 * Which addresses a node's pods have. Most agents take them from spec.podCIDRs; some have an address management of
 * their own, and then spec.podCIDRs says nothing about pods.
 */
import type { Prefix } from '../model/prefix.ts';
import { parsePrefixes } from '../model/prefix.ts';
import type { Agent, CniFacts, Gap, NodeFacts, NodeRanges } from '../model/snapshot.ts';

export interface PodRanges {
  readonly prefixes: readonly Prefix[];
  /** For people, where they are not spec.podCIDRs: `Calico's BlockAffinities`. */
  readonly source?: string;
  /** The agent has ranges of its own, and they could not be read; `prefixes` is empty then. */
  readonly missing?: Gap;
}

/** The ranges of any node, by what runs on it now. */
export type FindRanges = (node: NodeFacts, agents: readonly Agent[]) => PodRanges;

export function rangesFrom(cni: CniFacts, gaps: readonly Gap[]): FindRanges {
  const index = (granted: readonly NodeRanges[] | undefined): Granted | undefined =>
    granted && new Map(granted.map(({ node, prefixes }) => [node, prefixes]));
  const [blocks, ciliumNodes] = [index(cni.calicoBlocks), index(cni.ciliumNodes)];
  return (node, agents) => {
    const own = ownManagement(agents, cni);
    if (own === undefined) return { prefixes: enabledFamilies(parsePrefixes(node.podCIDRs), agents, cni) };
    const granted = own.by === 'cilium' ? ciliumNodes : blocks;
    if (granted === undefined) return { prefixes: [], source: own.source, missing: missingGap(own, gaps) };
    return { prefixes: enabledFamilies(parsePrefixes(granted.get(node.name) ?? []), agents, cni), source: own.source };
  };
}

type Granted = ReadonlyMap<string, readonly string[]>;

interface Management {
  readonly by: 'calico' | 'cilium';
  readonly source: string;
  readonly subject: string;
  readonly permission: string;
}

function ownManagement(agents: readonly Agent[], cni: CniFacts): Management | undefined {
  const runs = (...some: readonly Agent[]): boolean => some.some((agent) => agents.includes(agent));
  // Others give out addresses where these are chained to, or only look at packets.
  if (runs('aws-vpc-cni', 'azure-cni', 'flannel', 'canal')) return undefined;
  if (runs('cilium')) {
    const { cilium } = cni;
    if (cilium === undefined || cilium.chaining !== undefined) return undefined;
    if (cilium.ipam !== 'cluster-pool' && cilium.ipam !== 'multi-pool') return undefined;
    return {
      by: 'cilium',
      source: 'CiliumNode spec.ipam',
      subject: 'CiliumNodes',
      permission: 'list ciliumnodes.cilium.io',
    };
  }
  // Without any block in the cluster, Calico's address management is not in use: then host-local gives addresses.
  if (!runs('calico') || cni.calicoBlocks?.length === 0) return undefined;
  return {
    by: 'calico',
    source: "Calico's BlockAffinities",
    subject: 'Calico BlockAffinities',
    permission: 'list blockaffinities.crd.projectcalico.org',
  };
}

function enabledFamilies(prefixes: readonly Prefix[], agents: readonly Agent[], { cilium }: CniFacts): Prefix[] {
  const isOff = ({ family }: Prefix): boolean => (family === 4 ? cilium?.ipv4 : cilium?.ipv6) === false;
  return agents.includes('cilium') ? prefixes.filter((prefix) => !isOff(prefix)) : [...prefixes];
}

function missingGap({ subject, permission }: Management, gaps: readonly Gap[]): Gap {
  const known = gaps.find((gap) => gap.facet === 'cni' && gap.subject === subject);
  return known ?? { facet: 'cni', subject, reason: 'they were not read, and pod ranges are there', permission };
}
