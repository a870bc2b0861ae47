/** Judgements made by hand, for every kind of report. */
import type { Change } from '../../../src/model/plan.ts';
import type { Gap, Snapshot } from '../../../src/model/snapshot.ts';
import {
  NO_SUBJECTS,
  type Finding,
  type JudgedNode,
  type Judgement,
  type PairCounts,
  type PathCounts,
} from '../../../src/model/judgement.ts';
import type { Triage } from '../../../src/model/triage.ts';
import { joinView, type GateView, type View } from '../../../src/report/view.ts';

const PLACE = { cloud: 'aws', account: '123456789012', region: 'eu-west-1' } as const;

export function pairCounts(counts: Partial<PairCounts>): PairCounts {
  return { total: 0, pass: 0, fail: 0, partial: 0, unknown: 0, notApplicable: 0, ...counts };
}

export function judgedNode(index: number, changes: Partial<JudgedNode> = {}): JudgedNode {
  const id = String(index).padStart(2, '0');
  return {
    name: `worker-${id}`,
    os: 'linux',
    podCIDRs: [`10.244.${String(index)}.0/24`],
    internalIPs: [`172.20.1.${String(10 + index)}`],
    machine: `i-0c1000000000000${id}`,
    joinedBy: 'provider-id',
    fabric: 'aws/123456789012/eu-west-1',
    interfaces: [`eni-0a1000000000000${id}`],
    subnets: ['subnet-0b10000000000001'],
    routeTables: ['rtb-0d10000000000001'],
    forwarding: 'on',
    mode: 'host-gw',
    modeReason: 'flannel runs here with backend host-gw',
    evidenceLevel: 'fabric+agent',
    verdict: 'pass',
    ...changes,
  };
}

export function finding(changes: Partial<Finding>): Finding {
  return {
    key: 'cloud-forwarding-off/aws/123456789012/eu-west-1/eni-0a100000000000003',
    rule: 'cloud-forwarding-off',
    severity: 'error',
    verdict: 'fail',
    title: 'Source/destination check is on for worker-03',
    what: 'The source/destination check of eni-0a100000000000003 (node worker-03) is on.',
    why: 'EC2 drops every packet that is not to or from an address of the interface itself, and pod packets are neither.',
    next: 'Switch the check off.',
    subjects: NO_SUBJECTS,
    evidence: [],
    pairsBroken: 0,
    roundTripsBroken: 0,
    changes: [],
    ...changes,
  };
}

export function forwardingOff(node: string, id: string, pairsBroken: number): Finding {
  const change: Change = { kind: 'set-forwarding', place: PLACE, interface: id, node };
  return finding({
    key: `cloud-forwarding-off/aws/123456789012/eu-west-1/${id}`,
    title: `Source/destination check is on for ${node}`,
    what: `The source/destination check of ${id} (node ${node}) is on.`,
    subjects: { ...NO_SUBJECTS, nodes: [node], interfaces: [id] },
    evidence: [{ source: `aws eu-west-1 ${id}`, text: 'SourceDestCheck is true' }],
    pairsBroken,
    roundTripsBroken: pairsBroken,
    changes: [change],
  });
}

export const ORPHAN: Finding = finding({
  key: 'orphan-route/aws/123456789012/eu-west-1/10.244.77.0/24',
  rule: 'orphan-route',
  severity: 'warning',
  title: 'A route for 10.244.77.0/24 leads to no node',
  what: 'rtb-0d10000000000001 has a route for 10.244.77.0/24, which is no live podCIDR.',
  why: 'It takes up room in the table, and will mislead packets when the range is given to a node again.',
  next: 'Delete the route if nothing else needs it.',
  subjects: {
    ...NO_SUBJECTS,
    prefixes: ['10.244.77.0/24'],
    routeTables: ['rtb-0d10000000000001'],
    routes: ['rtb-0d10000000000001/10.244.77.0/24'],
  },
  evidence: [{ source: 'aws eu-west-1 rtb-0d10000000000001', text: '10.244.77.0/24 → i-0c1000000000000ff, blackhole' }],
  changes: [{ kind: 'delete-route', place: PLACE, table: 'rtb-0d10000000000001', prefix: '10.244.77.0/24' }],
});

export const GAP: Gap = {
  facet: 'routes',
  subject: 'route tables of 123456789012/eu-west-1',
  scope: 'aws/123456789012/eu-west-1',
  reason: 'UnauthorizedOperation: not allowed',
  permission: 'ec2:DescribeRouteTables',
};

function allPass(total: number): PathCounts {
  return { oneWay: pairCounts({ total, pass: total }), roundTrip: pairCounts({ total, pass: total }) };
}

