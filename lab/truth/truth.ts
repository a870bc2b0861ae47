/**
 * The truth about a world, by brute force: every pair of nodes, every address that may differ, packet by packet.
 * It knows nothing of the product and is written to be read beside the rules of the clouds and of flannel, not to be fast.
 */

import { familyOf, formatAddress, holds } from '../world/addresses.ts';
import type { Address, Family, Range } from '../world/addresses.ts';
import type { TunnelWorld, World } from '../world/world.ts';
import { fate } from './fate.ts';
import type { Fate } from './fate.ts';
import type { Machine } from './ground.ts';
import type { Occasion } from './filters.ts';
import { follow, isTunnelled } from './packet.ts';
import type { Scene } from './packet.ts';
import { samplesOf } from './samples.ts';
import { egressOf, groundsOf, internalIps, isVirtual, ownAddresses, standings } from './standing.ts';
import type { Standing, TruthOptions } from './standing.ts';

export type { Mode, TruthOptions } from './standing.ts';

export type PairVerdict = 'pass' | 'fail' | 'partial' | 'unknown' | 'not-applicable';

export interface PairTruth {
  oneWay: PairVerdict;
  roundTrip: PairVerdict;
}

export interface PairCounts {
  total: number;
  pass: number;
  fail: number;
  partial: number;
  unknown: number;
  notApplicable: number;
}

export interface Truth {
  /** By name of the sender, then of the receiver; every ordered pair of two different nodes. */
  pairs: Map<string, Map<string, PairTruth>>;
  oneWay: PairCounts;
  roundTrip: PairCounts;
}

interface Stage {
  scene: Scene;
  all: Standing[];
  /** The addresses that stand for each node's podCIDRs. */
  samples: Map<Standing, Address[]>;
  /** The addresses that stand for all from which each node's packets come. */
  sources: Map<Standing, Address[]>;
}

