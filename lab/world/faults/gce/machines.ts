/** Faults of instances and their interfaces: canIpForward, machines that are gone, zones that do not answer. */

import { addressAt, addressOf, formatAddress, subnetOf } from '../../addresses.ts';
import type { GceInstanceWorld } from '../../gce.ts';
import { firewall } from '../../gce-firewalls.ts';
import { gceAt, hasAliasedPods } from '../../gce-look.ts';
import type { GcePlace } from '../../gce-look.ts';
import { digits } from '../../ids.ts';
import { DoesNotFit, must, nodeOf } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { World } from '../../world.ts';
import type { Fault } from '../fault.ts';

/** The instance may not forward. */
export function gceForwardingOff(ref: NodeRef): Fault {
  return {
    says: `canIpForward of ${String(ref)} is off`,
    into: (world) => {
      const { node, instance, nic, interfaceId } = gceAt(world, ref);
      instance.canIpForward = false;
      // What is an alias range belongs to the interface, and nothing foreign passes it.
      if (hasAliasedPods(node, nic)) return [];
      const subjects = { nodes: [node.name], interfaces: [interfaceId] };
      return [{ rule: 'cloud-forwarding-off', verdict: 'fail', subjects }];
    },
  };
}

/** Adds a running machine that is no node beside another one. */
export function addGceAppliance(world: World, beside: GcePlace, forwarding: boolean): GcePlace {
  const { gce, project, nic } = beside;
  const count = project.instances.length;
  const subnet = must(
    gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork),
    `subnetwork ${nic.subnetwork}`,
  );
  const instance: GceInstanceWorld = {
    name: `inspection-${String(count)}`,
    id: digits(19, world.name, 'inspection', count),
    zone: beside.instance.zone,
    status: 'RUNNING',
    canIpForward: forwarding,
    tags: [],
    labels: {},
    metadata: {},
    nics: [
      {
        name: 'nic0',
        network: nic.network,
        subnetwork: nic.subnetwork,
        ip: addressAt(subnet.cidr, 200 + count),
        ...(subnet.ipv6Cidr === undefined ? {} : { ipv6: addressAt(subnet.ipv6Cidr, BigInt(0x200 + count) << 32n) }),
        aliasRanges: [],
      },
    ],
  };
  project.instances.push(instance);
  const machine = `${project.project}/${instance.zone}/${instance.name}`;
  return { ...beside, instance, nic: must(instance.nics[0], 'nic'), machine, interfaceId: `${machine}/nic0` };
}