const PASSING: Judgement = {
  verdict: 'pass',
  evidenceLevel: 'fabric+agent',
  modes: ['host-gw'],
  filtersJudged: false,
  podCIDRs: ['10.244.0.0/16'],
  podCIDRsFrom: 'cni',
  pairs: pairCounts({ total: 6, pass: 6 }),
  roundTrip: pairCounts({ total: 6, pass: 6 }),
  otherPaths: { nodeToPod: allPass(6), podToNode: allPass(6), senders: [] },
  classes: [{ id: 'c1', nodes: ['worker-01', 'worker-02', 'worker-03'] }],
  matrix: [],
  nodes: [judgedNode(1), judgedNode(2), judgedNode(3)],
  findings: [],
  causes: [],
  gaps: [],
};

export function judgement(changes: Partial<Judgement> = {}): Judgement {
  return { ...PASSING, ...changes };
}

/** Twelve nodes of which two drop pod packets, an old route, and a table that could not be read. */
export function brokenJudgement(): Judgement {
  const off = new Set([3, 7]);
  const nodes = Array.from({ length: 12 }, (_, index) =>
    judgedNode(index + 1, off.has(index + 1) ? { forwarding: 'off', verdict: 'fail' } : {}),
  );
  const three = forwardingOff('worker-03', 'eni-0a100000000000003', 22);
  const seven = forwardingOff('worker-07', 'eni-0a100000000000007', 22);
  const good = nodes.filter((node) => node.forwarding === 'on').map((node) => node.name);
  const bad = { family: 4, verdict: 'fail', roundTrip: 'fail' } as const;
  return judgement({
    verdict: 'fail',
    pairs: pairCounts({ total: 132, pass: 90, fail: 42 }),
    roundTrip: pairCounts({ total: 132, pass: 90, fail: 42 }),
    classes: [
      { id: 'c1', nodes: good },
      { id: 'c2', nodes: ['worker-03', 'worker-07'] },
    ],
    matrix: [
      { from: 'c1', to: 'c2', ...bad, findings: [three.key, seven.key] },
      { from: 'c2', to: 'c1', ...bad, findings: [three.key, seven.key] },
      { from: 'c2', to: 'c2', ...bad, findings: [three.key, seven.key] },
    ],
    nodes,
    findings: [ORPHAN, seven, three],
    causes: [
      { finding: three.key, pairsExplained: 22 },
      { finding: seven.key, pairsExplained: 20 },
    ],
  });
}

export function unknownJudgement(): Judgement {
  return judgement({
    verdict: 'unknown',
    evidenceLevel: 'fabric',
    pairs: pairCounts({ total: 6, unknown: 6 }),
    roundTrip: pairCounts({ total: 6, unknown: 6 }),
    matrix: [{ from: 'c1', to: 'c1', family: 4, verdict: 'unknown', roundTrip: 'unknown', findings: [] }],
    nodes: [1, 2, 3].map((index) =>
      judgedNode(index, { routeTables: [], verdict: 'unknown', evidenceLevel: 'fabric' }),
    ),
    findings: [
      finding({
        key: 'evidence-incomplete/routes/aws/123456789012/eu-west-1',
        rule: 'evidence-incomplete',
        severity: 'warning',
        verdict: 'unknown',
        title: 'Route tables could not be read',
        what: 'The route tables of 123456789012/eu-west-1 could not be read: UnauthorizedOperation.',
        why: 'Whether a podCIDR leads to its node cannot be said without them.',
        next: 'Allow ec2:DescribeRouteTables.',
        pairsBroken: 6,
        roundTripsBroken: 6,
      }),
    ],
    gaps: [GAP],
  });
}

export function overlayJudgement(): Judgement {
  const reason = 'flannel runs here with backend vxlan';
  const nodes = [1, 2].map((index) =>
    judgedNode(index, { mode: 'overlay', modeReason: reason, verdict: 'not-applicable' }),
  );
  const skipped = judgedNode(3, { skipped: 'the node is being deleted', verdict: 'not-applicable' });
  return judgement({
    verdict: 'not-applicable',
    modes: ['overlay'],
    pairs: pairCounts({ total: 6, notApplicable: 6 }),
    roundTrip: pairCounts({ total: 6, notApplicable: 6 }),
    nodes: [...nodes, skipped],
  });
}

