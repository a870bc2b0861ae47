/** Faults of machines and their interfaces: the source/destination check, second interfaces, machines that are gone. */

import { addressOf, familyOf, formatAddress, hostRange, overlaps, rangeOf, subnetOf } from '../addresses.ts';
import { ec2Id } from '../ids.ts';
import { flannelPrefix, reannounce } from '../kubernetes.ts';
import {
  DoesNotFit,
  destinationOf,
  groupFor,
  instanceOf,
  interfaceOf,
  must,
  nodeOf,
  regionOf,
  subnetById,
} from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { InterfaceWorld, NodeWorld, SubnetWorld, World } from '../world.ts';
import type { Fault } from './fault.ts';
import { podRanges } from '../pod-ranges.ts';

/** The source/destination check of the node's interface is on. */
export function checkOn(ref: NodeRef): Fault {
  return {
    says: `the source/destination check of ${String(ref)} is on`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const one = interfaceOf(world, node);
      one.sourceDestCheck = true;
      return [
        { rule: 'cloud-forwarding-off', verdict: 'fail', subjects: { nodes: [node.name], interfaces: [one.id] } },
      ];
    },
  };
}

/** Adds an interface with the next free addresses of a subnet to the node's machine. */
export function addInterface(world: World, node: NodeWorld, subnet: SubnetWorld, check: boolean): InterfaceWorld {
  const region = regionOf(world, node);
  const instance = must(instanceOf(world, node), `machine of ${node.name}`);
  const own = region.interfaces.filter((one) => one.instanceId === instance.id);
  const next = (text: string, step: bigint): string => {
    const { family, value } = addressOf(text);
    return formatAddress({ family, value: value + step });
  };
  let privateIp = subnetOf(subnet.cidr, 32, 100).split('/')[0] ?? '';
  while (region.interfaces.some((one) => one.privateIps.includes(privateIp))) privateIp = next(privateIp, 1n);
  const v6 = subnet.ipv6Cidrs[0];
  const made: InterfaceWorld = {
    id: ec2Id('eni', world.name, node.name, 'second', own.length),
    subnetId: subnet.id,
    instanceId: instance.id,
    deviceIndex: own.length,
    privateIps: [privateIp],
    ipv6Addresses:
      v6 === undefined ? [] : [next(v6.split('/')[0] ?? '', 0xb000n + (hostRange(privateIp).first % 4096n))],
    ipv4Prefixes: [],
    ipv6Prefixes: [],
    sourceDestCheck: check,
    groupIds: [groupFor(region, subnet).id],
    interfaceType: 'interface',
    tags: {},
  };
  region.interfaces.push(made);
  instance.interfaceIds.push(made.id);
  return made;
}

/** A second interface that no pod packet ever uses. Its check may be on. */
export function secondInterface(ref: NodeRef, check = true): Fault {
  return {
    says: `${String(ref)} has a second interface (check ${check ? 'on' : 'off'}) beside the one of its address`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const region = regionOf(world, node);
      addInterface(world, node, subnetById(region, interfaceOf(world, node).subnetId), check);
      return [];
    },
  };
}

/**
 * The node's InternalIP (and what it advertises) is on a second interface: of the same subnet, or of the one with the
 * given place in the region's list. `routes`: whether the tables' routes lead there too, or still to the primary one.
 * Packets that arrive at either reach the machine.
 */
