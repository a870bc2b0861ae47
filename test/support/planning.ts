/** Plans of lab worlds, without servers. */
import type { Fault } from '../../lab/world/faults.ts';
import type { World } from '../../lab/world/world.ts';
import type { ChangePolicy, Plan } from '../../src/model/planned.ts';
import { Facts } from '../../src/plan/facts.ts';
import type { PlanInput } from '../../src/plan/plan.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { judgeWith } from './judging.ts';

export const USUAL_POLICY: ChangePolicy = {
  kinds: ['set-forwarding', 'create-route', 'replace-route'],
  disruption: 'none',
  most: 50,
  excludedNodes: [],
  owners: [],
};

export interface Planned {
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly facts: Facts;
  readonly world: World;
}

export function planFor(
  world: World,
  faults: readonly Fault[],
  policy: Partial<ChangePolicy> = {},
  config: Parameters<typeof judgeWith>[2] = {},
): Planned {
  const judged = judgeWith(world, faults, config);
  const { snapshot, judgement } = judged;
  const input: PlanInput = {
    snapshot,
    judgement,
    accepted: new Set(),
    policy: { ...USUAL_POLICY, ...policy },
    writable: ['aws'],
    version: '0.0.0',
  };
  return { input, plan: makePlan(input), facts: new Facts(snapshot, judgement), world: judged.world };
}
