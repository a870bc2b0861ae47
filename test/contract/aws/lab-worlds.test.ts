/** The reader against worlds at random, as legal and as odd as they come, compared object by object. */
import { expect, test } from '@jest/globals';
import { startLab } from '../../../lab/servers/index.ts';
import { randomWorld } from '../../../lab/random/random-world.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';
import { cutToNodes, openReader, plainOf } from './expected.ts';

const SEEDS = Array.from({ length: 40 }, (_, index) => 7001 + index);

test('whatever the world, what is read of its nodes is what is there', async () => {
  let compared = 0;
  let lists = 0;
  for (const seed of SEEDS) {
    const { world, deny, says } = randomWorld(seed, 'aws', { filters: true });
    const snapshot = snapshotOfWorld(world, { deny });
    const { nodes } = snapshot.cluster;
    const lab = await startLab(world, { deny });
    try {
      const { facts, gaps } = await openReader(lab.env).read(nodes);
      const served = { world, showsRouteMachines: true };
      const story = `seed ${String(seed)}: ${says.join('; ')}`;
      // Interfaces by which the server itself runs, and prefix lists that only other subnets use, are no business of ours.
      const expected = plainOf(snapshot.fabrics, served).map((fabric) => cutToNodes(fabric, nodes));
      const read = plainOf(facts, served).map((fabric) => cutToNodes(fabric, nodes));
      expect({ story, fabrics: read }).toEqual({ story, fabrics: expected });
      const unread = expected.some(
        ({ tables, filters }) =>
          tables.some((table) => table.unreadLists !== undefined) ||
          (filters !== 'unread' && filters.some(({ rules }) => rules.some(({ peers }) => peers.unread !== undefined))),
      );
      const permissions = gaps.map((gap) => gap.permission);
      expect({ story, permissions }).toEqual({ story, permissions: unread ? deny : [] });
      compared += expected.length;
      lists += expected.flatMap(({ tables }) => tables).filter(({ routes }) => routes.some(({ list }) => list)).length;
    } finally {
      await lab.stop();
    }
  }
  // The seeds must go on meaning something when the random worlds change.
  expect(compared).toBeGreaterThan(30);
  expect(lists).toBeGreaterThan(0);
}, 60_000);
