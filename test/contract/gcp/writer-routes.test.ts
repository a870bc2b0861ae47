/** Routes that are made anew: what packets meet meanwhile, and what is left where a run is cut off. */
import { describe, expect, jest, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { applyAgainst, planAgainst, prepare, settled, smallWorld, withPlan } from './changing.ts';
import { gceOf, leave, serveGce } from './expected.ts';

jest.setTimeout(120_000);

const serve = labPerTest(serveGce, leave);

describe('a route that leads elsewhere', () => {
  /** Where packets for the range go, by the world's own routes. */
  function winners(world: World, prefix: string): string[] {
    const routes = gceOf(world).routes.filter(({ destRange }) => destRange === prefix);
    const best = Math.min(...routes.map(({ priority }) => priority));
    return routes.filter(({ priority }) => priority === best).map(({ target }) => JSON.stringify(target));
  }

  test.each([1000, 700, 1, 0])(
    'priority %i: at no moment without a route, and never back to the wrong one',
    async (priority) => {
      const world = smallWorld();
      const wrong = gceOf(world).routes.find(({ destRange }) => destRange === '10.244.3.0/24')!;
      Object.assign(wrong, { priority, tags: [], description: 'by hand' });
      const seen: string[][] = [];
      const lab = await serve(world, {
        writable: true,
        onRequest: (_, now) => void seen.push(winners(now, '10.244.3.0/24')),
      });
      const plan = await planAgainst(lab);
      const before = structuredClone(lab.world);
      await applyAgainst(plan, lab);
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
      const [former, latter] = [winners(before, '10.244.3.0/24')[0]!, winners(lab.world, '10.244.3.0/24')[0]!];
      const stages = seen.map((targets) =>
        targets.map((one) => (one === former ? 'former' : one === latter ? 'new' : one)),
      );
      expect(stages.every(({ length }) => length > 0)).toBe(true);
      const first = stages.findIndex((targets) => targets.includes('new'));
      expect(first).toBeGreaterThan(0);
      const steps = [...new Set(stages.map((targets) => [...new Set(targets)].sort().join('+')))];
      expect(steps).toEqual(priority === 0 ? ['former', 'former+new', 'new'] : ['former', 'new']);
      expect(gceOf(lab.world).routes.find(({ destRange }) => destRange === '10.244.3.0/24')).toMatchObject({
        name: wrong.name,
        priority,
        description: 'by hand',
      });
    },
  );
});

describe('killed at a request', () => {
  class Killed extends Error {}

  /** Runs the plan until its nth change of anything, and dies before or after that is sent. */
  async function runUntil(plan: Plan, lab: Lab, nth: number, phase: 'before' | 'after'): Promise<boolean> {
    let count = 0;
    const { outcomes } = await applyAgainst(plan, lab, (writer) => ({
      read: (change) => writer.read(change),
      write: (change, live, step) =>
        writer.write(change, live, async (request, send) => {
          count += 1;
          if (count === nth && phase === 'before') throw new Killed(request);
          const answer = await step(request, send);
          if (count === nth) throw new Killed(request);
          return answer;
        }),
    }));
    return outcomes.some(({ kind }) => kind === 'failed');
  }

  const places = [1, 2, 3, 4, 5, 6, 7].flatMap((nth) =>
    (['before', 'after'] as const).map((phase) => [nth, phase] as const),
  );

  test.each(places)(
    'number %i, %s it: the same plan, run again, does the rest, and its undo leads back from there',
    async (nth, phase) => {
      const { lab, plan, before } = await prepare(serve, {}, smallWorld());
      expect(plan.changes.length).toBe(4);
      expect(await runUntil(plan, lab, nth, phase)).toBe(true);
      const half = structuredClone(gceOf(lab.world));
      const back = await applyAgainst(undoPlan(plan), lab);
      expect(back.outcomes.filter(({ kind }) => kind !== 'applied' && kind !== 'already')).toEqual([]);
      expect(settled(lab.world)).toEqual(settled(before));
      lab.world.gce![0] = half;
      const { outcomes } = await applyAgainst(plan, lab);
      expect(outcomes.filter(({ kind }) => kind !== 'applied' && kind !== 'already')).toEqual([]);
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
    },
  );

  test('there is no eighth', async () => {
    const { lab, plan } = await prepare(serve, {}, smallWorld());
    expect(await runUntil(plan, lab, 8, 'before')).toBe(false);
  });
});
