/** Every change that the writer asks for, and what the lab answers, has the form that EC2's API description says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { applyAgainst, planAgainst } from './changing.ts';
import { contractsFolder, validateExchanges } from './validate-exchanges.ts';

const folder = contractsFolder();
const when = folder === undefined ? test.skip : test;

const RUNS: readonly LabOptions[] = [
  {},
  { deny: ['ec2:ModifyNetworkInterfaceAttribute'] },
  { fail: ({ operation, count }) => (operation.endsWith('Route') && count === 1 ? 'after' : undefined) },
];

when(
  'all exchanges of the writer conform to the API description',
  async () => {
    const place = mkdtempSync(join(tmpdir(), 'pod-route-check-'));
    const record = join(place, 'run.jsonl');
    const world = faults.inject(
      ec2Cluster({ name: 'changes', mode: 'host-gw', nodes: 5, subnets: 2, ipv6: true }),
      faults.checkOn(1),
      faults.routeMissing(2, 'all', 6),
      faults.wrongTarget(3, { kind: 'nat' }),
      faults.staleRoute('10.244.77.0/24', [0], 4),
    ).world;
    try {
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
      expect(validateExchanges(folder ?? '', record)).toEqual([]);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
  60_000,
);
