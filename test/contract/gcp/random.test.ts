/** The reader against worlds at random, as legal and as odd as they come, compared object by object. */
import { expect, test } from '@jest/globals';
import { randomWorld } from '../../../lab/random/random-world.ts';
import { expectedOf, leave, nodesOf, openReader, plainOf, serveGce } from './expected.ts';

const SEEDS = Array.from({ length: 24 }, (_, index) => 8001 + index);

test('whatever the world, what is read of its nodes is what is there', async () => {
  let compared = 0;
  let unreachable = 0;
  for (const seed of SEEDS) {
    const { world, says } = randomWorld(seed, 'gcp');
    const lab = await serveGce(world);
    try {
      const { facts, gaps } = await openReader(lab).read(nodesOf(world));
      const story = `seed ${String(seed)}: ${says.join('; ')}`;
      const expected = expectedOf(world);
      expect({ story, fabrics: plainOf(facts).filter(({ machines }) => machines.length > 0) }).toEqual({
        story,
        fabrics: expected,
      });
      const zones = world.gce?.flatMap(({ projects }) => projects.flatMap((one) => one.unreachableZones)) ?? [];
      expect({ story, gaps: gaps.map(({ facet }) => facet) }).toEqual({ story, gaps: zones.map(() => 'machines') });
      compared += expected.length;
      unreachable += zones.length;
    } finally {
      leave();
      await lab.stop();
    }
  }
  // The seeds must go on meaning something when the random worlds change.
  expect(compared).toBeGreaterThan(20);
  expect(unreachable).toBeGreaterThan(0);
}, 120_000);
