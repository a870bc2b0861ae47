import type { Words, Observation, RuleContext } from './rule.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { ControlledNetwork, Obstacle } from './route-controller.ts';
import { findControlledNetworks, isReadWhole } from './route-controller.ts';
import { obstaclesOnEc2 } from './route-controller-ec2.ts';
import { foreignNames, otherClusterName, secondRanges } from './route-controller-names.ts';
import { defineRule, listNames } from './rule.ts';

interface Data {
  readonly obstacle: Obstacle;
  readonly network: ControlledNetwork;
}

export const routeControllerBlocked = defineRule<Data>({
  id: 'route-controller-blocked',
  title: 'The cloud’s route controller cannot do its work',
  severity: 'warning',
  needs: ['nodes', 'machines', 'interfaces', 'routes'],
  evaluate: (context) =>
    findControlledNetworks(context)
      .filter((network) => isReadWhole(context, network))
      .flatMap((network) => obstaclesIn(context, network).map((obstacle) => observe(network, obstacle))),
  explain: ({ data: { obstacle, network } }): Words => {
    const { waiting } = network;
    const wait =
      waiting.length === 0 ? '' : ` ${listNames(waiting)} ${waiting.length === 1 ? 'waits' : 'wait'} for a route.`;
    return { what: obstacle.what, why: `${obstacle.why}${wait}`, next: obstacle.next };
  },
  fix: ({ data }) => data.obstacle.changes,
});

function observe(network: ControlledNetwork, obstacle: Obstacle): Observation<Data> {
  return {
    cause: `${network.fabric.id}/${obstacle.id}`,
    verdict: 'fail',
    // That it has stood still is shown by nodes without a route; until then it may yet be mended in time.
    severity: obstacle.stops && network.waiting.length > 0 ? 'error' : 'warning',
    subjects: { ...NO_SUBJECTS, ...obstacle.subjects },
    evidence: [...obstacle.evidence, { source: 'cluster', text: network.witness }],
    pairsBroken: 0,
    roundTripsBroken: 0,
    data: { obstacle, network },
  };
}

function obstaclesIn(context: RuleContext, network: ControlledNetwork): Obstacle[] {
  switch (network.fabric.kind) {
    case 'aws':
      return obstaclesOnEc2(context, network);
    case 'azure':
      return foreignNames(network);
    case 'gcp':
      return [...(isFamilyTold(context, network) ? [] : secondRanges(network)), ...otherClusterName(context, network)];
  }
}

/** That not one route of the second family is there, and why, is a finding of its own. */
function isFamilyTold(context: RuleContext, { fabric, network }: ControlledNetwork): boolean {
  return context
    .faults('second-family-uncovered')
    .some(({ details }) =>
      details.some((detail) => detail.kind === 'family' && detail.fabric === fabric.id && detail.network === network),
    );
}
