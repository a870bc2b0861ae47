/** The reader against worlds at random, as legal and as odd as they come, compared object by object. */
import { afterEach, expect, test } from '@jest/globals';
import { randomWorld } from '../../../lab/random/random-world.ts';
import type { FabricFacts } from '../../../src/model/snapshot.ts';
import { expectedOf, leave, nodesOf, openReader, plainOf, serveAzure } from './expected.ts';

const SEEDS = Array.from({ length: 40 }, (_, index) => 9001 + index);

afterEach(leave);

/** What lies beyond a peering is no part of the lab's own truth. */
function withoutPeerings(fabric: FabricFacts): FabricFacts {
  const isOwn = (kind: FabricFacts['tables'][number]['routes'][number]): boolean =>
    kind.target.kind !== 'gateway' || kind.target.gateway !== 'peering';
  return { ...fabric, tables: fabric.tables.map((table) => ({ ...table, routes: table.routes.filter(isOwn) })) };
}

/** Without those that every group has. */
function ownRules({ filters }: FabricFacts): number {
  const rules = filters === 'unread' ? [] : filters.flatMap((filter) => filter.rules);
  return rules.filter(({ rank }) => rank < 65_000).length;
}

test('whatever the world, what is read of its nodes is what is there', async () => {
  let compared = 0;
  let sets = 0;
  let rules = 0;
  for (const seed of SEEDS) {
    const { world, deny, says } = randomWorld(seed, 'azure', { filters: true });
    const lab = await serveAzure(world, { azureDeny: deny });
    try {
      const { facts, gaps } = await openReader(lab).read(nodesOf(world));
      const story = `seed ${String(seed)}: ${says.join('; ')}`;
      const read = facts.map((fabric) => withoutPeerings(plainOf(fabric)));
      expect({ story, fabrics: read }).toEqual({ story, fabrics: expectedOf(world) });
      expect({ story, gaps: gaps.map((gap) => gap.permission) }).toEqual({ story, gaps: deny });
      compared += read.length;
      rules += read.reduce((sum, fabric) => sum + ownRules(fabric), 0);
      sets += read.flatMap(({ machines }) => machines).filter(({ template }) => template !== undefined).length;
    } finally {
      leave();
      await lab.stop();
    }
  }
  // The seeds must go on meaning something when the random worlds change.
  expect(compared).toBeGreaterThan(30);
  expect(sets).toBeGreaterThan(0);
  expect(rules).toBeGreaterThan(0);
}, 60_000);
