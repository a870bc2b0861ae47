/** What plans are about on Azure: names of new routes, and what belongs to others. */
import { describe, expect, test } from '@jest/globals';
import { azureCluster, userRoute } from '../../../lab/world/azure-cluster.ts';
import { azureAt, azureNodeTables } from '../../../lab/world/azure-look.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import * as faults from '../../../lab/world/faults.ts';
import { azureForwardingOff, azureRouteMissing } from '../../../lab/world/faults/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { makePlan } from '../../../src/plan/plan.ts';
import { planFor } from '../../support/planning.ts';

function planOn(
  world: World,
  list: readonly Fault[],
  change: (plan: ReturnType<typeof planFor>) => object = () => ({}),
): Plan {
  const planned = planFor(world, list);
  return makePlan({ ...planned.input, writable: ['azure'], ...change(planned) });
}

function cluster(more: object = {}): World {
  return azureCluster({ name: 'plan', mode: 'host-gw', nodes: 3, ...more });
}

/** A route for another range under these names. */
function taken(...names: readonly string[]): Fault {
  return {
    says: `routes called ${names.join(', ')}`,
    into: (world) => {
      for (const table of azureNodeTables(world)) {
        for (const [at, name] of names.entries()) {
          table.routes.push(userRoute(name, `10.99.${String(at)}.0/24`, '10.224.0.4', false));
        }
      }
      return [];
    },
  };
}

describe('a new route', () => {
  test.each<[string, World, readonly Fault[], string[]]>([
    ['has the name of its node', cluster(), [], ['worker-02']],
    ['has a long one where the node has several podCIDRs', cluster({ ipv6: true }), [], ['worker-02____102441024']],
    ['has a long one where the other is taken', cluster(), [taken('Worker-02')], ['worker-02____102441024']],
  ])('%s', (_, world, more, names) => {
    const { changes } = planOn(world, [azureRouteMissing(1), ...more]);
    const given = changes.map(({ target }) => (target.kind === 'route' ? target.name : undefined));
    expect(given).toEqual(names);
  });

  test('is withheld where both names are taken', () => {
    const { changes, withheld } = planOn(cluster(), [
      azureRouteMissing(1),
      taken('worker-02', 'worker-02____102441024'),
    ]);
    expect(changes).toEqual([]);
    expect(withheld.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([['conflict']]);
  });

  test('leads to the address of the node, and its undo deletes it by name', () => {
    const world = cluster();
    const { changes } = planOn(world, [azureRouteMissing(1)]);
    const [change] = changes;
    expect(change?.after).toEqual({
      kind: 'route',
      to: { kind: 'address', address: azureAt(world, 1).nic.ipConfigurations[0]?.ip },
    });
    expect(change?.undo).toEqual({ possible: true, kind: 'delete-route', disruption: 'none' });
  });
});

test.each([
  ['a table that Terraform keeps', azureRouteMissing(1), 'tables'],
  ['an interface that AKS keeps', azureForwardingOff(1), 'interfaces'],
] as const)('%s is withheld', (_, fault, kind) => {
  const { changes, withheld } = planOn(cluster(), [fault], ({ input }) => ({
    snapshot: {
      ...input.snapshot,
      fabrics: input.snapshot.fabrics.map((fabric) => ({
        ...fabric,
        [kind]: fabric[kind].map((one) => ({
          ...one,
          ...(kind === 'tables' ? { owners: ['Terraform'] } : { owner: 'AKS' }),
        })),
      })),
    },
  }));
  expect(changes).toEqual([]);
  expect(withheld.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([['owned']]);
});

test('a route that a running cloud controller keeps is withheld', () => {
  const { changes, withheld } = planOn(cluster(), [
    azureRouteMissing(1),
    faults.cloudController(['--cloud-provider=azure', '--configure-cloud-routes=true']),
  ]);
  expect(changes).toEqual([]);
  expect(withheld.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([['owned']]);
});
