/** All scenarios, the demo's first. */

import * as agents from './agents.ts';
import * as azure from './azure.ts';
import * as ec2Filters from './ec2-filters.ts';
import * as evidence from './evidence.ts';
import * as flannel from './flannel.ts';
import * as gce from './gce.ts';
import * as hostGw from './host-gw.ts';
import * as mixed from './mixed.ts';
import * as otherModes from './other-modes.ts';
import * as racks from './racks.ts';
import type { Scenario } from './scenario.ts';
import * as tomorrow from './tomorrow.ts';
import * as windows from './windows.ts';

export const scenarios: readonly Scenario[] = [
  hostGw.ec2HostGw,
  hostGw.ec2Healthy,
  hostGw.oneSubnet,
  hostGw.twoAz,
  hostGw.twoAzFixed,
  hostGw.foreignTable,
  hostGw.dualStack,
  ec2Filters.awsGroupWithoutPods,
  ec2Filters.awsAclBetweenZones,
  otherModes.kubenet,
  otherModes.blackhole,
  otherModes.vpcCni,
  otherModes.flannelVxlan,
  flannel.flannelVxlanWindows,
  flannel.flannelVxlanWindowsFixed,
  agents.calicoCrossSubnet,
  agents.ciliumClusterPool,
  agents.podsElsewhere,
  otherModes.servicesInside,
  otherModes.secondFamily,
  gce.gceHostGw,
  gce.gceHealthy,
  gce.gceAlias,
  gce.gceTwoNodes,
  gce.gceStalePodCidr,
  gce.gceSharedVpc,
  gce.gceFirewallWithoutPods,
  azure.azureUdr,
  azure.azureHealthy,
  azure.azureScaleSet,
  azure.azureFlexible,
  azure.azureHardWay,
  azure.azureSamePodCidr,
  azure.azureIpChange,
  azure.azureNoTable,
  azure.azureForwarding,
  azure.azureNsgDeniesPods,
  mixed.mixedClouds,
  mixed.mixedOverlay,
  gce.gceUnreachableZone,
  gce.gceFirewallPolicy,
  gce.gceNoPermission,
  azure.azureNoPermission,
  tomorrow.fullTable,
  tomorrow.taggedTables,
  tomorrow.templateOff,
  windows.windowsL2Bridge,
  windows.windowsForwardingOff,
  windows.windowsRouteMissing,
  windows.windowsStaticGateway,
  racks.staticHealthy,
  racks.staticRouteMissing,
  racks.staticStaleNextHop,
  racks.torHealthy,
  racks.torRouteMissing,
  racks.torWrongNextHop,
  racks.torStaleNextHop,
  racks.torUnread,
  evidence.wrongAccount,
  evidence.twoNetworks,
  evidence.zeroNodes,
  evidence.noPermission,
  evidence.noClusterPermission,
  evidence.apiUnreachable,
  evidence.tokenExpired,
  evidence.snapshotReplay,
];

export const defaultScenario = hostGw.ec2HostGw;

export function scenarioNamed(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The scenario that was most likely meant: one that contains the text, else the one with the fewest differences. */
export function nearestScenario(name: string): Scenario {
  const wanted = name.toLowerCase();
  const cost = (scenario: Scenario): number =>
    (wanted !== '' && scenario.name.includes(wanted) ? -100 : 0) + distance(wanted, scenario.name);
  return [...scenarios].sort((a, b) => cost(a) - cost(b))[0] ?? defaultScenario;
}
