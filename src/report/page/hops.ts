/** The way of a pair's packets, hop by hop, with what was found at each. */
import type { PageFinding, PageModel, PageNode } from './model.ts';
import { judgePair, type PairVerdict } from './pair.ts';
import { placeFinding, type HopKind } from './places.ts';

/** `fault` and `doubt`: a finding of this pair is about this hop; `unread`: nobody looked; `idle`: nothing is judged. */
export type HopState = 'fine' | 'fault' | 'doubt' | 'unread' | 'idle';

export interface Hop {
  readonly kind: HopKind;
  readonly title: string;
  /** What is known about it: a label and ids or words. */
  readonly facts: readonly (readonly [string, string])[];
  readonly note?: string;
  readonly state: HopState;
  readonly findings: readonly PageFinding[];
}

export interface PairPath extends PairVerdict {
  readonly hops: readonly Hop[];
  /** Findings about the path as a whole. */
  readonly whole: readonly PageFinding[];
}

type Draft = Omit<Hop, 'state' | 'findings'> & { readonly unread?: true };

export function planPath(model: PageModel, from: PageNode, to: PageNode): PairPath {
  const pair = judgePair(model, from, to);
  const findings = pair.findings.flatMap((key) => model.findingOf.get(key) ?? []);
  const placed = findings.map((finding) => ({ finding, kinds: placeFinding(finding, from, to) }));
  const hops = draftHops(model, from, to).map(({ unread, ...draft }): Hop => {
    const own = placed.flatMap(({ finding, kinds }) => (kinds.includes(draft.kind) ? [finding] : []));
    return { ...draft, findings: own, state: stateOf(own, unread === true, pair) };
  });
  return { ...pair, hops, whole: placed.flatMap(({ finding, kinds }) => (kinds.length === 0 ? [finding] : [])) };
}

function stateOf(findings: readonly PageFinding[], isUnread: boolean, pair: PairVerdict): HopState {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fault';
  if (findings.length > 0) return 'doubt';
  if (pair.verdict === 'not-applicable') return 'idle';
  return isUnread ? 'unread' : 'fine';
}

function draftHops(model: PageModel, from: PageNode, to: PageNode): Draft[] {
  return [
    podHop('pod-from', `A pod on ${from.name}`, from),
    kernelHop('kernel-from', from, SENDS[from.mode]),
    interfaceHop('interface-from', from, 'out'),
    wayHop(from, to),
    filterHop(model.data.filtersUnread),
    interfaceHop('interface-to', to, 'in'),
    kernelHop('kernel-to', to, 'hands the packet to the pod'),
    podHop('pod-to', `A pod on ${to.name}`, to),
  ];
}

function podHop(kind: HopKind, title: string, node: PageNode): Draft {
  return { kind, title, facts: [[node.podCIDRs.length > 1 ? 'pod ranges' : 'pod range', list(node.podCIDRs)]] };
}

/** What a sender's kernel does with a packet for a pod elsewhere. */
const SENDS: Readonly<Record<PageNode['mode'], string>> = {
  'host-gw': 'sends it to the other node itself where that is a neighbour, else to the default gateway',
  static: 'sends it to the next hop of the route that somebody made for it',
  fabric: 'sends it to the default gateway',
  'cross-subnet': 'sends it to the other node itself inside the subnet, and puts it into a tunnel otherwise',
  overlay: 'puts it into a tunnel to the other node',
  eni: 'sends it from an address that the cloud itself gave to the interface',
  unknown: 'does what is not known: the network mode could not be decided',
};

function kernelHop(kind: HopKind, node: PageNode, does: string): Draft {
  const facts: [string, string][] = [
    ['network mode', node.mode],
    ['because', node.notJudged ?? node.modeReason],
    ['addresses', list(node.internalIPs)],
  ];
  const title = `Kernel of ${node.name}`;
  // Nobody has looked into the node: what its kernel does is what its mode prescribes.
  if (node.evidenceLevel === 'guest') return { kind, title, facts, note: `The node’s kernel ${does}.` };
  return { kind, title, facts, note: `Not read. As its mode prescribes, the kernel ${does}.`, unread: true };
}

/** Modes in which pods' own addresses are what the interface sees, and no other's. */
const SHOWS_PODS: readonly PageNode['mode'][] = ['host-gw', 'static', 'fabric', 'cross-subnet'];

function interfaceHop(kind: HopKind, node: PageNode, way: 'in' | 'out'): Draft {
  const facts: [string, string][] = [
    [node.interfaces.length > 1 ? 'interfaces' : 'interface', list(node.interfaces)],
    ['forwarding', node.forwarding],
    ['machine', node.machine ?? 'not found'],
  ];
  const draft = { kind, title: `Interface of ${node.name}`, facts };
  if (node.forwarding === 'unknown') return { ...draft, note: 'Whether it forwards was not read.', unread: true };
  if (!SHOWS_PODS.includes(node.mode)) return draft;
  const note =
    node.forwarding === 'on'
      ? `Lets addresses ${way} that are not its own, as those of pods are.`
      : `Lets only its own addresses ${way}, and those of pods are not.`;
  return { ...draft, note };
}

/** Clouds in which neighbours of one subnet reach each other without a look at a route table. */
export const NEIGHBOURS_BYPASS_TABLES: Readonly<Record<string, boolean>> = { aws: true, gcp: false, azure: false };

function wayHop(from: PageNode, to: PageNode): Draft {
  const kind = 'way';
  const [cloud = ''] = (from.fabric ?? '').split('/');
  const isSameSubnet = from.fabric === to.fabric && from.subnets.some((subnet) => to.subnets.includes(subnet));
  const isNeighbour = isSameSubnet && NEIGHBOURS_BYPASS_TABLES[cloud] === true;
  const subnets: [string, string] = [from.subnets.length > 1 ? 'subnets' : 'subnet', list(from.subnets)];
  if (from.mode === 'overlay' && to.mode === 'overlay') {
    return { kind, title: 'Tunnel', facts: [subnets], note: 'Routes for pods are no matter of the cloud’s.' };
  }
  if (isNeighbour && (from.mode === 'host-gw' || from.mode === 'cross-subnet')) {
    return {
      kind,
      title: 'Inside the subnet',
      facts: [subnets],
      note: 'Delivered to the neighbour without a route table.',
    };
  }
  if (from.mode === 'cross-subnet' && to.mode === 'cross-subnet' && (!isSameSubnet || cloud === 'gcp')) {
    return { kind, title: 'Tunnel between subnets', facts: [subnets, ['to subnet', list(to.subnets)]] };
  }
  const tables: [string, string] = [
    from.routeTables.length > 1 ? 'route tables' : 'route table',
    from.routeTables.length === 0 ? 'none that could be looked up' : list(from.routeTables),
  ];
  const note = `The longest match for ${list(to.podCIDRs)} has to lead to ${to.name}.`;
  return { kind, title: 'Subnet and route table', facts: [subnets, tables, ['to subnet', list(to.subnets)]], note };
}

function filterHop(isUnread: boolean): Draft {
  const kind = 'filters';
  const title = 'Filters on the way';
  if (isUnread) return { kind, title, facts: [], note: 'Not read: only routing was judged.', unread: true };
  return { kind, title, facts: [], note: 'At the sending interface and its subnet, then at the receiving ones.' };
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.join(', ');
}
