/** Network security groups at random: rules of every form, at subnets and at interfaces. */

import { canonical, subnetOf } from '../world/addresses.ts';
import type { AzureRuleEnd, AzureSecurityRuleWorld } from '../world/azure.ts';
import { azureNodeSubnets } from '../world/azure-look.ts';
import type { Fault } from '../world/faults.ts';
import * as azure from '../world/faults/azure.ts';
import { internalIp, nodeOf } from '../world/look.ts';
import type { World } from '../world/world.ts';
import { draw } from './cloud-faults.ts';
import type { Choice, Draw } from './cloud-faults.ts';
import type { Dice } from './dice.ts';

const group = 'workers';

/** Some nodes have none; then a range that nobody has. */
function podsOf(world: World, node: number): string {
  return canonical(nodeOf(world, node).podCIDRs[0] ?? '10.244.200.0/24');
}

function halfOf(prefix: string, half: number): string {
  return subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
}

function endOf(world: World, { d, node }: Draw): AzureRuleEnd {
  const prefixes = d.weighted<() => string[]>([
    [5, () => ['*']],
    [5, () => ['VirtualNetwork']],
    [1, () => ['AzureLoadBalancer']],
    [2, () => ['Internet']],
    [1, () => [d.pick(['Storage', 'AzureCloud.westeurope'])]],
    [4, () => ['10.244.0.0/16']],
    [4, () => [podsOf(world, node()), podsOf(world, node())]],
    [3, () => [halfOf(podsOf(world, node()), d.between(0, 1))]],
    [2, () => [internalIp(nodeOf(world, node()), 4) ?? '10.224.0.4']],
    [2, () => [d.pick(['10.224.0.0/16', '10.224.0.0/24', '10.224.1.0/24'])]],
    [1, () => ['0.0.0.0/0']],
    [1, () => ['fd00::/8']],
  ]);
  if (d.percent(15)) return { applicationGroups: [group] };
  return { prefixes: [...new Set(prefixes())] };
}

function ruleOf(world: World, drawn: Draw): Omit<AzureSecurityRuleWorld, 'provisioningState'> {
  const { d } = drawn;
  const everything: AzureRuleEnd = { prefixes: ['*'] };
  const [one, other] = [endOf(world, drawn), d.percent(65) ? everything : endOf(world, drawn)];
  const ends = d.percent(50) ? { source: one, destination: other } : { source: other, destination: one };
  // Where both ends are named, facts cannot say that only some source ports are meant, and leave more open than need be.
  const isOpen = [one, other].some((end) => 'prefixes' in end && end.prefixes.includes('*'));
  return {
    name: `rule-${String(d.between(1, 9999))}`,
    priority: d.between(10, 400) * 10,
    direction: d.pick(['Inbound', 'Outbound']),
    access: d.pick(['Allow', 'Deny', 'Deny']),
    protocol: d.weighted<AzureSecurityRuleWorld['protocol']>([
      [8, '*'],
      [3, 'Tcp'],
      [2, 'Udp'],
      [1, 'Icmp'],
      [1, 'Esp'],
      [1, 'Ah'],
    ]),
    ...ends,
    sourcePorts: isOpen && d.percent(8) ? ['1024-65535'] : ['*'],
    destinationPorts: ['*'],
  };
}

/** Ports belong to TCP and UDP; a rule for any protocol may name them too. */
function withPorts(d: Dice, rule: ReturnType<typeof ruleOf>): ReturnType<typeof ruleOf> {
  if (!['*', 'Tcp', 'Udp'].includes(rule.protocol) || !d.percent(25)) return rule;
  return { ...rule, destinationPorts: d.pick([['80'], ['443', '8000-8999'], ['0-1023'], ['1-65535']]) };
}

function someFaults(world: World, drawn: Draw): Fault[] {
  const { d, some, other, node } = drawn;
  const place = (): azure.GroupPlace =>
    d.percent(65)
      ? { subnet: d.between(0, Math.max(0, azureNodeSubnets(world).length - 1)) }
      : { nic: d.percent(50) ? some : other };
  const rule = (): Fault => azure.azureRule(place(), withPorts(d, ruleOf(world, drawn)));
  const choices: Choice[] = [
    [14, () => [rule()]],
    [6, () => [rule(), rule()]],
    [3, () => [azure.azureDeniesPods(place(), d.pick(['10.244.0.0/16', '10.244.0.0/22']))]],
    [2, () => [azure.azureDeniesInbound(place())]],
    [2, () => [azure.azureOnlyTcp(place())]],
    [3, () => [azure.azureDeniesHalf(place(), some, d.percent(50) ? 0 : 1)]],
    [2, () => [azure.azureOnlyGroup(place(), group)]],
    [2, () => [azure.azureGroupState(place(), d.pick(['Failed', 'Updating']))]],
    [2, () => [azure.azureApplicationGroup(group, [some, node()])]],
  ];
  return d.weighted(choices)();
}

/** Each fits or does not by itself. */
export function randomAzureFilters(world: World, d: Dice): Fault[] {
  const isEmpty = d.percent(20);
  const members = d.percent(40) ? [azure.azureApplicationGroup(group, [draw(world, d).some, draw(world, d).some])] : [];
  const many = d.between(0, 3);
  return [
    ...(isEmpty ? [azure.azureNoGroups()] : []),
    ...members,
    ...Array.from({ length: many }, () => someFaults(world, draw(world, d))).flat(),
  ];
}