/** Names that try to be Markdown, HTML, mentions, emoji, commands and other lines. */
export function hostileJudgement(): Judgement {
  const name =
    'a|b`c`<img src=x onerror=alert(1)>\n## owned @everyone [x](http://evil.example) \u202Egnp\u202C ::error::boo';
  const hostile = forwardingOff(name, "eni-'; rm -rf /; '", 2);
  return judgement({
    verdict: 'fail',
    pairs: pairCounts({ total: 2, fail: 1, partial: 1 }),
    roundTrip: pairCounts({ total: 2, fail: 1, partial: 1 }),
    podCIDRs: ['10.244.0.0/16', 'fd00:100:a:b::/64'],
    classes: [
      { id: 'c|1', nodes: [name] },
      { id: 'c2', nodes: ['worker-02'] },
    ],
    matrix: [
      { from: 'c|1', to: 'c2', family: 4, verdict: 'partial', roundTrip: 'fail', findings: [hostile.key] },
      { from: 'c|1', to: 'c2', family: 6, verdict: 'fail', roundTrip: 'fail', findings: [hostile.key] },
      { from: 'c2', to: 'c|1', family: 6, verdict: 'unknown', roundTrip: 'fail', findings: [hostile.key] },
    ],
    nodes: [
      judgedNode(1, { name, verdict: 'fail', podCIDRs: ['10.244.1.0/24', 'fd00:100:a:1::/64'] }),
      judgedNode(2, {
        podCIDRs: ['10.244.2.0/24', 'fd00:100:a:2::/64'],
        skipped: '</details><script>x</script>',
        verdict: 'not-applicable',
      }),
    ],
    findings: [
      {
        ...hostile,
        hostChanges: (['linux', 'windows'] as const).map((os) => ({
          kind: 'set-host-route',
          node: name,
          os,
          route: { prefix: '10.244.2.0/24', gateway: '192.168.1.2', device: name },
        })),
        title: `Check is on for ${name}`,
        next: '- [ ] </details> see https://evil.example/?q=1 and fd00:100:a:b::/64, org/repo#1',
        evidence: [{ source: '```\n~~~', text: '1. *bold* _it_ ~~gone~~ $x$ :x: &amp; \u0000\u001B[31mred' }],
      },
    ],
    causes: [{ finding: hostile.key, pairsExplained: 2 }],
    gaps: [{ facet: 'cni', subject: 'x | y\n\n# z', reason: '<b>', permission: '`a|b`' }],
  });
}

export const SNAPSHOT: Snapshot = {
  schemaVersion: 1,
  takenAt: '2026-11-21T03:00:00.000Z',
  cluster: { id: 'prod-eu', version: 'v1.35.2', nodes: [], cni: { agents: [], complete: true } },
  fabrics: [
    {
      id: 'aws/123456789012/eu-west-1',
      kind: 'aws',
      account: '123456789012',
      region: 'eu-west-1',
      networks: [],
      subnets: [],
      tables: [],
      machines: [],
      interfaces: [],
      filters: 'unread',
    },
  ],
  gaps: [],
};

const NO_TRIAGE: Triage = {
  hasBaseline: false,
  findings: new Map(),
  resolved: [],
  unseen: [],
  expired: [],
  unmatched: [],
};

export function view(judged: Judgement, gate?: GateView, triage: Partial<Triage> = {}): View {
  const result = judged.verdict === 'fail' || judged.verdict === 'unknown' ? 'fail' : 'pass';
  return joinView({
    judgement: judged,
    triage: { ...NO_TRIAGE, ...triage },
    gate: gate ?? { result, reasons: [`The verdict is ${judged.verdict}.`] },
    snapshot: SNAPSHOT,
    clouds: ['aws'],
    version: '1.0.0',
  });
}

/** A run against a baseline: one fault of two is accepted, the other is known, and some have gone. `name`: of everything foreign. */
export function driftedView(name: string): View {
  const judged = brokenJudgement();
  const [first, second, third] = judged.findings;
  const former = { key: `fabric-route-missing/${name}`, rule: 'fabric-route-missing', title: `No route to ${name}` };
  return view(judged, undefined, {
    hasBaseline: true,
    findings: new Map([
      [
        first?.key ?? '',
        { standing: 'standing', accepted: { node: name, reason: `kept for ${name}`, expires: '2027-01-01' } },
      ],
      [second?.key ?? '', { standing: 'standing' }],
      [third?.key ?? '', { standing: 'new', authors: [`stack ${name}, by the tags of the route table`] }],
    ]),
    resolved: [former],
    unseen: [{ ...former, key: `orphan-route/${name}`, rule: 'orphan-route' }],
    expired: [{ rule: 'orphan-route', reason: name, expires: '2020-01-01' }],
    unmatched: [{ route: `rtb-1/${name}`, reason: name }],
  });
}
