/** The limit of routes per table, from the usages of the location. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { LabOptions } from '../../../lab/servers/index.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { World } from '../../../lab/world/world.ts';
import type { FabricFacets } from '../../../src/ports.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { azureOf, leave, nodesOf, openReader, serveAzure } from './expected.ts';

const serve = labPerTest(serveAzure, leave);

function world(): World {
  const made = azureCluster({ name: 'limits', mode: 'fabric', nodes: 4, subnets: 2, tables: 'per-subnet' });
  azureOf(made).routesPerTable = 1000;
  return made;
}

async function read(served: World, options: LabOptions = {}, facets?: FabricFacets) {
  const lab = await serve(served, options);
  const { facts, gaps } = await openReader(lab).read(nodesOf(served), facets);
  return { facts, gaps, asked: lab.requests().filter(({ operation }) => operation === 'Usages_List').length };
}

test('is that of the subscription, for each table, and asked for once per location', async () => {
  const { facts, gaps, asked } = await read(world());
  expect(gaps).toEqual([]);
  expect(facts[0]?.limits).toEqual(
    facts[0]?.tables.map(({ id }) => ({
      kind: 'routes-per-table',
      table: id,
      allowed: 1000,
      source: 'usage RoutesPerRouteTable of westeurope',
    })),
  );
  expect(facts[0]?.limits).toHaveLength(2);
  expect(asked).toBe(1);
});

test('is allowed by the published role', async () => {
  const role = JSON.parse(readFileSync('docs/permissions/azure-check.json', 'utf8')) as object;
  const { facts, gaps } = await read(world(), { azureRole: role });
  expect(gaps).toEqual([]);
  expect(facts[0]?.limits).toHaveLength(2);
});

test('is not asked for where nobody wants it, or where no table is in use', async () => {
  const unwanted = await read(world(), {}, { filters: false, limits: false });
  expect(unwanted.facts[0]?.limits).toBeUndefined();
  expect(unwanted.asked).toBe(0);
  const without = await read(azureCluster({ name: 'limits', mode: 'fabric', nodes: 2, tables: 'none' }));
  expect([without.gaps, without.asked]).toEqual([[], 0]);
});

test('denied, it is one gap that names the permission, and everything else is read', async () => {
  const { facts, gaps } = await read(world(), { azureDeny: ['Microsoft.Network/locations/*'] });
  expect(facts[0]?.limits).toBeUndefined();
  expect(facts[0]?.machines).toHaveLength(4);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]).toMatchObject({
    facet: 'limits',
    subject: `limit of routes per table in westeurope of subscription ${azureOf(world()).subscription}`,
    permission: 'Microsoft.Network/locations/usages/read',
  });
});

test('members of a Uniform scale set say whether they have the latest model', async () => {
  const made = azureCluster({ name: 'limits', mode: 'fabric', nodes: 2, machines: 'scale-set-uniform' });
  azureOf(made).scaleSets[0]!.instances[1]!.latestModelApplied = false;
  const { facts } = await read(made);
  expect(facts[0]?.machines.map(({ template }) => template?.applied)).toEqual([true, false]);
});
