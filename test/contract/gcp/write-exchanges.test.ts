/** Every change that the writer asks for, and what the lab answers, has the form that Compute Engine's description says. */
import type { LabOptions } from '../../../lab/servers/index.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { testExchanges } from '../aws/validate-exchanges.ts';
import { applyAgainst, brokenWorld, planAgainst } from './changing.ts';
import { gceOf, leave, serveGce } from './expected.ts';

const RUNS: readonly LabOptions[] = [
  {},
  { gceDeny: ['compute.instances.update'] },
  { fail: ({ operation, count }) => (operation.startsWith('routes.') && count === 1 ? 'after' : undefined) },
];

testExchanges('all exchanges of the writer conform to the API description', async (record) => {
  for (const options of RUNS) {
    const world = brokenWorld();
    // What the description does not name cannot conform to it.
    for (const { instances } of gceOf(world).projects) for (const one of instances) delete one.undescribed;
    const lab = await serveGce(world, { writable: true, ...options, record });
    try {
      const plan = await planAgainst(lab);
      await applyAgainst(plan, lab);
      await applyAgainst(undoPlan(plan), lab);
    } finally {
      leave();
      await lab.stop();
    }
  }
});
