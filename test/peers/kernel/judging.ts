/** What the judge makes of a kernel lab, beside what packets do in it. */
import type { KernelLab, Probe } from '../../../lab/kernel/namespaces.ts';
import type { KernelNode, Topology } from '../../../lab/kernel/topology.ts';
import { segmentPrefix, segmentPrefix6 } from '../../../lab/kernel/topology.ts';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { roundTripVerdict } from '../../../src/judge/path.ts';
import { surveySnapshot } from '../../../src/judge/survey.ts';
import { Tracer } from '../../../src/judge/trace.ts';
import type { GuestFacts, NodeFacts, RouterFacts, Snapshot } from '../../../src/model/snapshot.ts';

export interface Compared {
  readonly pair: string;
  readonly judged: string;
  /** Of every probe: did it arrive, or get its answer? */
  readonly real: readonly boolean[];
  readonly reasons: readonly string[];
  /** Something on the way is not known. */
  readonly hasDoubt: boolean;
  /** Flows are spread over several ways, and only one flow was tried. */
  readonly isSpread: boolean;
}

export interface Reading {
  /** Somebody says that each network of nodes is one segment. */
  readonly isTold: boolean;
  /** What routers were exported. */
  readonly routers?: readonly RouterFacts[];
}

export function snapshotOf(topology: Topology, guests: readonly GuestFacts[]): Snapshot {
  return {
    schemaVersion: 1,
    takenAt: new Date(Math.max(...guests.map(({ readAt }) => Date.parse(readAt)))).toISOString(),
    cluster: {
      id: 'kernel-lab',
      nodes: topology.nodes.map(nodeFacts),
      cni: {
        agents: [],
        complete: true,
        samples: topology.nodes.flatMap((node) =>
          podsOf(node).map((address) => ({
            node: node.name,
            pod: `lab/${node.name}-${address}`,
            addresses: [address],
          })),
        ),
      },
    },
    fabrics: [],
    gaps: [],
    guests,
  };
}

function podsOf({ numbers, numbers6 }: KernelNode): string[] {
  return [...numbers.pods, ...(numbers6?.pods ?? [])];
}

function nodeFacts({ name, numbers, numbers6 }: KernelNode): NodeFacts {
  const both = numbers6 === undefined ? [numbers] : [numbers, numbers6];
  return {
    name,
    podCIDRs: both.map(({ podCIDR }) => podCIDR),
    internalIPs: both.map(({ address }) => address),
    os: 'linux',
    ready: 'True',
    unschedulable: false,
    taints: [],
    labels: {},
  };
}

/** The kernels, as the collector prints them. */
export function readGuests(lab: KernelLab, topology: Topology): GuestFacts[] {
  return topology.nodes.map((node) => {
    const [guest] = parseBundle(lab.collect(node), `namespace ${node.name}`);
    if (guest === undefined || 'trouble' in guest) throw new Error(JSON.stringify(guest));
    return guest;
  });
}

/** Every ordered pair in every family, one way and there and back. */
export function compare(
  topology: Topology,
  guests: readonly GuestFacts[],
  probes: readonly Probe[],
  reading: Reading,
): Compared[] {
  const segments = Array.from({ length: topology.segments }, (_, segment) => segment);
  const nodeSubnets = reading.isTold ? [...segments.map(segmentPrefix), ...segments.map(segmentPrefix6)] : [];
  const { routers } = reading;
  const snapshot = { ...snapshotOf(topology, guests), ...(routers === undefined ? {} : { routers }) };
  const survey = surveySnapshot(snapshot, { networkModes: ['host-gw'], rules: {}, nodeSubnets });
  const tracer = new Tracer(survey);
  const owner = new Map(topology.nodes.flatMap((node) => podsOf(node).map((address) => [address, node.name])));
  const keyOf = (from: string, to: string, family: number): string => `${from} -> ${to} IPv${String(family)}`;
  const byPair = Map.groupBy(probes, ({ from, to }) =>
    keyOf(owner.get(from) ?? '', owner.get(to) ?? '', from.includes(':') ? 6 : 4),
  );
  const spreads = new Set(topology.nodes.filter((node) => node.spreads).map(({ name }) => name));
  return survey.nodes.flatMap((from) =>
    survey.nodes.flatMap((to) =>
      from === to
        ? []
        : from.families.flatMap((family): Compared[] => {
            const pair = keyOf(from.name, to.name, family);
            const [there, back] = [tracer.trace(from, to), tracer.traceReply(to, from)].map((path) =>
              path.families.find((one) => one.family === family),
            );
            const all = [...(there?.faults ?? []), ...(back?.faults ?? [])];
            const reasons = all.map(({ rule, cause, detail }) =>
              detail.kind === 'gap' ? detail.gap.reason : `${rule}/${cause}`,
            );
            const hasDoubt = all.some(({ verdict }) => verdict === 'unknown');
            const seen = byPair.get(pair) ?? [];
            const [one, other] = [there?.verdict ?? 'not-applicable', back?.verdict ?? 'not-applicable'];
            const both = { reasons, hasDoubt, isSpread: spreads.size > 0 };
            return [
              { pair, judged: one, real: seen.map(({ arrived }) => arrived), ...both },
              {
                pair: `${pair} and back`,
                judged: roundTripVerdict(one, other),
                real: seen.map(({ answered }) => answered),
                ...both,
              },
            ];
          }),
    ),
  );
}

/** Whether the verdict says what packets do; of a round trip, too, where each way has its own addresses. */
export function isTrue({ judged, real, hasDoubt, isSpread, pair }: Compared): boolean {
  const some = real.some((one) => one);
  const all = real.every((one) => one);
  switch (judged) {
    case 'unknown':
      return true;
    case 'pass':
      return all;
    case 'fail':
      // As good as the worst of several ways, whichever of them the one flow took.
      return !some || isSpread;
    case 'partial':
      // Some addresses are lost, and of the others nothing is known; or the two ways lose different ones.
      return isSpread || (!all && (some || hasDoubt || pair.endsWith('back')));
    default:
      return false;
  }
}

/** How many verdicts of every kind were seen, by what packets did. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(pairs: readonly Compared[]): void {
    for (const { judged, real } of pairs) {
      const came = real.every((one) => one) ? 'pass' : real.some((one) => one) ? 'partial' : 'fail';
      const key = `${judged === 'unknown' ? 'unknown' : 'known'} ${came}`;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Of all verdicts those that say anything, from 0 to 1. */
  get known(): number {
    const all = [...this.#counts.values()].reduce((sum, many) => sum + many, 0);
    return (this.of('known pass') + this.of('known fail') + this.of('known partial')) / all;
  }

  toString(): string {
    return JSON.stringify(Object.fromEntries([...this.#counts].sort()));
  }
}
