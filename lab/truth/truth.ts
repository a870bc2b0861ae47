/**
 * The truth about a world, by brute force: every pair of nodes, every address that may differ, packet by packet.
 * It knows nothing of the product and is written to be read beside the rules of the clouds and of flannel, not to be fast.
 */

import { familyOf, formatAddress, holds } from '../world/addresses.ts';
import type { Address, Family } from '../world/addresses.ts';
import type { World } from '../world/world.ts';
import type { Fate } from './fate.ts';
import type { Machine } from './ground.ts';
import { follow, isTunnelled } from './packet.ts';
import type { Scene } from './packet.ts';
import { samplesOf } from './samples.ts';
import { groundsOf, internalIps, isVirtual, standings } from './standing.ts';
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
}

function setStage(world: World, options: TruthOptions): Stage {
  const grounds = groundsOf(world, options);
  const all = standings(world, grounds, options);
  const ranges = [...all.flatMap(({ pods }) => pods), ...grounds.flatMap((ground) => ground.ranges)];
  const samples = new Map(all.map((one) => [one, one.pods.flatMap((pod) => samplesOf(pod, ranges))]));
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
  return { scene, all, samples };
}

/** Families in which a node can talk: those of its podCIDRs; without any, those of its own addresses. */
function familiesOf(standing: Standing): Set<Family> {
  if (standing.pods.length > 0) return new Set(standing.pods.map((pod) => pod.family));
  return new Set(internalIps(standing.node).map(familyOf));
}

/** The verdict for a whole pair where no packet needs to be followed; undefined where one must be. */
function withoutPackets(a: Standing, b: Standing, addresses: Address[]): Fate | 'not-applicable' | undefined {
  if (!a.judged || !b.judged || addresses.length === 0) return 'not-applicable';
  if (a.mode === b.mode && (a.mode === 'overlay' || a.mode === 'eni')) return 'not-applicable';
  if (a.machine === 'dead' || b.machine === 'dead') return { verdict: 'fail', why: 'a machine does not run' };
  if (a.machine === 'unknown' || b.machine === 'unknown') return { verdict: 'unknown', why: 'a machine is unknown' };
  const isCross = a.mode === 'cross-subnet' && b.mode === 'cross-subnet';
  if (isCross && a.machine.ground !== b.machine.ground) return 'not-applicable';
  const modes = [a, b].map((one) => one.mode);
  if (modes.includes('unknown')) return { verdict: 'unknown', why: `modes ${modes.join(' and ')}` };
  if (a.machine.ground !== b.machine.ground) return { verdict: 'unknown', why: 'from one cloud to another' };
  const routed = isCross || modes.every((mode) => mode === 'host-gw' || mode === 'fabric');
  return routed ? undefined : { verdict: 'unknown', why: `modes ${a.mode} and ${b.mode}` };
}

function judgePair(stage: Stage, a: Standing, b: Standing): { verdict: PairVerdict; fates: [Address, Fate][] } {
  const families = familiesOf(a);
  const addresses = (stage.samples.get(b) ?? []).filter((x) => families.has(x.family));
  const early = withoutPackets(a, b, addresses);
  if (early === 'not-applicable') return { verdict: 'not-applicable', fates: [] };
  if (early !== undefined) return { verdict: early.verdict, fates: addresses.map((x) => [x, early]) };
  if (typeof a.machine !== 'object' || typeof b.machine !== 'object') throw new Error('a machine is missing');
  const { machine } = a;
  const isCross = a.mode === 'cross-subnet';
  const shown = addresses.filter((x) => !isCross || isTunnelled(a, machine, b, x.family) !== true);
  if (shown.length === 0) return { verdict: 'not-applicable', fates: [] };
  const fates: [Address, Fate][] = [];
  for (const x of shown) fates.push([x, follow(stage.scene, a, a.machine, b, b.machine, x)]);
  const failing = fates.filter(([, one]) => one.verdict === 'fail').length;
  if (failing === fates.length) return { verdict: 'fail', fates };
  if (failing > 0) return { verdict: 'partial', fates };
  return { verdict: fates.some(([, one]) => one.verdict === 'unknown') ? 'unknown' : 'pass', fates };
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
  const oneWay = new Map<string, PairVerdict>();
  const key = (a: Standing, b: Standing): string => `${a.node.name} ${b.node.name}`;
  for (const a of stage.all) {
    for (const b of stage.all) if (a !== b) oneWay.set(key(a, b), judgePair(stage, a, b).verdict);
  }
  const pairs = new Map<string, Map<string, PairTruth>>();
  for (const a of stage.all) {
    const row = new Map<string, PairTruth>();
    for (const b of stage.all) {
      if (a === b) continue;
      const there = oneWay.get(key(a, b)) ?? 'unknown';
      row.set(b.node.name, { oneWay: there, roundTrip: worse(there, oneWay.get(key(b, a)) ?? 'unknown') });
    }
    pairs.set(a.node.name, row);
  }
  const all = [...pairs.values()].flatMap((row) => [...row.values()]);
  return { pairs, oneWay: count(all.map((one) => one.oneWay)), roundTrip: count(all.map((one) => one.roundTrip)) };
}

/**
 * Why a pair has its verdict: one line per address that was followed, `address verdict reason`.
 * @throws Error when the world has no such node.
 */
export function explain(world: World, from: string, to: string, options: TruthOptions = {}): string[] {
  const stage = setStage(world, options);
  const [a, b] = [from, to].map((name) => stage.all.find((one) => one.node.name === name));
  if (a === undefined || b === undefined) throw new Error(`no node ${a === undefined ? from : to}`);
  const { verdict, fates } = judgePair(stage, a, b);
  return [`${from} -> ${to}: ${verdict}`, ...fates.map(([x, one]) => `${formatAddress(x)} ${one.verdict} ${one.why}`)];
}
