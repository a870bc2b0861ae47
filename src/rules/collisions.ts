/** Where podCIDRs share addresses with something else, as far as no path shows it. */
import type { Prefix } from '../model/prefix.ts';
import { contains, hostPrefix, overlaps, parseAddress, parsePrefix } from '../model/prefix.ts';
import type { FabricFacts } from '../model/snapshot.ts';
import type { RuleContext, RuleNode } from './rule.ts';
import { isDirect } from './rule.ts';

export interface Overlap {
  readonly node: string;
  readonly podCIDR: string;
  /** What it collides with, for people: `subnet subnet-1 (10.0.1.0/24)`, `address 10.0.1.7 of node b`. */
  readonly with: string;
  /** `table/prefix` of the route that shows it. */
  readonly route?: string;
}

export interface Collision {
  readonly kind: 'service' | 'network' | 'address' | 'peer';
  readonly cause: string;
  /** The other range, or the id of the network. */
  readonly range: string;
  /** Where it was read. */
  readonly source: string;
  readonly fabric?: string;
  /** The peered network or the peering. */
  readonly peer?: string;
  /** The decisive one first; never empty. */
  readonly overlaps: readonly Overlap[];
  /** Packets for a node's own address go elsewhere. */
  readonly isLossy: boolean;
  /** In a subnet: the fabric may give the addresses to machines. */
  readonly isAssignable: boolean;
}

/** A podCIDR and a judged node that has it. */
export interface Owned {
  readonly prefix: Prefix;
  readonly node: RuleNode;
}

/** With Services, with the nodes' own networks and with the nodes' addresses. */
export function findCollisions(owners: Owners): Collision[] {
  return [...withServices(owners), ...withNetworks(owners), ...withStrangers(owners)];
}

/** The judged nodes whose pods show themselves outside of tunnels, by what they own. */
export class Owners {
  readonly context: RuleContext;
  readonly judged: readonly RuleNode[];
  readonly #byName: ReadonlyMap<string, RuleNode>;

  constructor(context: RuleContext) {
    this.context = context;
    this.judged = context.nodes.filter((node) => !node.isSkipped && node.podCIDRs.length > 0 && isDirect(node));
    this.#byName = new Map(this.judged.map((node) => [node.facts.name, node]));
  }

  /** The podCIDRs of judged nodes that share an address with a range. */
  meeting(range: Prefix): Owned[] {
    const { podCIDRs } = this.context;
    return [...podCIDRs.covering(range), ...podCIDRs.inside(range)].flatMap(({ prefix, values }) =>
      values.flatMap((name) => {
        const node = this.#byName.get(name);
        return node === undefined ? [] : [{ prefix, node }];
      }),
    );
  }
}

// ---------------------------------------------------------------- services

function withServices(owners: Owners): Collision[] {
  return (owners.context.snapshot.cluster.serviceCIDRs ?? []).flatMap((text): Collision[] => {
    const range = parsePrefix(text);
    const met = range === undefined ? [] : owners.meeting(range);
    if (range === undefined || met.length === 0) return [];
    return [
      {
        kind: 'service',
        cause: `cluster/services ${range.text}`,
        range: range.text,
        source: 'ServiceCIDRs of the cluster',
        overlaps: met.map(({ prefix, node }) => overlapOf(node, prefix, `service range ${range.text}`)),
        isLossy: false,
        isAssignable: false,
      },
    ];
  });
}

// ---------------------------------------------------------------- the nodes' own networks

interface Home {
  readonly fabric: FabricFacts;
  readonly network: string;
  readonly nodes: RuleNode[];
}

function withNetworks(owners: Owners): Collision[] {
  const homes = new Map<string, Home>();
  for (const node of owners.judged) {
    const { fabric, interface: own } = node.machine ?? {};
    if (fabric === undefined || own === undefined) continue;
    const key = `${fabric.id}/${own.network}`;
    const home = homes.get(key);
    if (home === undefined) homes.set(key, { fabric, network: own.network, nodes: [node] });
    else home.nodes.push(node);
  }
  const told = toldByPaths(owners.context);
  return [...homes].flatMap(([cause, home]) => withNetwork(owners, cause, home, told));
}