export function nodeIpOnSecond(
  ref: NodeRef,
  check: boolean,
  routes: 'second' | 'primary' = 'second',
  place?: number,
): Fault {
  return {
    says: `${String(ref)}'s address is on its second interface (check ${check ? 'on' : 'off'}), routes to ${routes}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const region = regionOf(world, node);
      const primary = interfaceOf(world, node);
      const subnet = place === undefined ? subnetById(region, primary.subnetId) : region.subnets[place];
      const second = addInterface(world, node, must(subnet, `subnet number ${String(place)}`), check);
      moveAddress(node, primary, second);
      if (routes === 'second') {
        for (const table of region.routeTables) {
          for (const route of table.routes) {
            const toPrimary = route.target.kind === 'interface' && route.target.interfaceId === primary.id;
            if (toPrimary && podRanges(node).length > 0 && destinationOf(route) !== undefined) {
              route.target = { kind: 'interface', interfaceId: second.id };
            }
          }
        }
      }
      if (!check) return [];
      return [
        { rule: 'cloud-forwarding-off', verdict: 'fail', subjects: { nodes: [node.name], interfaces: [second.id] } },
      ];
    },
  };
}

/** Makes the second interface's addresses the node's own, wherever the cluster states them. */
function moveAddress(node: NodeWorld, from: InterfaceWorld, to: InterfaceWorld): void {
  const pairs: [string | undefined, string | undefined][] = [
    [from.privateIps[0], to.privateIps[0]],
    [from.ipv6Addresses[0], to.ipv6Addresses[0]],
  ];
  const moved = (text: string): string => {
    for (const [old, fresh] of pairs) if (text === old && fresh !== undefined) return fresh;
    return text;
  };
  for (const one of node.addresses) if (one.type === 'InternalIP') one.address = moved(one.address);
  reannounce(node, moved);
}

/** Flannel of this node advertises an address that is not its own. */
export function advertises(ref: NodeRef, address: string): Fault {
  return {
    says: `${String(ref)} advertises ${address}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const family = familyOf(address);
      node.kernel.advertised = [...node.kernel.advertised.filter((ip) => familyOf(ip) !== family), address];
      node.annotations[`${flannelPrefix}${family === 4 ? 'public-ip' : 'public-ipv6'}`] = address;
      return [];
    },
  };
}

function dropInterfaces(world: World, node: NodeWorld): void {
  const region = regionOf(world, node);
  const id = instanceOf(world, node)?.id;
  region.interfaces = region.interfaces.filter((one) => one.instanceId !== id);
}

/** The machine was terminated; its node object and its routes are still there. */
export function terminated(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} is terminated`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const instance = must(instanceOf(world, node), `machine of ${node.name}`);
      dropInterfaces(world, node);
      instance.state = 'terminated';
      instance.interfaceIds = [];
      node.ready = 'Unknown';
      return [{ rule: 'node-unmatched', verdict: 'fail', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The machine is stopped (or on the way); its interfaces stay attached. */
export function stopped(ref: NodeRef, state: 'stopping' | 'stopped' = 'stopped'): Fault {
  return {
    says: `the machine of ${String(ref)} is ${state}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      must(instanceOf(world, node), `machine of ${node.name}`).state = state;
      node.ready = 'Unknown';
      return [{ rule: 'node-unmatched', verdict: 'fail', subjects: { nodes: [node.name] } }];
    },
  };
}

/** No call knows the machine (any more): neither proof that it is gone, nor where it is. */
export function vanished(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} is unknown to the account`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const region = regionOf(world, node);
      const id = instanceOf(world, node)?.id;
      dropInterfaces(world, node);
      region.instances = region.instances.filter((one) => one.id !== id);
      return [{ rule: 'node-unmatched', verdict: 'unknown', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The machine has not finished starting; EC2's fabric treats it as there. */
export function pending(ref: NodeRef): Fault {
  return {
    says: `the machine of ${String(ref)} is pending`,
    into: (world) => {
      must(instanceOf(world, nodeOf(world, ref)), `machine of ${String(ref)}`).state = 'pending';
      return [];
    },
  };
}

/** Part of the node's podCIDR, or all of it, is delegated to its interface: the check does not mind those addresses. */
export function delegatedPrefix(ref: NodeRef, cidrs: string[]): Fault {
  return {
    says: `${cidrs.join(', ')} is delegated to ${String(ref)}'s interface`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const one = interfaceOf(world, node);
      const taken = regionOf(world, node).interfaces.flatMap((each) => [...each.ipv4Prefixes, ...each.ipv6Prefixes]);
      // EC2 delegates an address once.
      if (cidrs.some((cidr) => taken.some((other) => overlaps(rangeOf(cidr), rangeOf(other))))) {
        throw new DoesNotFit(`${cidrs.join(', ')} is delegated already`);
      }
      for (const cidr of cidrs) (familyOf(cidr) === 4 ? one.ipv4Prefixes : one.ipv6Prefixes).push(cidr);
      return [];
    },
  };
}
