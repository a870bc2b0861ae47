import { describe, expect, test } from '@jest/globals';
import * as faults from '../../../lab/world/faults.ts';
import { gceForwardingOff } from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { interfaceOf, nodeOf } from '../../../lab/world/look.ts';
import type { Change } from '../../../src/model/plan.ts';
import type { ChangePolicy, WithheldCode } from '../../../src/model/planned.ts';
import { CHANGE_KINDS } from '../../../src/model/planned.ts';
import { decodePlan, encodePlan } from '../../../src/plan/file.ts';
import { makePlan } from '../../../src/plan/plan.ts';
import { describeChange, isSameState } from '../../../src/plan/state.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { cluster } from '../../support/judging.ts';
import { both, guestCluster, judgeGuests, podsOf, withLink, withRoute, without } from '../../support/guest-cluster.ts';
import { planFor, USUAL_POLICY } from '../../support/planning.ts';

const BROKEN = [
  faults.checkOn(3),
  faults.routeMissing(2),
  faults.wrongTarget(1, { node: 5 }),
  faults.deadRoute(4),
  faults.staleRoute('10.244.77.0/24', 'all', 6),
];

function codesOf(policy: Partial<ChangePolicy>, list = BROKEN, world = cluster('host-gw')): Set<WithheldCode> {
  return new Set(planFor(world, list, policy).plan.withheld.flatMap(({ reasons }) => reasons.map(({ code }) => code)));
}

describe('what is planned', () => {
  test('forwarding first, then routes, deletions last; each thing with what it is and what it will be', () => {
    const { plan, world } = planFor(cluster('host-gw'), BROKEN, {
      kinds: ['set-forwarding', 'create-route', 'replace-route', 'delete-route'],
    });
    expect(plan.withheld).toEqual([]);
    const kinds = plan.changes.map(({ kind }) => kind);
    expect([...new Set(kinds)]).toEqual(['set-forwarding', 'create-route', 'replace-route', 'delete-route']);
    const owner = interfaceOf(world, nodeOf(world, 2));
    const created = plan.changes.filter(({ kind }) => kind === 'create-route');
    expect(created.length).toBeGreaterThan(0);
    for (const { before, after, precondition } of created) {
      expect([before, after]).toEqual([
        { kind: 'absent' },
        { kind: 'route', to: { kind: 'interface', interface: owner.id, machine: owner.instanceId } },
      ]);
      expect(precondition).toEqual({
        attached: { interface: owner.id, machine: owner.instanceId },
        node: { name: 'worker-03', machine: owner.instanceId, podCIDR: '10.244.2.0/24' },
      });
    }
    for (const { before, after } of plan.changes) expect(isSameState(before, after)).toBe(false);
  });

  test('the order of findings makes no difference', () => {
    const { input, plan } = planFor(cluster('host-gw'), BROKEN);
    const findings = input.judgement.findings.toReversed();
    expect(makePlan({ ...input, judgement: { ...input.judgement, findings } })).toEqual(plan);
  });

  test('what two findings want is there once, for both', () => {
    const { input, plan } = planFor(cluster('host-gw'), [faults.checkOn(3)]);
    const [finding] = input.judgement.findings.filter(({ changes }) => changes.length > 0);
    const findings = [finding!, { ...finding!, key: 'another' }];
    const { changes } = makePlan({ ...input, judgement: { ...input.judgement, findings } });
    expect(changes.map(({ id, because }) => [id, because.map((one) => one.finding)])).toEqual([
      [plan.changes[0]!.id, ['another', finding!.key]],
    ]);
  });

  test('what two findings want differently is left out, both times', () => {
    const { input } = planFor(cluster('host-gw'), [faults.routeMissing(2)]);
    const [finding] = input.judgement.findings.filter(({ changes }) => changes.length > 0);
    const twisted = finding!.changes.map(
      (change) => ({ ...change, interface: interfaceOf(planned.world, nodeOf(planned.world, 0)).id }) as Change,
    );
    const findings = [finding!, { ...finding!, key: 'another', changes: twisted }];
    const { changes, withheld } = makePlan({ ...input, judgement: { ...input.judgement, findings } });
    expect(changes).toEqual([]);
    expect(withheld.length).toBe(2 * finding!.changes.length);
    for (const { reasons } of withheld) expect(reasons[0]?.code).toBe('conflict');
  });

  const planned = planFor(cluster('host-gw'), BROKEN);

  test('a healthy cluster needs no change', () => {
    const { plan } = planFor(cluster('host-gw'), []);
    expect([plan.changes, plan.withheld]).toEqual([[], []]);
  });
});

