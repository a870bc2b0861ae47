import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { condition, nodeIpOnSecond, routeMissing, secondInterface } from '../../../lab/world/faults.ts';
import { azureRouteToSecondNic } from '../../../lab/world/faults/azure.ts';
import type { InterfaceWorld } from '../../../lab/world/world.ts';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_INTERFACES, ruleSuite } from '../../support/rule-suite.ts';

const oneSubnet = cluster('host-gw', { subnets: 1, podRoutes: true });

ruleSuite('multi-nic-ambiguity', {
  fails: [
    {
      name: 'an address on the second interface and a route to the first',
      world: oneSubnet,
      faults: [nodeIpOnSecond(2, false, 'primary')],
      says: /address of node worker-03 is on eni-\w+, but the route for its podCIDR 10\.244\.2\.0\/24 leads to eni-\w+ of the same machine/,
      advises: /lead the route to eni-/,
      severity: 'notice',
    },
    {
      name: 'the same on Azure',
      world: azureCluster({ name: 'unit', mode: 'fabric', nodes: 3 }),
      faults: [azureRouteToSecondNic(1, true)],
      says: /address of node worker-02 is on/,
      severity: 'notice',
    },
    {
      name: 'the same where Azure routes neighbours and tunnels lead elsewhere',
      world: azureCluster({ name: 'unit', mode: 'kube-router', nodes: 3 }),
      faults: [azureRouteToSecondNic(1, true)],
      says: /address of node worker-02 is on/,
      severity: 'notice',
    },
    {
      name: 'a controller that names instances',
      world: cluster('fabric'),
      faults: [secondInterface(1, false), condition(1, 'True', 'NoRouteCreated'), routeMissing(1)],
      says: /route controller made no route for worker-02, and its machine has several interfaces \(worker-02: 2\)/,
      advises: /by interface \(eni-\w+ for worker-02\)/,
      severity: 'warning',
    },
  ],
  gap: WITHOUT_INTERFACES,
  irrelevant: [secondInterface(1, true)],
});

/** One more interface of this type, as devices and network agents add them. */
function extra(type: InterfaceWorld['interfaceType']): Fault {
  return {
    says: `an interface of type ${type}`,
    into: (world) => {
      const found = secondInterface(1, true).into(world);
      for (const face of world.aws[0]?.interfaces ?? []) if (face.deviceIndex === 1) face.interfaceType = type;
      return found;
    },
  };
}

describe('is silent about', () => {
  test.each<[string, Fault]>([
    ['a second interface that no pod packet uses', secondInterface(1, true)],
    ['an EFA device', extra('efa')],
    ['a trunk', extra('trunk')],
    ['a branch', extra('branch')],
    ['an address and a route on the second interface both', nodeIpOnSecond(2, false, 'second')],
  ])('%s', (_, fault) => {
    const { judgement } = judgeWith(oneSubnet, [fault]);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('the secondary interfaces of the VPC CNI', () => {
    const world = cluster('vpc-cni');
    world.cluster.nodes.forEach((node, index) => node.podCIDRs.push(`10.244.${String(index)}.0/24`));
    const list = [secondInterface(1, true), condition(1, 'True', 'NoRouteCreated')];
    expect(judgeWith(world, list).judgement.findings).toEqual([]);
  });

  test('a controller’s complaint where the machine has one interface', () => {
    const { judgement } = judgeWith(cluster('fabric'), [condition(1, 'True', 'NoRouteCreated')]);
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['node-condition-misleading']);
  });
});

test('nodes that are made alike are one finding', () => {
  const list = [1, 2, 3].map((ref) => nodeIpOnSecond(ref, false, 'primary'));
  const { judgement } = judgeWith(oneSubnet, list);
  expect(judgement.findings.map(({ rule, subjects }) => [rule, subjects.nodes])).toEqual([
    ['multi-nic-ambiguity', ['worker-02', 'worker-03', 'worker-04']],
  ]);
});
