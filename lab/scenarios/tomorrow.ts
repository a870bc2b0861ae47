/** Clusters whose packets get through today, or nearly all of them, and what will go wrong with the next node. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { gceTemplateWithout } from '../world/faults/gce.ts';
import { gceCluster } from '../world/gce-cluster.ts';
import type { World } from '../world/world.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const CLUSTER = 'shop';

/** A cluster whose cloud controller manager writes one route per node into a table that all node subnets share. */
function controlled(nodes: number): World {
  return ec2Cluster({ name: CLUSTER, mode: 'fabric', nodes, subnets: 2, tables: 'shared' });
}

const controller = faults.cloudController(['--cloud-provider=aws', `--cluster-name=${CLUSTER}`, '--v=2']);

export const fullTable: Scenario = {
  name: 'table-at-its-limit',
  title: 'the group grew by one node, and only the new node’s pods cannot be reached',
  story:
    'One route per node in one table, and the account’s limit of routes per table is used up: the route of the last node ' +
    'was refused with RouteLimitExceeded. Its node object and its machine are fine.',
  situation: (nodes = 12) => {
    const last = nodes - 1;
    const { world, findings } = injected(
      controlled(nodes),
      faults.clusterTagged(CLUSTER),
      faults.tablesTagged(CLUSTER, [1]),
      controller,
      faults.waitingForRoute(last),
      faults.nearLimit(0),
    );
    const full = findings.map((one) =>
      one.rule === 'route-quota'
        ? { ...one, subjects: { ...one.subjects, prefixes: world.cluster.nodes[last]?.podCIDRs ?? [] } }
        : one,
    );
    return { world, findings: full };
  },
  nodes: { least: 3, most: 200 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const taggedTables: Scenario = {
  name: 'two-tagged-tables',
  title: 'everything works, until a node is replaced',
  story:
    'The network was set up anew, and its module puts the cluster’s tag on every route table. The route controller looks ' +
    'for the one table with that tag, finds two, and has stood still since; the last node that came waits for its route.',
  situation: (nodes = 6) => {
    const { world, findings } = injected(
      controlled(nodes),
      faults.clusterTagged(CLUSTER),
      faults.tablesTagged(CLUSTER, [0, 1]),
      controller,
      faults.waitingForRoute(nodes - 1),
    );
    const routeTables = world.aws.flatMap((region) => region.routeTables.map(({ id }) => id));
    return {
      world,
      findings: [...findings, { rule: 'route-controller-blocked', verdict: 'fail', subjects: { routeTables } }],
    };
  },
  nodes: { least: 3, most: 200 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const templateOff: Scenario = {
  name: 'template-off',
  title: 'pods reach each other today, and the next rolling replacement will change that',
  story:
    'canIpForward was missing, and somebody set it on the running instances. The instance template of the group still says ' +
    'no, so every machine that is made from it starts without.',
  situation: (nodes = 4) => {
    const world = gceCluster({ name: CLUSTER, mode: 'fabric', nodes });
    const done = injected(world, ...world.cluster.nodes.map((_, index) => gceTemplateWithout(index)));
    // One template, one finding.
    return { world: done.world, findings: done.findings.slice(0, 1) };
  },
  nodes: { least: 2, most: 200 },
  inputs: {},
  expect: { verdict: 'pass', step: 'pass' },
};