/** The machine is stopped (TERMINATED), suspended, or on the way. */
export function gceStopped(ref: NodeRef, status: 'TERMINATED' | 'STOPPING' | 'SUSPENDED' = 'TERMINATED'): Fault {
  return {
    says: `the machine of ${String(ref)} is ${status}`,
    into: (world) => {
      const { node, instance } = gceAt(world, ref);
      instance.status = status;
      node.ready = 'Unknown';
      return [{ rule: 'node-unmatched', verdict: 'fail', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The machine has not finished starting; the network treats it as there. */
export function gceStarting(ref: NodeRef, status: 'PROVISIONING' | 'STAGING' = 'STAGING'): Fault {
  return {
    says: `the machine of ${String(ref)} is ${status}`,
    into: (world) => {
      gceAt(world, ref).instance.status = status;
      return [];
    },
  };
}

/** The machine was deleted: Compute Engine lists it no more. */
export function gceDeleted(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} was deleted`,
    into: (world) => {
      const { node, project, instance } = gceAt(world, ref);
      project.instances = project.instances.filter((one) => one !== instance);
      return [{ rule: 'node-unmatched', verdict: 'unknown', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The zone of this node does not answer: its machines are there, and no list shows them. */
export function gceUnreachableZone(ref: NodeRef): Fault {
  return {
    says: `the zone of ${String(ref)} does not answer`,
    into: (world) => {
      const { project, instance } = gceAt(world, ref);
      if (!project.unreachableZones.includes(instance.zone)) project.unreachableZones.push(instance.zone);
      return [];
    },
  };
}

/** Adds a network beside the cluster's, with one subnetwork in the same region. */
function addNetwork(place: GcePlace, name: string, cidr: string): void {
  const { gce, nic } = place;
  if (gce.networks.some((one) => one.name === name)) return;
  const region =
    gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork)?.region ?? '';
  gce.networks.push({ name });
  gce.firewalls.push(firewall(`${name}-all`, name));
  gce.subnetworks.push({ name, network: name, region, cidr, secondary: [] });
}

function freeAddress(place: GcePlace, network: string, cidr: string): string {
  const taken = place.gce.projects.flatMap((one) =>
    one.instances.flatMap((each) => each.nics.flatMap((nic) => (nic.network === network ? [nic.ip] : []))),
  );
  const { family, value: first } = addressOf(addressAt(cidr, 10));
  let value = first;
  while (taken.includes(formatAddress({ family, value }))) value += 1n;
  return formatAddress({ family, value });
}

const otherCidr = '172.20.0.0/20';

/** A second interface, in a network of its own, that no pod packet ever uses. */
export function gceSecondNic(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has a second interface in another network`,
    into: (world) => {
      const place = gceAt(world, ref);
      const network = `${world.name}-storage`;
      if (place.instance.nics.some((nic) => nic.network === network)) throw new DoesNotFit('it has one already');
      addNetwork(place, network, otherCidr);
      const ip = freeAddress(place, network, otherCidr);
      const name = `nic${String(place.instance.nics.length)}`;
      place.instance.nics.push({ name, network, subnetwork: network, ip, aliasRanges: [] });
      return [];
    },
  };
}

/** nic0 is in a management network, and the node's address is on nic1: the default route may use either. */
export function gceNodeIpOnSecond(ref: NodeRef): Fault {
  return {
    says: `${String(ref)}'s address is on nic1, nic0 is in another network`,
    into: (world) => {
      const place = gceAt(world, ref);
      const network = `${world.name}-management`;
      if (place.instance.nics.length > 1) throw new DoesNotFit('it has several interfaces already');
      addNetwork(place, network, subnetOf(otherCidr, 20, 0).replace('172.20', '172.21'));
      const ip = freeAddress(place, network, otherCidr.replace('172.20', '172.21'));
      place.nic.name = 'nic1';
      place.instance.nics.unshift({ name: 'nic0', network, subnetwork: network, ip, aliasRanges: [] });
      return [];
    },
  };
}

/** The node's group makes new machines from a template without canIpForward: fine today. */
export function gceTemplateWithout(ref: NodeRef): Fault {
  return {
    says: `the instance template of ${String(ref)} has canIpForward off`,
    into: (world) => {
      const { project, instance } = gceAt(world, ref);
      const name = `${world.name}-template`;
      if (!project.instanceTemplates.some((one) => one.name === name)) {
        project.instanceTemplates.push({ name, canIpForward: false });
      }
      instance.template = name;
      // Where packets are encapsulated, nobody misses it.
      if (nodeOf(world, ref).kernel.routing === 'overlay') return [];
      return [{ rule: 'not-durable', verdict: 'fail', subjects: {} }];
    },
  };
}

/**
 * A second network of the same ranges beside the cluster's, with a machine that has the same address as one node.
 * Without a providerID such a node may be either machine.
 */
export function gceTwinNetwork(ref: NodeRef): Fault {
  return {
    says: `another network has a machine with the address of ${String(ref)}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const { gce, project, instance, nic } = gceAt(world, node.name);
      const network = `${world.name}-staging`;
      if (gce.networks.some((one) => one.name === network)) throw new DoesNotFit('there is a twin network already');
      const subnet = gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork);
      const { ipv6Cidr: _v6, ...like } = must(subnet, `subnetwork ${nic.subnetwork}`);
      gce.networks.push({ name: network });
      gce.firewalls.push(firewall(`${network}-all`, network));
      gce.subnetworks.push({ ...like, name: network, network, secondary: [] });
      project.instances.push({
        ...structuredClone(instance),
        name: `${instance.name}-staging`,
        id: digits(19, world.name, 'twin'),
        nics: [{ name: 'nic0', network, subnetwork: network, ip: nic.ip, aliasRanges: [] }],
      });
      return [];
    },
  };
}
