/** Healthy clusters on Compute Engine at random, and faults for them. */

import { subnetOf } from '../world/addresses.ts';
import * as faults from '../world/faults.ts';
import * as gce from '../world/faults/gce.ts';
import { gceCluster } from '../world/gce-cluster.ts';
import type { GcePolicyRuleWorld, GcePolicyWorld, GceTrafficWorld } from '../world/gce.ts';
import type { GceMode } from '../world/gce-cluster.ts';
import type { World } from '../world/world.ts';
import { draw, nodeFaults } from './cloud-faults.ts';
import type { Choice, Draw } from './cloud-faults.ts';
import type { Dice } from './dice.ts';
import { otherModes, windowsNodes } from './other-modes.ts';
import type { Healthy } from './random-world.ts';

export function randomGceCluster(name: string, d: Dice): Healthy {
  const mode = d.weighted<GceMode>([[30, 'host-gw'], [24, 'fabric'], [12, 'alias'], [4, 'vxlan'], ...otherModes]);
  const subnets = d.between(1, 3);
  const nodes = d.percent(3) ? 25 : d.between(2, 11);
  const routed = mode === 'host-gw' || mode === 'fabric';
  const world = gceCluster({
    name,
    mode,
    nodes,
    subnets,
    placement: Array.from({ length: nodes }, () => d.between(0, subnets - 1)),
    ipv6: d.percent(25),
    windows: windowsNodes(d, mode, nodes),
    controlPlanes: d.percent(30) ? 1 : 0,
    providerIds: !d.percent(12),
    routeCreated: !d.percent(40),
    nextHop: d.percent(40) ? 'ip' : 'instance',
    ...(d.percent(20) ? { hostProject: 'net-host' } : {}),
    ...(routed && d.percent(6) ? { podRoutes: false } : {}),
  });
  return { mode, world };
}

function elsewhere(d: Dice, node: () => number): gce.GceElsewhere {
  return d.weighted<gce.GceElsewhere>([
    [6, { node: node() }],
    [2, { appliance: 'not-forwarding' }],
    [2, { appliance: 'forwarding' }],
    [1, { kind: 'internet' }],
    [1, { kind: 'load-balancer' }],
    [1, { kind: 'vpn' }],
  ]);
}

function firewallFaults({ d, some, other }: Draw): Choice[] {
  const traffic = (): GceTrafficWorld[] =>
    d.pick([
      [{ protocol: 'tcp' }],
      [{ protocol: 'tcp', ports: ['443', '8000-9000'] }, { protocol: 'udp' }],
      [{ protocol: '17', ports: ['8472'] }, { protocol: 'icmp' }],
      [{ protocol: 'esp' }],
    ]);
  const denial = (): gce.GceDenial => ({
    direction: d.percent(60) ? 'in' : 'out',
    priority: d.pick([0, 900, 999, 1000, 1001, 65_535]),
    ...(d.percent(35) ? { traffic: traffic() } : {}),
    ...(d.percent(35) ? { at: other } : {}),
  });
  const kind = (): GcePolicyWorld['kind'] => d.pick(['HIERARCHY', 'NETWORK', 'NETWORK_REGIONAL']);
  const harmless = (): Partial<GcePolicyRuleWorld> =>
    d.pick<Partial<GcePolicyRuleWorld>>([
      { srcIpRanges: ['35.235.240.0/20'] },
      { action: 'goto_next' },
      { disabled: true },
      { srcNetworkContext: 'INTERNET' },
    ]);
  return [
    [2, () => [gce.gcePodFirewallMissing(d.pick(['deleted', 'disabled']))]],
    [4, () => [gce.gcePodFirewallForTag(some)]],
    [4, () => [gce.gcePodFirewallOnly(traffic())]],
    [5, () => [gce.gcePodFirewallHalf(some, d.percent(50) ? 0 : 1)]],
    [4, () => [gce.gcePodFirewallByName(d.pick(['tag', 'account']))]],
    [8, () => [gce.gceDenied(some, denial())]],
    [2, () => [gce.gcePolicy(kind())]],
    [3, () => [gce.gcePolicyAbout(some, kind(), d.pick(['from', 'to']))]],
    [3, () => [gce.gcePolicy(kind(), harmless())]],
  ];
}

/** Several faults at a time where one makes sense only with another. */
export function randomGceFaults(world: World, d: Dice): faults.Fault[] {
  const drawn = draw(world, d);
  const { some, other, node } = drawn;
  const hasV6 = world.cluster.nodes.some((one) => one.podCIDRs.length > 1);
  const family = hasV6 && d.percent(50) ? 6 : 4;
  const stale = (): string => subnetOf('10.244.0.0/16', 24, d.between(100, 250));
  const toOther = (): gce.GceElsewhere => elsewhere(d, () => other);
  const insideSubnet = (): string => d.pick(['10.132.0.0/24', '10.132.5.0/24', '10.132.17.0/24', '10.132.6.0/28']);
  const choices: Choice[] = [
    ...nodeFaults(world, drawn),
    ...firewallFaults(drawn),
    [8, () => [gce.gceForwardingOff(some)]],
    [8, () => [gce.gceRouteMissing(some, family)]],
    [6, () => [gce.gceWrongTarget(some, toOther(), family)]],
    [6, () => [gce.gceDeadRoute(some, d.pick(['deleted', 'zone', 'address', 'alias', 'stopped']))]],
    [3, () => [gce.gceStaleRoute(stale(), d.percent(40) ? other : undefined)]],
    [6, () => [gce.gceShadow(some, elsewhere(d, node), d.percent(50) ? 0 : 1)]],
    [6, () => [gce.gceTagged(some, d.percent(75) ? [other, ...(d.percent(40) ? [node()] : [])] : [])]],
    [6, () => [gce.gceEcmp(some, d.percent(40) ? 'gone' : elsewhere(d, node))]],
    [4, () => [gce.gceWorseDuplicate(some, toOther())]],
    [2, () => [gce.gcePriority(some, d.pick([0, 1, 500, 65_535]))]],
    [3, () => [gce.gceOtherNextHop(some)]],
    [3, () => [gce.gceBroaderRoute(some, d.between(18, 23))]],
    [5, () => [gce.gceAliasRange(some, d.percent(40))]],
    [4, () => [gce.gceInsideSecondary(some)]],
    [3, () => [gce.gceInsideSubnet(some, insideSubnet())]],
    [3, () => [gce.gceSecondNic(some)]],
    [5, () => [gce.gceNodeIpOnSecond(some)]],
    [4, () => [gce.gceUnreachableZone(some)]],
    [2, () => [gce.gceUnreachableZone(some), gce.gceDeadRoute(other, d.pick(['deleted', 'address']))]],
    [3, () => [gce.gceStopped(some, d.pick(['TERMINATED', 'STOPPING', 'SUSPENDED']))]],
    [2, () => [gce.gceStarting(some, d.pick(['PROVISIONING', 'STAGING']))]],
    [3, () => [gce.gceDeleted(some)]],
    [2, () => [gce.gceNoPodRoutes()]],
    [2, () => [gce.gceTemplateWithout(some)]],
    [2, () => [gce.gceTwinNetwork(d.percent(70) ? some : other)]],
    [3, () => [faults.noProviderId(some), gce.gceTwinNetwork(d.percent(70) ? some : other)]],
  ];
  return d.weighted(choices)();
}
