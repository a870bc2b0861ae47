/** What the judge makes of a kernel lab, beside what packets do in it. */
import type { KernelLab } from '../../../lab/kernel/namespaces.ts';
import type { KernelNode, Topology } from '../../../lab/kernel/topology.ts';
import { segmentPrefix } from '../../../lab/kernel/topology.ts';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { roundTripVerdict } from '../../../src/judge/path.ts';
import { surveySnapshot } from '../../../src/judge/survey.ts';
import { Tracer } from '../../../src/judge/trace.ts';
import type { GuestFacts, NodeFacts, RouterFacts, Snapshot } from '../../../src/model/snapshot.ts';
import type { Probe } from '../../../lab/kernel/namespaces.ts';

export interface Compared {
  readonly pair: string;
  readonly judged: string;
  readonly real: string;
  readonly reasons: readonly string[];
  /** Something on the way is not known. */
  readonly hasDoubt: boolean;
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
        samples: topology.nodes.flatMap(({ name, pods }) =>
          pods.map((address) => ({ node: name, pod: `lab/${name}-${address}`, addresses: [address] })),
        ),
      },
    },
    fabrics: [],
    gaps: [],
    guests,
  };
}

function nodeFacts({ name, podCIDR, address }: KernelNode): NodeFacts {
  return {
    name,
    podCIDRs: [podCIDR],
    internalIPs: [address],
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

/** Every ordered pair, one way and there and back. */
export function compare(
  topology: Topology,
  guests: readonly GuestFacts[],
  probes: readonly Probe[],
  reading: Reading,
): Compared[] {
  const nodeSubnets = reading.isTold
    ? Array.from({ length: topology.segments }, (_, segment) => segmentPrefix(segment))
    : [];
  const { routers } = reading;
  const snapshot = { ...snapshotOf(topology, guests), ...(routers === undefined ? {} : { routers }) };
  const survey = surveySnapshot(snapshot, { networkModes: ['host-gw'], rules: {}, nodeSubnets });
  const tracer = new Tracer(survey);
  const owner = new Map(topology.nodes.flatMap(({ name, pods }) => pods.map((address) => [address, name])));
  const byPair = Map.groupBy(probes, ({ from, to }) => `${owner.get(from) ?? ''} -> ${owner.get(to) ?? ''}`);
  return survey.nodes.flatMap((from) =>
    survey.nodes.flatMap((to): Compared[] => {
      if (from === to) return [];
      const pair = `${from.name} -> ${to.name}`;
      const there = tracer.trace(from, to);
      const back = tracer.trace(to, from);
      const all = [...there.families, ...back.families].flatMap(({ faults }) => faults);
      const hasDoubt = all.some(({ verdict }) => verdict === 'unknown');
      const reasons = all.map(({ rule, cause, detail }) =>
        detail.kind === 'gap' ? detail.gap.reason : `${rule}/${cause}`,
      );
      const seen = byPair.get(pair) ?? [];
      return [
        { pair, judged: there.verdict, real: mix(seen.map(({ arrived }) => arrived)), reasons, hasDoubt },
        {
          pair: `${pair} and back`,
          judged: roundTripVerdict(there.verdict, back.verdict),
          // Of a pair with a way that is lost for some addresses only, a round trip is lost for some at least.
          real: roundTripVerdict(...ways(pair, `${to.name} -> ${from.name}`, byPair)),
          reasons,
          hasDoubt,
        },
      ];
    }),
  );
}

function ways(there: string, back: string, byPair: ReadonlyMap<string, readonly Probe[]>): ['pass', 'pass'] {
  const verdicts = [there, back].map((pair) => mix((byPair.get(pair) ?? []).map(({ arrived }) => arrived)));
  return verdicts as ['pass', 'pass'];
}

function mix(arrived: readonly boolean[]): 'pass' | 'fail' | 'partial' {
  if (arrived.every((one) => one)) return 'pass';
  return arrived.some((one) => one) ? 'partial' : 'fail';
}
