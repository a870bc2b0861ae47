/** 200 instances in three subnets with a table each, and every kind of fault that a fabric can have, side by side. */
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import * as faults from '../../lab/world/faults.ts';
import type { Expected } from '../../lab/world/faults.ts';
import type { World } from '../../lab/world/world.ts';

export const TWO_HUNDRED_INPUTS = { 'pod-cidrs': '10.244.0.0/16' };

/** The faults sit at different nodes, so that none hides another. */
export function twoHundred(mode: 'host-gw' | 'fabric'): { world: World; expected: Expected[] } {
  const world = ec2Cluster({ name: `two-hundred-${mode}`, mode, nodes: 200, subnets: 3, podCidr: '10.244.0.0/16' });
  return faults.inject(
    world,
    // First, so that the others are expected in the tables that still govern: a table without pod routes is one finding.
    faults.foreignTable(2),
    faults.checkOn(3),
    faults.checkOn(77),
    faults.checkOn(151),
    faults.routeMissing(10, [0, 1]),
    faults.routeMissing(21, [0, 1]),
    faults.routeMissing(32, [1]),
    faults.wrongTarget(43, { node: 44 }, [0, 1]),
    faults.staleRoute('10.244.230.0/24', [0, 1]),
    faults.staleRoute('10.244.231.0/24', [0], 50),
    faults.shadow(61, { node: 62 }, [0, 1]),
    faults.noProviderId(70),
    faults.duplicatePodCidr(80, 81),
    faults.secondInterface(90, true),
  );
}
