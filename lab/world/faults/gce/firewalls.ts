/** Faults of the VPC firewall: pods that no rule admits, rules for others, denials, policies above. */

import { canonical, covers, familyOf, rangeOf, subnetOf } from '../../addresses.ts';
import { firewall, podFirewall } from '../../gce-firewalls.ts';
import type { GceFirewallWorld, GcePolicyRuleWorld, GcePolicyWorld, GceTrafficWorld } from '../../gce.ts';
import { gceAt } from '../../gce-look.ts';
import type { GcePlace } from '../../gce-look.ts';
import { DoesNotFit, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { NodeWorld, World } from '../../world.ts';
import type { Expected, Fault } from '../fault.ts';

function putFirewall({ gce, nic }: GcePlace, stem: string, more: Partial<GceFirewallWorld>): void {
  let number = gce.firewalls.length;
  while (gce.firewalls.some((one) => one.name === `${stem}-${String(number)}`)) number++;
  gce.firewalls.push(firewall(`${stem}-${String(number)}`, nic.network, more));
}

/** `unknown`: some of it is admitted, or perhaps all. */
function excludes(place: GcePlace, prefixes: string[], verdict: Expected['verdict'] = 'fail'): Expected[] {
  if (prefixes.length === 0) return [];
  return [{ rule: 'firewall-excludes-pods', verdict, subjects: { prefixes, filters: [place.table] } }];
}

function wholeOf(half: string): string {
  const [address, length] = half.split('/');
  return canonical(`${address ?? ''}/${String(Number(length) - 1)}`);
}

/** The IPv4 podCIDRs of all nodes but this one; two halves as their whole. */
function podsBut(world: World, node?: NodeWorld): string[] {
  let left = world.cluster.nodes
    .filter((one) => one !== node)
    .flatMap((one) => one.podCIDRs.filter((cidr) => familyOf(cidr) === 4).map(canonical));
  for (;;) {
    const wholes = left.map(wholeOf);
    const whole = wholes.find((one, index) => wholes.indexOf(one) < index);
    if (whole === undefined) return left.sort();
    left = [...left.filter((one) => wholeOf(one) !== whole), whole];
  }
}

/** All machines in the cluster's network. */
function neighbours({ gce, nic }: GcePlace): GcePlace['instance'][] {
  return gce.projects.flatMap(({ instances }) =>
    instances.filter((one) => one.nics.some(({ network }) => network === nic.network)),
  );
}

/** Nobody made a rule for pods: what the network denies by itself stays denied. */
export function gcePodFirewallMissing(how: 'deleted' | 'disabled' = 'deleted'): Fault {
  return {
    says: `the firewall rule for pods is ${how}`,
    into: (world) => {
      const place = gceAt(world, 0);
      const { gce, nic } = place;
      const rule = podFirewall(gce, nic.network);
      if (how === 'disabled') rule.disabled = true;
      else gce.firewalls = gce.firewalls.filter((one) => one !== rule);
      return excludes(place, podsBut(world));
    },
  };
}

/** The rule for pods is for a tag that this node's machine lacks. */
export function gcePodFirewallForTag(ref: NodeRef): Fault {
  return {
    says: `the firewall rule for pods is for a tag that ${String(ref)} lacks`,
    into: (world) => {
      const place = gceAt(world, ref);
      const rule = podFirewall(place.gce, place.nic.network);
      const tag = `${world.name}-pods`;
      rule.targetTags = [tag];
      for (const instance of neighbours(place)) if (!instance.tags.includes(tag)) instance.tags.push(tag);
      place.instance.tags = place.instance.tags.filter((one) => one !== tag);
      return excludes(place, podsBut(world, place.node));
    },
  };
}

/** The rule for pods lets only this through. */
export function gcePodFirewallOnly(traffic: GceTrafficWorld[]): Fault {
  return {
    says: `the firewall rule for pods is about ${JSON.stringify(traffic)}`,
    into: (world) => {
      const place = gceAt(world, 0);
      podFirewall(place.gce, place.nic.network).allowed = traffic;
      return excludes(place, podsBut(world), 'unknown');
    },
  };
}

/** The prefixes that make up a range without a part of it. */
function without(range: string, part: string): string[] {
  const kept: string[] = [];
  let rest = range;
  while (rest !== part) {
    const length = Number(rest.split('/')[1]) + 1;
    const [first, second] = [subnetOf(rest, length, 0), subnetOf(rest, length, 1)];
    const isInFirst = covers(rangeOf(first), rangeOf(part));
    kept.push(isInFirst ? second : first);
    rest = isInFirst ? first : second;
  }
  return kept;
}

/** The rule for pods lists ranges that leave out half of a node's podCIDR, as when the cluster outgrew them. */
export function gcePodFirewallHalf(ref: NodeRef, half: 0 | 1 = 1): Fault {
  return {
    says: `the firewall rule for pods leaves out half of ${String(ref)}'s podCIDR`,
    into: (world) => {
      const place = gceAt(world, ref);
      const rule = podFirewall(place.gce, place.nic.network);
      const prefix = podRange(place.node);
      const part = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
      const holding = rule.sourceRanges.find((range) => covers(rangeOf(range), rangeOf(part)));
      if (holding === undefined) throw new DoesNotFit(`no range of the rule holds ${part}`);
      rule.sourceRanges = [...rule.sourceRanges.filter((one) => one !== holding), ...without(canonical(holding), part)];
      return excludes(place, [part]);
    },
  };
}

/** The rule for pods names machines instead of ranges: whether their pods count nobody is sure of. */
export function gcePodFirewallByName(kind: 'tag' | 'account'): Fault {
  return {
    says: `the firewall rule for pods names its sources by ${kind}`,
    into: (world) => {
      const place = gceAt(world, 0);
      const rule = podFirewall(place.gce, place.nic.network);
      const tag = `${world.name}-source`;
      const account = place.instance.serviceAccount;
      rule.sourceRanges = [];
      if (kind === 'account' && account !== undefined) rule.sourceServiceAccounts = [account];
      else {
        rule.sourceTags = [tag];
        for (const instance of neighbours(place)) if (!instance.tags.includes(tag)) instance.tags.push(tag);
      }
      return excludes(place, podsBut(world), 'unknown');
    },
  };
}

export interface GceDenial {
  direction: 'in' | 'out';
  /** The rules for pods have 1000. */
  priority: number;
  traffic?: GceTrafficWorld[];
  /** Only machines with the tags of this node deny. */
  at?: NodeRef;
}

/** Somebody denies what comes from a node's pods, or goes to them. */
export function gceDenied(ref: NodeRef, { direction, priority, traffic, at }: GceDenial): Fault {
  const what = traffic === undefined ? 'all' : JSON.stringify(traffic);
  return {
    says: `${what} ${direction === 'in' ? 'from' : 'to'} the pods of ${String(ref)} is denied at priority ${String(priority)}${at === undefined ? '' : `, at ${String(at)}`}`,
    into: (world) => {
      const place = gceAt(world, ref);
      const prefix = podRange(place.node);
      const targetTags = at === undefined ? [] : denyingTags(world, at);
      putFirewall(place, 'deny', {
        priority,
        targetTags,
        ...(direction === 'in'
          ? { sourceRanges: [prefix] }
          : { direction: 'EGRESS' as const, destinationRanges: [prefix] }),
        denied: traffic ?? [{ protocol: 'all' }],
      });
      const decides = direction === 'out' || priority <= 1000;
      return decides ? excludes(place, [prefix], traffic === undefined ? 'fail' : 'unknown') : [];
    },
  };
}

function denyingTags(world: World, ref: NodeRef): string[] {
  const { instance } = gceAt(world, ref);
  const tag = `${world.name}-denies`;
  if (!instance.tags.includes(tag)) instance.tags.push(tag);
  return [tag];
}

/** A policy of the organization or the network that bears upon the cluster's network. */
export function gcePolicy(kind: GcePolicyWorld['kind'], change: Partial<GcePolicyRuleWorld> = {}): Fault {
  const says = `a firewall policy (${kind}) with a rule ${JSON.stringify(change)}`;
  return {
    says,
    into: (world) => {
      const { gce, nic } = gceAt(world, 0);
      const number = gce.policies.length;
      const region = gce.subnetworks.find((one) => one.network === nic.network)?.region;
      const rule: GcePolicyRuleWorld = {
        priority: 100,
        direction: 'INGRESS',
        action: 'deny',
        srcIpRanges: ['10.0.0.0/8'],
        traffic: [{ protocol: 'all' }],
        ...change,
      };
      gce.policies.push({
        kind,
        name: kind === 'HIERARCHY' ? `5${String(number).padStart(11, '0')}` : `policy-${String(number)}`,
        displayName: `policy-${String(number)}`,
        networks: [nic.network],
        ...(kind === 'NETWORK_REGIONAL' && region !== undefined ? { region } : {}),
        rules: [rule],
      });
      return [];
    },
  };
}

/** A policy with a rule about what comes from a node's pods, or goes to them: whatever ranges the CNI gives these. */
export function gcePolicyAbout(ref: NodeRef, kind: GcePolicyWorld['kind'], end: 'from' | 'to'): Fault {
  return {
    says: `a firewall policy (${kind}) about what goes ${end} the pods of ${String(ref)}`,
    into: (world) => {
      const ranges = [podRange(gceAt(world, ref).node)];
      const change = end === 'from' ? { srcIpRanges: ranges } : { srcIpRanges: ['0.0.0.0/0'], destIpRanges: ranges };
      return gcePolicy(kind, change).into(world);
    },
  };
}
