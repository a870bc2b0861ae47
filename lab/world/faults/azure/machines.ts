/** Faults of machines and their interfaces: IP forwarding, power, second interfaces and addresses, scale sets. */

import { addressAt, addressOf, familyOf, formatAddress } from '../../addresses.ts';
import type { AzureNicWorld } from '../../azure.ts';
import { azureAt, azureHop, azureNodeTables, nicIps } from '../../azure-look.ts';
import { uid } from '../../ids.ts';
import { reannounce } from '../../kubernetes.ts';
import { DoesNotFit, must, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { World } from '../../world.ts';
import type { Fault } from '../fault.ts';

/** IP forwarding of the interface with the node's address is off. */
export function azureForwardingOff(ref: NodeRef): Fault {
  return {
    says: `enableIPForwarding of ${String(ref)} is off`,
    into: (world) => {
      const { node, nic, interfaceId } = azureAt(world, ref);
      nic.enableIPForwarding = false;
      const subjects = { nodes: [node.name], interfaces: [interfaceId] };
      return [{ rule: 'cloud-forwarding-off', verdict: 'fail', subjects }];
    },
  };
}

function isTaken(world: World, ip: string): boolean {
  return (world.azure ?? []).some((azure) => {
    const members = azure.scaleSets.flatMap((set) => set.instances.flatMap((one) => one.nics));
    return [...azure.nics, ...members].some((nic) => nicIps(nic).includes(ip));
  });
}

function freeAddress(world: World, cidr: string, from: bigint): string {
  const { family, value: first } = addressOf(addressAt(cidr, from));
  let value = first;
  while (isTaken(world, formatAddress({ family, value }))) value += 1n;
  return formatAddress({ family, value });
}

/** Adds a running machine that is no node to the subnet of a node; returns its interface. */
export function addAzureAppliance(world: World, beside: NodeRef, forwarding: boolean): AzureNicWorld {
  const { azure, vnet, subnet } = azureAt(world, beside);
  const name = `inspection-${String(azure.vms.length)}`;
  const nic: AzureNicWorld = {
    name: `${name}-nic`,
    primary: true,
    enableIPForwarding: forwarding,
    ipConfigurations: subnet.prefixes.map((cidr) => ({
      name: `ipconfig-${String(familyOf(cidr))}`,
      ip: freeAddress(world, cidr, 200n),
      vnet: vnet.name,
      subnet: subnet.name,
    })),
  };
  azure.nics.push(nic);
  azure.vms.push({ name, vmId: uid('vm-id', world.name, name), power: 'running', nics: [nic.name], tags: {} });
  return nic;
}

/** Gives the node's interface another IPv4 address, wherever the cluster states it. */
export function moveAzureAddress(world: World, ref: NodeRef, to: string): void {
  const { node, nic } = azureAt(world, ref);
  const from = azureHop(azureAt(world, ref));
  if (isTaken(world, to)) throw new DoesNotFit(`${to} is taken`);
  const moved = (text: string): string => (text === from ? to : text);
  for (const one of nic.ipConfigurations) one.ip = moved(one.ip);
  for (const one of node.addresses) if (one.type === 'InternalIP') one.address = moved(one.address);
  reannounce(node, moved);
}

/** The machine is stopped; deallocated, it costs nothing any more. */
export function azureStopped(ref: NodeRef, power: 'stopped' | 'deallocated' = 'deallocated'): Fault {
  return {
    says: `the machine of ${String(ref)} is ${power}`,
    into: (world) => {
      const { node, machine } = azureAt(world, ref);
      machine.power = power;
      node.ready = 'Unknown';
      return [{ rule: 'node-unmatched', verdict: 'fail', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The machine has not finished starting; the network treats it as there. */
export function azureStarting(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} is starting`,
    into: (world) => {
      azureAt(world, ref).machine.power = 'starting';
      return [];
    },
  };
}

/** The machine and its interfaces were deleted. */
export function azureDeleted(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} was deleted`,
    into: (world) => {
      const { node, azure, machine, nics } = azureAt(world, ref);
      azure.nics = azure.nics.filter((nic) => !nics.includes(nic));
      azure.vms = azure.vms.filter((vm) => vm !== machine);
      for (const set of azure.scaleSets) set.instances = set.instances.filter((one) => one !== machine);
      return [{ rule: 'node-unmatched', verdict: 'unknown', subjects: { nodes: [node.name] } }];
    },
  };
}

/** Adds an interface in the subnet of the node's own, or in another node subnet of its network. */
function addNic(world: World, ref: NodeRef, forwarding: boolean, place?: number): AzureNicWorld {
  const { azure, machine, nics, vnet, subnet, node } = azureAt(world, ref);
  const at = place === undefined ? subnet : must(vnet.subnets[place], `subnet number ${String(place)}`);
  const nic: AzureNicWorld = {
    name: `${node.name}-nic-${String(nics.length + 1)}`,
    primary: false,
    enableIPForwarding: forwarding,
    ipConfigurations: at.prefixes.map((cidr, i) => ({
      name: `ipconfig${String(i + 1)}`,
      ip: freeAddress(world, cidr, familyOf(cidr) === 4 ? 100n : 0xb000n),
      vnet: vnet.name,
      subnet: at.name,
    })),
  };
  if ('instanceId' in machine) machine.nics.push(nic);
  else {
    azure.nics.push(nic);
    machine.nics.push(nic.name);
  }
  return nic;
}

/** A second interface that no pod packet ever uses. */
export function azureSecondNic(ref: NodeRef, forwarding = false): Fault {
  return {
    says: `${String(ref)} has a second interface (forwarding ${forwarding ? 'on' : 'off'})`,
    into: (world) => {
      addNic(world, ref, forwarding);
      return [];
    },
  };
}

function leadTo(world: World, ref: NodeRef, ip: string): void {
  const prefix = podRange(azureAt(world, ref).node);
  for (const table of azureNodeTables(world)) {
    for (const route of table.routes)
      if (route.prefix === prefix && route.nextHopIp !== undefined) route.nextHopIp = ip;
  }
}

/** The node's route names its second interface; packets arrive there, and that one must forward. */
export function azureRouteToSecondNic(ref: NodeRef, forwarding: boolean): Fault {
  return {
    says: `the route of ${String(ref)} leads to its second interface, forwarding ${forwarding ? 'on' : 'off'}`,
    into: (world) => {
      const { node, interfaceId, nic } = azureAt(world, ref);
      const second = addNic(world, ref, forwarding);
      leadTo(world, ref, nicIps(second)[0] ?? '');
      if (forwarding) return [];
      const id = `${interfaceId.slice(0, -nic.name.length)}${second.name}`;
      return [{ rule: 'cloud-forwarding-off', verdict: 'fail', subjects: { nodes: [node.name], interfaces: [id] } }];
    },
  };
}

/** The node's route names the second address of its interface: any IP configuration takes packets. */
export function azureSecondAddress(ref: NodeRef): Fault {
  return {
    says: `the route of ${String(ref)} names the second address of its interface`,
    into: (world) => {
      const { nic, vnet, subnet } = azureAt(world, ref);
      const ip = freeAddress(world, subnet.prefixes[0] ?? '', 150n);
      const name = `ipconfig${String(nic.ipConfigurations.length + 1)}`;
      nic.ipConfigurations.push({ name, ip, vnet: vnet.name, subnet: subnet.name });
      leadTo(world, ref, ip);
      return [];
    },
  };
}

/** The node's address is on a second interface, of the same subnet or another; the default route may use either. */
export function azureNodeIpOnSecond(ref: NodeRef, forwarding: boolean, place?: number): Fault {
  return {
    says: `${String(ref)}'s address is on its second interface (forwarding ${forwarding ? 'on' : 'off'}), subnet ${String(place ?? 'own')}`,
    into: (world) => {
      const first = azureAt(world, ref);
      const second = addNic(world, ref, forwarding, place);
      const pairs = new Map(
        nicIps(first.nic).map((ip) => [ip, nicIps(second).find((other) => familyOf(other) === familyOf(ip)) ?? ip]),
      );
      const moved = (text: string): string => pairs.get(text) ?? text;
      for (const one of first.node.addresses) if (one.type === 'InternalIP') one.address = moved(one.address);
      reannounce(first.node, moved);
      for (const table of azureNodeTables(world)) {
        for (const route of table.routes) if (route.nextHopIp !== undefined) route.nextHopIp = moved(route.nextHopIp);
      }
      if (forwarding) return [];
      const id = `${first.interfaceId.slice(0, -first.nic.name.length)}${second.name}`;
      const subjects = { nodes: [first.node.name], interfaces: [id] };
      return [{ rule: 'cloud-forwarding-off', verdict: 'fail', subjects }];
    },
  };
}

/** The scale set's model forwards, and this instance has not got the model yet. */
export function azureOldModel(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has not got the scale set's newest model, in which forwarding was switched on`,
    into: (world) => {
      const { machine } = azureAt(world, ref);
      if (!('instanceId' in machine)) throw new DoesNotFit('it is in no Uniform scale set');
      machine.latestModelApplied = false;
      return azureForwardingOff(ref).into(world);
    },
  };
}

/** The instances forward, but the model of their scale set does not: fine until the next one is made. */
export function azureModelWithout(): Fault {
  return {
    says: "the scale set's model does not forward",
    into: (world) => {
      const sets = (world.azure ?? []).flatMap((azure) => azure.scaleSets);
      if (sets.length === 0) throw new DoesNotFit('there is no scale set');
      for (const set of sets) set.modelForwarding = false;
      // Where packets are encapsulated, nobody misses it.
      if (!world.cluster.nodes.some(({ kernel }) => kernel.routing === 'host-gw' || kernel.routing === 'plain'))
        return [];
      return sets.map(() => ({ rule: 'not-durable', verdict: 'fail' as const, subjects: {} }));
    },
  };
}
