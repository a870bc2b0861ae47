/** What plans hold on Compute Engine, whose routes have names, priorities, tags and descriptions, and belong to somebody. */
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../lab/world/faults.ts';
import { gceForwardingOff, gceRouteMissing, gceStaleRoute, gceWrongTarget } from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import type { GceRouteWorld } from '../../../lab/world/gce.ts';
import { CHANGE_KINDS } from '../../../src/model/planned.ts';
import type { Plan } from '../../../src/model/planned.ts';
import type { RouteTarget, Snapshot } from '../../../src/model/snapshot.ts';
import { restoreTrouble } from '../../../src/plan/manner.ts';
import { makePlan } from '../../../src/plan/plan.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { planFor } from '../../support/planning.ts';

const WRONG = '10.244.2.0/24';

/** All pod routes of the world are changed so, after the faults. */
function retouched(more: Partial<GceRouteWorld>): Fault {
  return {
    says: JSON.stringify(more),
    into: (world) => {
      for (const route of world.gce?.[0]?.routes ?? [])
        if (route.destRange.startsWith('10.244')) Object.assign(route, more);
      return [];
    },
  };
}

function planOf(
  list: readonly Fault[],
  shape: Partial<Parameters<typeof gceCluster>[0]> = {},
  adapt: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot,
): Plan {
  const world = gceCluster({ name: 'unit', mode: 'host-gw', nodes: 4, ...shape });
  const { input } = planFor(world, list, { kinds: CHANGE_KINDS });
  return makePlan({ ...input, snapshot: adapt(input.snapshot), writable: ['gcp'] });
}

describe('what a route is', () => {
  test('a new one gets the priority of the others, and no name', () => {
    const [change] = planOf([gceRouteMissing(1), retouched({ priority: 700 })]).changes;
    expect(change?.target).toEqual({ kind: 'route', table: 'shop-prod/unit-net', prefix: '10.244.1.0/24' });
    expect(change?.after).toMatchObject({ kind: 'route', rank: 700, to: { kind: 'machine' } });
  });

  test('in a Shared VPC the next hop is the node’s address', () => {
    const [change] = planOf([gceRouteMissing(1)], { hostProject: 'net-host' }).changes;
    expect(change?.place).toEqual({ cloud: 'gcp', project: 'net-host' });
    expect(change?.after).toMatchObject({ to: { kind: 'address', address: expect.stringMatching(/^10\.132\./) } });
  });

  test('one that is to lead elsewhere keeps all else, there and back', () => {
    const own = { priority: 400, description: 'by hand' };
    const plan = planOf([gceWrongTarget(2, { node: 0 }), retouched(own)]);
    const [change] = plan.changes;
    expect(change?.kind).toBe('replace-route');
    const manner = { rank: 400, description: 'by hand' };
    expect([change?.before, change?.after]).toEqual([expect.objectContaining(manner), expect.objectContaining(manner)]);
    const [back] = undoPlan(plan).changes;
    expect([back?.kind, back?.target, back?.after]).toEqual(['replace-route', change?.target, change?.before]);
  });

  test('one that is deleted comes back as it was', () => {
    const plan = planOf([
      gceStaleRoute('10.244.77.0/24', 3),
      retouched({ priority: 30, tags: ['edge'], description: 'x' }),
    ]);
    const deletion = plan.changes.find(({ kind }) => kind === 'delete-route');
    expect(deletion?.undo).toMatchObject({ possible: true, kind: 'create-route' });
    const back = undoPlan({ ...plan, changes: [deletion!] }).changes[0];
    expect(back?.after).toMatchObject({ rank: 30, scopeTags: ['edge'], description: 'x' });
    expect(back?.target).toMatchObject({ name: expect.stringMatching(/^manual-/) });
  });

  test.each<[string, RouteTarget, RegExp | undefined]>([
    ['an instance', { kind: 'machine', machine: 'p/z/here' }, undefined],
    [
      'an instance that is gone',
      { kind: 'machine', machine: 'p/z/gone' },
      /p\/z\/gone, which does not exist any more$/,
    ],
    ['an address', { kind: 'address', address: '10.0.0.9' }, undefined],
    ['the internet', { kind: 'gateway', gateway: 'internet', id: 'default-internet-gateway' }, undefined],
    ['a load balancer by its address', { kind: 'gateway', gateway: 'other', id: '10.0.0.9' }, undefined],
    ['a tunnel', { kind: 'gateway', gateway: 'vpn', id: 'office' }, /office, and that cannot be named again$/],
  ])('whether what led to %s can be restored', (_, to, reason) => {
    const machine = { id: 'p/z/here', keys: [], state: 'running', stateText: 'RUNNING' } as const;
    const fabric = { id: 'gcp/p', kind: 'gcp', account: 'p', filters: 'unread', machines: [machine] } as const;
    const empty = { networks: [], subnets: [], tables: [], interfaces: [] };
    const trouble = restoreTrouble('gcp', { kind: 'route', to }, { ...fabric, ...empty });
    if (reason === undefined) expect(trouble).toBeUndefined();
    else expect(trouble).toMatch(reason);
  });

  test('the undo file leaves out what cannot be restored', () => {
    const plan = planOf([gceStaleRoute('10.244.77.0/24')]);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['delete-route']);
    expect(undoPlan(plan).withheld[0]?.reasons[0]?.text).toMatch(/does not exist any more$/);
  });
});

describe('whose it is', () => {
  const CONTROLLED = { description: 'k8s-node-route' };

  test.each<[string, readonly Fault[]]>([
    ['a wrong one that a controller has made', [gceWrongTarget(2, { node: 0 }), retouched(CONTROLLED)]],
    ['a new one among a controller’s', [gceRouteMissing(1), retouched(CONTROLLED)]],
  ])('%s is withheld', (_, list) => {
    const { changes, withheld } = planOf(list);
    expect(changes).toEqual([]);
    expect(withheld[0]?.reasons).toEqual([
      {
        code: 'owned',
        text: expect.stringMatching(/belongs to route-controller, as route \S+ is described \(k8s-node-route\)/),
      },
    ]);
  });

  test('a leftover of a controller that certainly makes no routes any more is not', () => {
    const off = { source: 'flags', configuresRoutes: false };
    const adapt = (snapshot: Snapshot): Snapshot => ({
      ...snapshot,
      cluster: { ...snapshot.cluster, routeController: off },
    });
    expect(planOf([gceWrongTarget(2, { node: 0 }), retouched(CONTROLLED)], {}, adapt).withheld).toEqual([]);
  });

  test('one that somebody made beside them is nobody’s', () => {
    const plan = planOf([
      gceWrongTarget(2, { node: 0 }),
      {
        says: 'the others are a controller’s',
        into: (world) => {
          for (const route of world.gce![0]!.routes) if (route.destRange !== WRONG) Object.assign(route, CONTROLLED);
          return [];
        },
      },
    ]);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['replace-route']);
  });

  test('machines of GKE are GKE’s', () => {
    const label = (snapshot: Snapshot): Snapshot => ({
      ...snapshot,
      cluster: {
        ...snapshot.cluster,
        nodes: snapshot.cluster.nodes.map((node) => ({ ...node, labels: { 'cloud.google.com/gke-nodepool': 'a' } })),
      },
    });
    const { withheld } = planOf([gceForwardingOff(1)], {}, label);
    expect(withheld[0]?.reasons.map(({ text }) => text)).toEqual([expect.stringMatching(/belongs to GKE/)]);
  });
});