describe('what is withheld, and why', () => {
  test.each<[string, Set<WithheldCode>, WithheldCode[]]>([
    ['a kind that nobody allows', codesOf({ kinds: [] }), ['kind']],
    ['deletions, unless they are asked for', codesOf({}), ['kind']],
    ['a node that is excluded', codesOf({ excludedNodes: ['worker-0*'] }, BROKEN.slice(0, 3)), ['node']],
    ['more than are allowed', codesOf({ most: 1 }, BROKEN.slice(0, 3)), ['most']],
    ['no live evidence of the mode', codesOf({}, [faults.checkOn(3)], cluster('fabric')), ['unproven']],
    [
      'a table that a controller keeps',
      codesOf({}, [
        faults.routeMissing(2),
        faults.cloudController(['--cloud-provider=aws', '--configure-cloud-routes']),
      ]),
      ['owned'],
    ],
    [
      'a table with the tag of a cluster that is not this one',
      codesOf({}, [faults.routeMissing(2), faults.clusterTagged('mine'), faults.tablesTagged('other', [0, 1, 2])]),
      ['owned'],
    ],
  ])('%s', (_, codes, expected) => {
    expect([...codes]).toEqual(expected);
  });

  test('a mode that the user states and the agents contradict is no evidence', () => {
    const { plan } = planFor(cluster('vxlan'), [], {}, { networkModes: ['fabric'] });
    expect(plan.changes).toEqual([]);
    expect(new Set(plan.withheld.flatMap(({ reasons }) => reasons.map(({ code }) => code)))).toEqual(
      new Set(['unproven']),
    );
  });

  test('a controller keeps the table with its tag, and no other on EC2', () => {
    const flags = ['--cloud-provider=aws', '--configure-cloud-routes'];
    const { input } = planFor(cluster('host-gw'), [faults.routeMissing(2), faults.cloudController(flags)]);
    const fabrics = input.snapshot.fabrics.map((fabric) => ({
      ...fabric,
      tables: fabric.tables.map((table) => ({ ...table, owners: [] })),
    }));
    const { changes, withheld } = makePlan({ ...input, snapshot: { ...input.snapshot, fabrics } });
    expect([changes.length > 0, withheld]).toEqual([true, []]);
  });

  test('a table of a stack, until its owner is named', () => {
    const { input, world } = planFor(cluster('host-gw'), [faults.routeMissing(2)]);
    const fabrics = input.snapshot.fabrics.map((fabric) => ({
      ...fabric,
      tables: fabric.tables.map((table) => ({ ...table, owners: ['Terraform'] })),
    }));
    const snapshot = { ...input.snapshot, fabrics };
    const { withheld, changes } = makePlan({ ...input, snapshot });
    expect(changes).toEqual([]);
    expect(withheld[0]?.reasons.map(({ text }) => text)).toEqual([
      'it belongs to Terraform, as the tags of the route table say; allow-owners can name it',
    ]);
    const policy = { ...input.policy, owners: ['terraform'] };
    expect(makePlan({ ...input, snapshot, policy }).changes.length).toBe(withheld.length);
    expect(world.aws.length).toBe(1);
  });

  test('a gap in the fabric, and only there', () => {
    const { input, plan } = planFor(cluster('host-gw'), [faults.checkOn(3)]);
    const gap = { facet: 'routes', subject: 'route tables', reason: 'denied' } as const;
    const withGap = (scope: string) =>
      makePlan({ ...input, snapshot: { ...input.snapshot, gaps: [{ ...gap, scope }] } });
    expect(withGap(input.snapshot.fabrics[0]!.id).withheld[0]?.reasons.map(({ code }) => code)).toEqual(['gap']);
    expect(withGap('aws/999999999999/eu-north-1').changes).toEqual(plan.changes);
  });

  test('an accepted fault, one that is not certain, and a cloud that this version does not change', () => {
    const { input } = planFor(cluster('host-gw'), [faults.checkOn(3)]);
    const [finding] = input.judgement.findings.filter(({ changes }) => changes.length > 0);
    const codes = (changes: Partial<typeof input>) =>
      makePlan({ ...input, ...changes }).withheld.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes({ accepted: new Set([finding!.key]) })).toEqual(['accepted']);
    expect(codes({ writable: [] })).toEqual(['unsupported']);
    const findings = [{ ...finding!, verdict: 'unknown' as const }];
    expect(codes({ judgement: { ...input.judgement, findings } })).toEqual(['undecided']);
  });

  test.each<[string, Change, WithheldCode]>([
    ['a default route', route('delete-route', '0.0.0.0/0'), 'outside'],
    ['a range that is not the pods’', route('delete-route', '192.168.0.0/24'), 'outside'],
    ['a route that is not there', route('delete-route', '10.244.99.0/24'), 'undecided'],
    ['a limit', { kind: 'raise-route-limit', place: PLACE(), table: 'rtb-1', allowed: 50 }, 'unsupported'],
  ])('%s is never touched', (_, change, code) => {
    const { input } = planFor(cluster('host-gw'), [faults.checkOn(3)], { kinds: ['delete-route'] });
    const [finding] = input.judgement.findings;
    const findings = [{ ...finding!, changes: [change] }];
    const { changes, withheld } = makePlan({ ...input, judgement: { ...input.judgement, findings } });
    expect([changes, withheld.map(({ reasons }) => reasons[0]?.code)]).toEqual([[], [code]]);
  });

  test('routes on Compute Engine name machines, and are planned where it can be changed', () => {
    const { input } = planFor(gceCluster({ name: 'unit', mode: 'host-gw', nodes: 4 }), [gceForwardingOff(1)]);
    const { changes } = makePlan({ ...input, writable: ['gcp'] });
    expect(changes.map(({ kind, permissions }) => [kind, permissions.at(-1)])).toEqual([
      ['set-forwarding', 'compute.instances.update'],
    ]);
  });
});

