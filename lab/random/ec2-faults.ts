/** One fault at random, for a given world; it may turn out not to fit, and then it throws when injected. */

import { subnetOf } from '../world/addresses.ts';
import * as faults from '../world/faults.ts';
import type { Elsewhere, Fault, TableChoice } from '../world/faults.ts';
import { nodeOf, nodeTables, podRange } from '../world/look.ts';
import type { World } from '../world/world.ts';
import { vxlanFaults } from './cloud-faults.ts';
import type { Dice } from './dice.ts';

function elsewhere(d: Dice, node: () => number): Elsewhere {
  return d.weighted<Elsewhere>([
    [6, { node: node() }],
    [2, { appliance: 'not-forwarding' }],
    [2, { appliance: 'forwarding' }],
    [2, { kind: 'transit' }],
    [1, { kind: 'peering' }],
    [1, { kind: 'nat' }],
    [1, { gateway: 'igw' }],
    [1, { gateway: 'vgw' }],
    [1, { gateway: 'vpce' }],
  ]);
}

/** A prefix inside the network's range: in a subnet or beside them, over node addresses or not. */
function insideNetwork(d: Dice): string {
  return d.pick(['10.40.0.0/24', '10.40.5.0/24', '10.40.17.0/24', '10.40.250.0/24', '10.40.6.0/28']);
}

/** Several faults at a time where one makes sense only with another. */
export function randomFaults(world: World, d: Dice): Fault[] {
  const last = world.cluster.nodes.length - 1;
  const node = (): number => d.between(0, last);
  const tables = (): TableChoice => {
    const count = nodeTables(world).length;
    return d.percent(40) ? 'all' : [d.between(0, Math.max(0, count - 1))];
  };
  const some = node();
  const other = (some + d.between(1, last)) % (last + 1);
  const stale = (): string => subnetOf('10.244.0.0/16', 24, d.between(100, 250));
  const hasV6 = world.cluster.nodes.some((one) => one.podCIDRs.length > 1);
  const family = hasV6 && d.percent(50) ? 6 : 4;
  const pods = (): string => podRange(nodeOf(world, some));
  const choices: [number, () => Fault[]][] = [
    [8, () => [faults.checkOn(some)]],
    [8, () => [faults.routeMissing(some, tables(), family)]],
    [
      6,
      () => [
        faults.wrongTarget(
          some,
          elsewhere(d, () => other),
          tables(),
          family,
        ),
      ],
    ],
    [4, () => [faults.deadRoute(some, tables(), d.percent(50))]],
    [4, () => [faults.staleRoute(stale(), tables(), d.percent(40) ? other : undefined)]],
    [6, () => [faults.shadow(some, elsewhere(d, node), tables(), d.percent(50) ? 0 : 1)]],
    [3, () => [faults.noProviderId(some)]],
    [3, () => [faults.noProviderId(some), faults.twinNetwork(d.percent(70) ? some : other)]],
    [4, () => [faults.duplicatePodCidr(some, other)]],
    [4, () => [faults.overlappingPodCidr(some, other, d.percent(50))]],
    [4, () => [faults.secondInterface(some, d.percent(70))]],
    [5, () => [faults.nodeIpOnSecond(some, d.percent(50), d.percent(60) ? 'second' : 'primary')]],
    [3, () => [faults.nodeIpOnSecond(some, d.percent(50), 'second', d.between(0, 3))]],
    [4, () => [faults.foreignTable(d.between(0, 3))]],
    [3, () => [faults.noPodCidr(some)]],
    [3, () => [faults.terminated(some)]],
    [3, () => [faults.stopped(some, d.percent(50) ? 'stopped' : 'stopping')]],
    [3, () => [faults.vanished(some)]],
    [2, () => [faults.pending(some)]],
    [2, () => [faults.noPodRoutes()]],
    [4, () => [faults.prefixListRoute(some, d.percent(50) ? 'owner' : elsewhere(d, node), tables())]],
    [2, () => [faults.propagatedRoute(insideNetwork(d), tables())]],
    [2, () => [faults.podCidrInsideVpc(some, '10.40.200.0/24'), faults.propagatedRoute('10.40.200.0/24', tables())]],
    [2, () => [faults.propagatedRoute(pods(), tables())]],
    [2, () => [faults.propagatedRoute(subnetOf(pods(), 26, d.between(0, 3)), tables())]],
    [3, () => [faults.broaderRoute(some, d.between(18, 23), tables())]],
    [2, () => [faults.filteredRoute(some, tables())]],
    [3, () => [faults.nonCanonicalPodCidr(some)]],
    [3, () => [faults.podCidrInsideVpc(some, insideNetwork(d))]],
    [2, () => [faults.podCidrInsideVpc(some, '10.40.6.0/28'), faults.delegatedPrefix(some, ['10.40.6.0/28'])]],
    [2, () => [faults.podCidrInsideVpc(some, '10.40.6.0/27'), faults.delegatedPrefix(some, ['10.40.6.0/28'])]],
    [3, () => [faults.newNode(some)]],
    [2, () => [faults.deletingNode(some)]],
    [2, () => [faults.virtualNode(d.pick(['fargate', 'virtual-kubelet', 'hybrid']))]],
    [3, () => [faults.noAgent(some)]],
    [2, () => [faults.agentNotReady(some)]],
    [2, () => [faults.gatewayTable()]],
  ];
  const hasFlannel = world.cluster.configMaps.some(({ name }) => name === 'kube-flannel-cfg');
  if (hasFlannel && world.cluster.nodes.some((one) => one.kernel.routing === 'host-gw')) {
    const otherIp = world.cluster.nodes[other]?.addresses[0]?.address ?? '10.40.0.99';
    choices.push([2, () => [faults.advertises(some, d.pick([otherIp, '10.40.0.199', '192.168.7.7']))]]);
    choices.push([3, () => [faults.becomesFabric(some)]]);
    choices.push([2, () => [faults.becomesOverlay(some)]]);
  }
  choices.push(...vxlanFaults(world, d, some));
  return d.weighted(choices)();
}