function setStage(world: World, options: TruthOptions): Stage {
  const grounds = groundsOf(world, options);
  const all = standings(world, grounds, options);
  const ofFilters = grounds.flatMap((ground) => ground.filterRanges);
  const ranges = [...all.flatMap(({ pods }) => pods), ...grounds.flatMap((ground) => ground.ranges), ...ofFilters];
  const samples = new Map(all.map((one) => [one, one.pods.flatMap((pod) => samplesOf(pod, ranges))]));
  const sources = new Map(all.map((one) => [one, sourcesOf(one, ofFilters)]));
  const peers = all.filter(({ node }) => node.deletingSince === undefined && !isVirtual(node));
  // The same few addresses are asked for by every sender.
  const remembered = new Map<string, ReturnType<Scene['peersHolding']>>();
  const peersHolding: Scene['peersHolding'] = (x, mode) => {
    const key = `${mode} ${String(x.family)} ${String(x.value)}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = peers.flatMap((one) => {
      const lengths = one.pods.filter((pod) => holds(pod, x)).map((pod) => pod.length);
      return one.mode !== mode || lengths.length === 0 ? [] : [{ node: one.node, length: Math.max(...lengths) }];
    });
    remembered.set(key, found);
    return found;
  };
  const nodeMachines = new Set<Machine | string>(all.map(({ machine }) => machine));
  const scene: Scene = {
    isNode: (machine) => nodeMachines.has(machine),
    peersHolding,
  };
  return { scene, all, samples, sources };
}

/** Pods send from their own addresses; a node without podCIDR sends from its own. */
function sourcesOf({ node, pods }: Standing, ranges: Range[]): Address[] {
  if (pods.length > 0) return pods.flatMap((pod) => samplesOf(pod, ranges));
  return [...ownAddresses(node, 4), ...ownAddresses(node, 6)];
}

/** Families in which a node can talk: those of its podCIDRs; without any, those of its own addresses. */
function familiesOf(standing: Standing): Set<Family> {
  if (standing.pods.length > 0) return new Set(standing.pods.map((pod) => pod.family));
  return new Set(internalIps(standing.node).map(familyOf));
}

/** flannel makes no route to nodes where it runs with another backend: what goes there takes the default route. */
function isIgnored(a: Standing, b: Standing): boolean {
  if (a.flannel === undefined || b.flannel === undefined || a.flannel === b.flannel) return false;
  return [a, b].some(({ mode }) => mode === 'overlay' || mode === 'cross-subnet');
}

/** What arrives past flannel, nobody has meant to. */
function atBestUnknown(one: Fate): Fate {
  return one.verdict === 'pass' ? fate('unknown', `past flannel: ${one.why}`) : one;
}

/** The verdict for a whole pair where no packet needs to be followed; undefined where one must be. */
function withoutPackets(
  a: Standing,
  b: Standing,
  addresses: Address[],
): Fate | 'not-applicable' | 'tunnel' | undefined {
  if (!a.judged || !b.judged || addresses.length === 0) return 'not-applicable';
  if (a.mode === b.mode && a.mode === 'eni') return 'not-applicable';
  if (a.mode === b.mode && a.mode === 'overlay' && !isIgnored(a, b)) return 'tunnel';
  if (a.machine === 'dead' || b.machine === 'dead') return { verdict: 'fail', why: 'a machine does not run' };
  if (a.machine === 'unknown' || b.machine === 'unknown') return { verdict: 'unknown', why: 'a machine is unknown' };
  const isCross = a.mode === 'cross-subnet' && b.mode === 'cross-subnet';
  if (isCross && a.machine.ground !== b.machine.ground) return 'not-applicable';
  const modes = [a, b].map((one) => one.mode);
  if (modes.includes('unknown')) return { verdict: 'unknown', why: `modes ${modes.join(' and ')}` };
  if (a.machine.ground !== b.machine.ground) return { verdict: 'unknown', why: 'from one cloud to another' };
  const routed = isCross || isIgnored(a, b) || modes.every((mode) => mode === 'host-gw' || mode === 'fabric');
  return routed ? undefined : { verdict: 'unknown', why: `modes ${a.mode} and ${b.mode}` };
}

/** What became of a packet of a new connection, and what would become of it as an answer to one. */
interface Sample {
  target: Address;
  source?: Address;
  there: Fate;
  answer: Fate;
}

function summary(fates: Fate[], otherwise: PairVerdict): PairVerdict {
  const failing = fates.filter((one) => one.verdict === 'fail').length;
  if (failing > 0) return failing === fates.length ? 'fail' : 'partial';
  return fates.some((one) => one.verdict === 'unknown') ? 'unknown' : otherwise;
}

interface PairFate {
  there: PairVerdict;
  /** Of the same packets, when they answer to what came the other way. */
  answer: PairVerdict;
  samples: Sample[];
}

/** `carried`: packets of tunnels, which count only where they do not get through. */
function pairFate(samples: Sample[], otherwise: PairVerdict, carried: Sample[] = []): PairFate {
  const verdict = (fateOf: (sample: Sample) => Fate): PairVerdict => {
    const lost = carried.map(fateOf).filter((one) => one.verdict !== 'pass');
    return summary([...samples.map(fateOf), ...lost], otherwise);
  };
  return {
    there: verdict((one) => one.there),
    answer: verdict((one) => one.answer),
    samples: [...samples, ...carried],
  };
}

/** Which family the packets have in which a tunnel carries those of pods; undefined: it carries none of them. */
function outerFamily({ outer }: TunnelWorld, { node }: Standing, family: Family): Family | undefined {
  if (outer === undefined) return family;
  if (outer === 'ipv4') return family === 4 ? 4 : undefined;
  return ownAddresses(node, 4).length > 0 ? 4 : 6;
}

/** VXLAN is understood by devices with the same identifier on the same port only. */
function isNobodys(tunnel: TunnelWorld | undefined, other: TunnelWorld | undefined): boolean {
  if (tunnel?.vni === undefined || other?.vni === undefined) return false;
  return tunnel.vni !== other.vni || tunnel.port !== other.port;
}

/** Packets of a tunnel run between the nodes themselves, and need nothing but to be let through. */
function followTunnel(a: Standing, b: Standing, families: Set<Family>): Sample[] {
  const { tunnel, seat: machine } = a;
  const { seat: owner } = b;
  if (isNobodys(tunnel, b.tunnel)) {
    const lost: Fate = { verdict: 'fail', why: 'nothing there takes such packets out of their tunnel' };
    return b.pods
      .filter(({ family }) => families.has(family))
      .map(({ family, first }) => ({ target: { family, value: first }, there: lost, answer: lost }));
  }
  if (tunnel === undefined || b.tunnel?.protocol !== tunnel.protocol || b.tunnel.port !== tunnel.port) return [];
  if (machine === undefined || machine.ground !== owner?.ground) return [];
  const { filters } = machine.ground;
  const samples: Sample[] = [];
  const outer = new Set([...families].flatMap((family) => outerFamily(tunnel, a, family) ?? []));
  for (const family of outer) {
    const from = egressOf(a, machine, family);
    const to = egressOf(b, owner, family);
    const [source] = ownAddresses(a.node, family);
    const [target] = ownAddresses(b.node, family);
    if (from === undefined || to === undefined || source === undefined || target === undefined) continue;
    const arrived: Fate = { verdict: 'pass', why: 'the tunnel', way: { from, to } };
    const judge = (occasion: Occasion): Fate => filters.judge(arrived, { source, target, owner }, occasion, tunnel);
    samples.push({ source, target, there: judge('new'), answer: judge('answer') });
  }
  return samples;
}

function judgePair(stage: Stage, a: Standing, b: Standing): PairFate {
  const families = familiesOf(a);
  const targets = (stage.samples.get(b) ?? []).filter((x) => families.has(x.family));
  const early = withoutPackets(a, b, targets);
  if (early === 'not-applicable') return pairFate([], 'not-applicable');
  if (early === 'tunnel') {
    return pairFate([], 'not-applicable', followTunnel(a, b, new Set(targets.map((x) => x.family))));
  }
  if (early !== undefined) {
    return pairFate(
      targets.map((target) => ({ target, there: early, answer: early })),
      'pass',
    );
  }
  if (typeof a.machine !== 'object' || typeof b.machine !== 'object') throw new Error('a machine is missing');
  const { machine } = a;
  const { machine: owner } = b;
  const { filters } = machine.ground;
  const isPast = isIgnored(a, b);
  const isCross = a.mode === 'cross-subnet' && !isPast;
  const inTunnel = (x: Address): boolean => isCross && isTunnelled(a, machine, b, x.family) === true;
  const carried = followTunnel(a, b, new Set(targets.filter(inTunnel).map((x) => x.family)));
  const samples: Sample[] = [];
  for (const target of targets.filter((x) => !inTunnel(x))) {
    const routed = follow(stage.scene, a, machine, b, owner, target);
    if (isPast) {
      const there = atBestUnknown({ verdict: routed.verdict, why: routed.why });
      samples.push({ target, there, answer: there });
      continue;
    }
    for (const source of stage.sources.get(a) ?? []) {
      if (source.family !== target.family) continue;
      const judge = (occasion: Occasion): Fate => filters.judge(routed, { source, target, owner }, occasion);
      samples.push({ source, target, there: judge('new'), answer: judge('answer') });
    }
  }
  return pairFate(samples, samples.length === 0 ? 'not-applicable' : 'pass', carried);
}

const worstFirst: PairVerdict[] = ['fail', 'partial', 'unknown', 'pass', 'not-applicable'];

/** The worse of two directions; one that is not applicable leaves the verdict to the other. */
export function worse(a: PairVerdict, b: PairVerdict): PairVerdict {
  return worstFirst.indexOf(a) <= worstFirst.indexOf(b) ? a : b;
}

function count(verdicts: PairVerdict[]): PairCounts {
  const of = (wanted: PairVerdict): number => verdicts.filter((one) => one === wanted).length;
  return {
    total: verdicts.length,
    pass: of('pass'),
    fail: of('fail'),
    partial: of('partial'),
    unknown: of('unknown'),
    notApplicable: of('not-applicable'),
  };
}

export function truth(world: World, options: TruthOptions = {}): Truth {
  const stage = setStage(world, options);
  const fates = new Map<string, Omit<PairFate, 'samples'>>();
  const key = (a: Standing, b: Standing): string => `${a.node.name} ${b.node.name}`;
  for (const a of stage.all) {
    for (const b of stage.all) {
      if (a === b) continue;
      const { there, answer } = judgePair(stage, a, b);
      fates.set(key(a, b), { there, answer });
    }
  }
  const pairs = new Map<string, Map<string, PairTruth>>();
  for (const a of stage.all) {
    const row = new Map<string, PairTruth>();
    for (const b of stage.all) {
      if (a === b) continue;
      const there = fates.get(key(a, b))?.there ?? 'unknown';
      row.set(b.node.name, { oneWay: there, roundTrip: worse(there, fates.get(key(b, a))?.answer ?? 'unknown') });
    }
    pairs.set(a.node.name, row);
  }
  const all = [...pairs.values()].flatMap((row) => [...row.values()]);
  return { pairs, oneWay: count(all.map((one) => one.oneWay)), roundTrip: count(all.map((one) => one.roundTrip)) };
}

/**
 * Why a pair has its verdict: one line per address and reason, `address verdict reason`.
 * @throws Error when the world has no such node.
 */
export function explain(world: World, from: string, to: string, options: TruthOptions = {}): string[] {
  const stage = setStage(world, options);
  const [a, b] = [from, to].map((name) => stage.all.find((one) => one.node.name === name));
  if (a === undefined || b === undefined) throw new Error(`no node ${a === undefined ? from : to}`);
  const { there, samples } = judgePair(stage, a, b);
  const lines = samples.map((one) => `${formatAddress(one.target)} ${one.there.verdict} ${one.there.why}`);
  return [`${from} -> ${to}: ${there}`, ...new Set(lines)];
}