/** `fabric/podCIDR` of those that paths found to lie inside the network's own range. */
function toldByPaths(context: RuleContext): Set<string> {
  const groups = [...context.faults('fabric-route-missing'), ...context.faults('route-shadowed')];
  return new Set(
    groups.flatMap(({ details }) =>
      details.flatMap((detail) =>
        detail.kind === 'route' && detail.problem === 'inside-network' ? [`${detail.fabric}/${detail.podCIDR}`] : [],
      ),
    ),
  );
}

function withNetwork(owners: Owners, cause: string, home: Home, told: ReadonlySet<string>): Collision[] {
  const { fabric, network, nodes } = home;
  const isOpen = ({ prefix, node }: Owned): boolean =>
    node.machine?.fabric === fabric &&
    node.machine.interface?.network === network &&
    !told.has(`${fabric.id}/${prefix.text}`) &&
    // What the fabric has assigned is the node's own there.
    !node.isAssigned(prefix);
  const ranges = rangesOf(fabric.networks.find(({ id }) => id === network)?.prefixes ?? []);
  const met = distinct(ranges.flatMap((range) => owners.meeting(range).filter(isOpen)));
  if (met.length === 0) return [];
  const lossy = addressesIn(owners, nodes, isOpen);
  const subnets = fabric.subnets.filter((subnet) => subnet.network === network);
  const inSubnets = subnets.flatMap((subnet) =>
    rangesOf(subnet.prefixes).flatMap((range) =>
      owners
        .meeting(range)
        .filter(isOpen)
        .map(({ prefix, node }) => overlapOf(node, prefix, `subnet ${subnet.id} (${range.text})`)),
    ),
  );
  const inNetwork = met.map(({ prefix, node }) => {
    const range = ranges.find((one) => overlaps(one, prefix));
    return overlapOf(node, prefix, range?.text ?? network);
  });
  const isAssignable = inSubnets.length > 0;
  return [
    {
      kind: 'network',
      cause,
      range: network,
      source: fabric.id,
      fabric: fabric.id,
      overlaps: lossy.length > 0 ? lossy : isAssignable ? inSubnets : inNetwork,
      isLossy: lossy.length > 0,
      isAssignable,
    },
  ];
}

/** Nodes of which no network is known: their addresses speak for themselves. */
function withStrangers(owners: Owners): Collision[] {
  const strangers = owners.judged.filter(
    ({ machine }) =>
      (machine?.fabric.networks.find(({ id }) => id === machine.interface?.network)?.prefixes ?? []).length === 0,
  );
  const found = addressesIn(owners, strangers, () => true);
  if (found.length === 0) return [];
  return [
    {
      kind: 'address',
      cause: 'cluster/node addresses',
      range: 'node addresses',
      source: 'nodes of the cluster',
      overlaps: found,
      isLossy: true,
      isAssignable: false,
    },
  ];
}

/** Addresses of the given nodes that lie in a podCIDR of another node. */
function addressesIn(owners: Owners, nodes: readonly RuleNode[], counts: (owned: Owned) => boolean): Overlap[] {
  return nodes.flatMap((node) =>
    hostsOf(node).flatMap((host) =>
      owners
        .meeting(host)
        .filter((owned) => owned.node !== node && counts(owned))
        .map((owned) => overlapOf(owned.node, owned.prefix, `address ${addressOf(host)} of node ${node.facts.name}`)),
    ),
  );
}

function hostsOf({ facts }: RuleNode): Prefix[] {
  return facts.internalIPs
    .flatMap((text) => parseAddress(text) ?? [])
    .map(hostPrefix)
    .filter((host) => !isLinkLocal(host));
}

function addressOf(host: Prefix): string {
  return host.text.slice(0, host.text.indexOf('/'));
}

// ---------------------------------------------------------------- small things

export function overlapOf(node: RuleNode, prefix: Prefix, other: string): Overlap {
  return { node: node.facts.name, podCIDR: prefix.text, with: other };
}

function rangesOf(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []).filter((prefix) => !isLinkLocal(prefix));
}

const LINK_LOCAL = rangesOfLinks();

function rangesOfLinks(): Prefix[] {
  return ['169.254.0.0/16', 'fe80::/10'].flatMap((text) => parsePrefix(text) ?? []);
}

/** Every segment has the same ones, and nobody routes them. */
export function isLinkLocal(prefix: Prefix): boolean {
  return LINK_LOCAL.some((range) => contains(range, prefix));
}

function distinct(owned: readonly Owned[]): Owned[] {
  return [...new Map(owned.map((one) => [`${one.node.facts.name} ${one.prefix.text}`, one])).values()];
}