function PLACE() {
  return { cloud: 'aws', account: '111122223333', region: 'eu-central-1' } as const;
}

function route(kind: 'delete-route', prefix: string): Change {
  const world = cluster('host-gw');
  return { kind, place: PLACE(), table: world.aws[0]!.routeTables[1]!.id, prefix };
}

describe('what is to be done on nodes', () => {
  const snapshot = guestCluster({
    a: both(without(podsOf('b')), withLink('eth0', { forwarding4: false })),
    c: withRoute({ table: 'main', prefix: '10.244.2.128/25', type: 'blackhole', metric: 0, hops: [] }),
  });
  const judgement = judgeGuests(snapshot);
  const everything: ChangePolicy = { ...USUAL_POLICY, kinds: [...CHANGE_KINDS], disruption: 'recreate', most: 1000 };
  const input = {
    snapshot,
    judgement,
    accepted: new Set<string>(),
    policy: everything,
    writable: [],
    version: '0.0.0',
  };
  const plan = makePlan(input);

  test('is never planned, whatever is allowed, and told with where to do it', () => {
    expect(plan.changes).toEqual([]);
    expect(plan.withheld.map(({ id, place, reasons }) => [id, place, reasons.map(({ code }) => code)])).toEqual([
      ['delete-host-route blackhole 10.244.2.128/25 on c', { cloud: 'none', node: 'c' }, ['on-node']],
      ['set-host-forwarding IPv4 eth0 on a', { cloud: 'none', node: 'a' }, ['on-node']],
      ['set-host-route 10.244.2.0/24 via 192.168.1.2 dev eth0 on a', { cloud: 'none', node: 'a' }, ['on-node']],
    ]);
    expect(plan.withheld[0]?.reasons[0]?.text).toBe(
      'to be done on c, where no mode does it; the commands of the finding do',
    );
  });

  test('changes no digest: nothing of it is approved', () => {
    expect(plan.digest).toBe(makePlan({ ...input, judgement: { ...judgement, findings: [] } }).digest);
  });

  test('an accepted fault says so', () => {
    const accepted = new Set(judgement.findings.map(({ key }) => key));
    const codes = makePlan({ ...input, accepted }).withheld.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(new Set(codes)).toEqual(new Set(['accepted']));
  });

  test('comes back from its file as it was', () => {
    expect(decodePlan(encodePlan(plan), 'p.json', plan.digest)).toEqual(plan);
  });
});

describe('the way back', () => {
  const { plan } = planFor(cluster('host-gw'), [...BROKEN, faults.checkOn(6)], {
    kinds: ['set-forwarding', 'create-route', 'replace-route', 'delete-route'],
  });

  test('the last change first, from after to before', () => {
    const undo = undoPlan(plan);
    const pairs = plan.changes.filter((change) => change.undo.possible).toReversed();
    expect(undo.changes.map(({ before, after }) => [before, after])).toEqual(
      pairs.map(({ before, after }) => [after, before]),
    );
    expect(undo.purpose).toBe('undo');
    expect(undo.digest).not.toBe(plan.digest);
  });

  test('what led to something that is gone cannot be restored, and that is said', () => {
    const undo = undoPlan(plan);
    expect(undo.withheld.length).toBeGreaterThan(0);
    for (const { what, reasons } of undo.withheld) {
      expect(what).toContain('10.244.4.0/24');
      expect(reasons[0]?.text).toMatch(/does not exist any more/);
    }
  });

  test('the way back from the way back is the way', () => {
    const again = undoPlan(undoPlan(plan));
    const restorable = plan.changes.filter((change) => change.undo.possible);
    expect(again.changes.map(describeChange)).toEqual(restorable.map(describeChange));
  });
});
