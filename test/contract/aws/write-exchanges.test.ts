/** Every change that the writer asks for, and what the lab answers, has the form that EC2's API description says. */
import type { LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { applyAgainst, planAgainst } from './changing.ts';
import { testExchanges } from './validate-exchanges.ts';

const RUNS: readonly LabOptions[] = [
  {},
  { deny: ['ec2:ModifyNetworkInterfaceAttribute'] },
  { fail: ({ operation, count }) => (operation.endsWith('Route') && count === 1 ? 'after' : undefined) },
];

testExchanges('all exchanges of the writer conform to the API description', async (record) => {
  const world = faults.inject(
    ec2Cluster({ name: 'changes', mode: 'host-gw', nodes: 5, subnets: 2, ipv6: true }),
    faults.checkOn(1),
    faults.routeMissing(2, 'all', 6),
    faults.wrongTarget(3, { kind: 'nat' }),
    faults.staleRoute('10.244.77.0/24', [0], 4),
  ).world;
  for (const options of RUNS) {
    const lab = await startLab(structuredClone(world), { writable: true, ...options, record });
    try {
      const plan = await planAgainst(lab.world, lab.env);
      await applyAgainst(plan, lab.env);
      await applyAgainst(undoPlan(plan), lab.env);
    } finally {
      await lab.stop();
    }
  }
});
