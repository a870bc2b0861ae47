/** Healthy clusters on Azure at random, and faults for them. */

import { subnetOf } from '../world/addresses.ts';
import { azureCluster } from '../world/azure-cluster.ts';
import type { AzureMode } from '../world/azure-cluster.ts';
import { azureNodeSubnets, azureNodeTables } from '../world/azure-look.ts';
import * as faults from '../world/faults.ts';
import * as azure from '../world/faults/azure.ts';
import type { World } from '../world/world.ts';
import { draw, nodeFaults } from './cloud-faults.ts';
import type { Choice } from './cloud-faults.ts';
import type { Dice } from './dice.ts';
import { otherModes, windowsNodes } from './other-modes.ts';
import type { Healthy } from './random-world.ts';

export function randomAzureCluster(name: string, d: Dice): Healthy {
  const mode = d.weighted<AzureMode>([[32, 'host-gw'], [28, 'fabric'], [4, 'vxlan'], [2, 'azure-cni'], ...otherModes]);
  const subnets = d.between(1, 3);
  const nodes = d.percent(3) ? 25 : d.between(2, 11);
  const world = azureCluster({
    name,
    mode,
    nodes,
    subnets,
    placement: Array.from({ length: nodes }, () => d.between(0, subnets - 1)),
    machines: d.pick(['vms', 'scale-set-uniform', 'scale-set-flexible']),
    tables: d.weighted([
      [55, 'shared'],
      [42, 'per-subnet'],
      [3, 'none'],
    ]),
    ipv6: d.percent(25),
    windows: windowsNodes(d, mode, nodes),
    controlPlanes: d.percent(30) ? 1 : 0,
    providerIds: !d.percent(12),
    routeCreated: !d.percent(40),
    ...(d.percent(4) ? { podRoutes: false } : {}),
  });
  return { mode, world };
}

function elsewhere(d: Dice, node: () => number): azure.AzureElsewhere {
  return d.weighted<azure.AzureElsewhere>([
    [6, { node: node() }],
    [2, { appliance: 'not-forwarding' }],
    [2, { appliance: 'forwarding' }],
    [1, { kind: 'internet' }],
    [2, { kind: 'none' }],
    [1, { kind: 'gateway' }],
    [1, { kind: 'hub' }],
    [1, { kind: 'vnet' }],
  ]);
}

/** Several faults at a time where one makes sense only with another. */
export function randomAzureFaults(world: World, d: Dice): faults.Fault[] {
  const drawn = draw(world, d);
  const { some, other, node } = drawn;
  const tables = (): faults.TableChoice =>
    d.percent(40) ? 'all' : [d.between(0, Math.max(0, azureNodeTables(world).length - 1))];
  const place = (): number => d.between(0, Math.max(0, azureNodeSubnets(world).length - 1));
  const hasV6 = world.cluster.nodes.some((one) => one.podCIDRs.length > 1);
  const family = hasV6 && d.percent(50) ? 6 : 4;
  const stale = (): string => subnetOf('10.244.0.0/16', 24, d.between(100, 250));
  const toOther = (): azure.AzureElsewhere => elsewhere(d, () => other);
  const insideVnet = (): string => d.pick(['10.224.0.0/24', '10.224.5.0/24', '10.224.17.0/24', '10.224.250.0/24']);
  const choices: Choice[] = [
    ...nodeFaults(world, drawn),
    [8, () => [azure.azureForwardingOff(some)]],
    [8, () => [azure.azureRouteMissing(some, tables(), family)]],
    [6, () => [azure.azureWrongTarget(some, toOther(), tables(), family)]],
    [5, () => [azure.azureDeadRoute(some, tables(), d.pick(['nobody', 'deallocated']))]],
    [5, () => [azure.azureIpChanged(some, d.percent(50) ? undefined : other)]],
    [3, () => [azure.azureStaleRoute(stale(), tables(), d.percent(40) ? other : undefined)]],
    [6, () => [azure.azureShadow(some, elsewhere(d, node), tables(), d.percent(50) ? 0 : 1)]],
    [3, () => [azure.azureBroaderRoute(some, d.between(18, 23), tables())]],
    [4, () => [azure.azureRouteState(some, d.pick(['Failed', 'Updating']), tables())]],
    [2, () => [azure.azureTableState(d.pick(['Failed', 'Updating']))]],
    [5, () => [azure.azureNoTable(place())]],
    [5, () => [azure.azureForeignTable(place())]],
    [3, () => [azure.azureUnrelatedTable(d.percent(60))]],
    [5, () => [azure.azureInsideVnet(some, insideVnet(), d.percent(60))]],
    [2, () => [azure.azurePeering()]],
    [3, () => [azure.azureStopped(some, d.pick(['stopped', 'deallocated']))]],
    [2, () => [azure.azureStarting(some)]],
    [3, () => [azure.azureDeleted(some)]],
    [4, () => [azure.azureSecondNic(some, d.percent(40))]],
    [4, () => [azure.azureRouteToSecondNic(some, d.percent(50))]],
    [3, () => [azure.azureSecondAddress(some)]],
    [5, () => [azure.azureNodeIpOnSecond(some, d.percent(50), d.percent(50) ? undefined : d.between(0, 2))]],
    [3, () => [azure.azureOldModel(some)]],
    [2, () => [azure.azureModelWithout()]],
    [2, () => [azure.azureNoPodRoutes()]],
    [2, () => [azure.azureTwinVnet(d.percent(70) ? some : other)]],
    [3, () => [faults.noProviderId(some), azure.azureTwinVnet(d.percent(70) ? some : other)]],
  ];
  return d.weighted(choices)();
}
