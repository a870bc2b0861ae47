/** What a VPC network of Compute Engine does with a packet: every one goes to the network's one table. */

import { covers, formatAddress, holds, hostRange, overlaps, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { GceInstanceWorld, GceNicWorld, GceRouteWorld, GceWorld } from '../world/gce.ts';
import { fate } from './fate.ts';
import type { Fate } from './fate.ts';
import { gceFilterRanges, gceFilters } from './gce-filters.ts';
import { atInterface, toOwner } from './ground.ts';
import type { Ground, Machine, Nic, Packet } from './ground.ts';

function rangesOfNetwork(gce: GceWorld, network: string): Range[] {
  return gce.subnetworks
    .filter((one) => one.network === network)
    .flatMap((one) => [one.cidr, ...one.secondary.map((each) => each.cidr), ...(one.ipv6Cidr ? [one.ipv6Cidr] : [])])
    .map(rangeOf);
}

function nicOf(gce: GceWorld, key: string, instance: GceInstanceWorld, nic: GceNicWorld): Nic {
  const subnetwork = gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork);
  if (subnetwork === undefined) throw new Error(`${key} is in subnetwork ${nic.subnetwork}, which is not there`);
  const v6 = nic.ipv6 === undefined ? [] : [nic.ipv6];
  return {
    id: `${key}/${nic.name}`,
    ips: [nic.ip, ...v6],
    // An IPv6 address comes with the /96 around it.
    own: [
      hostRange(nic.ip),
      ...v6.map((ip) => rangeOf(`${ip}/96`)),
      ...nic.aliasRanges.map(({ cidr }) => rangeOf(cidr)),
    ],
    forwards: instance.canIpForward,
    primary: nic.name === 'nic0',
    network: nic.network,
    subnet: subnetwork.name,
    local: [subnetwork.cidr, ...(subnetwork.ipv6Cidr === undefined ? [] : [subnetwork.ipv6Cidr])].map(rangeOf),
  };
}

/** A route with tags is there only for machines that carry one of them. */
function seenBy(routes: GceRouteWorld[], network: string, own: string[]): GceRouteWorld[] {
  return routes.filter(
    (one) => one.network === network && (one.tags.length === 0 || one.tags.some((tag) => own.includes(tag))),
  );
}

/** Longest prefix, then lowest priority; several: flows are spread over them. */
function winnersAmong(routes: GceRouteWorld[], x: Address): GceRouteWorld[] {
  const fitting = routes.filter((route) => holds(rangeOf(route.destRange), x));
  const length = Math.max(...fitting.map((route) => rangeOf(route.destRange).length));
  const longest = fitting.filter((route) => rangeOf(route.destRange).length === length);
  const priority = Math.min(...longest.map((route) => route.priority));
  return longest.filter((route) => route.priority === priority);
}

export function gceGround(gce: GceWorld): Ground {
  const machines = new Map<string, Machine>();
  const nics: Nic[] = [];
  const shown = new Map<string, GceInstanceWorld>();
  // Machines of zones that do not answer: they are there, and no list shows them.
  const hidden = new Set<string>();
  const hiddenNics: Nic[] = [];
  const winners = new Map<string, GceRouteWorld[]>();
  const subnetRanges = new Map(gce.networks.map(({ name }) => [name, rangesOfNetwork(gce, name)]));

  const atIp = (ip: string, network: string, packet: Packet): Fate => {
    const wanted = hostRange(ip);
    const holder = (list: Nic[]): Nic | undefined =>
      // Only a primary address is a next hop; alias ranges are none.
      list.find((nic) => nic.network === network && nic.ips.some((own) => covers(hostRange(own), wanted)));
    const nic = holder(nics);
    if (nic !== undefined) return atInterface(nic, packet);
    return holder(hiddenNics) === undefined
      ? fate('fail', `nobody has the next hop ${ip}`)
      : fate('unknown', `${ip} is in a zone that does not answer`);
  };

  const atTarget = ({ target, network }: GceRouteWorld, packet: Packet): Fate => {
    switch (target.kind) {
      case 'instance': {
        const key = `${target.project}/${target.zone}/${target.name}`;
        if (hidden.has(key)) return fate('unknown', `${key} is in a zone that does not answer`);
        const nic = machines.get(key)?.nics.find((one) => one.network === network);
        if (nic === undefined) return fate('fail', `${key} is not there, or not on ${network}`);
        if (packet.x.family === 6 && nic.ips.length < 2) return fate('fail', `${nic.id} has no IPv6 address`);
        return atInterface(nic, packet);
      }
      case 'ip':
        return atIp(target.ip, network, packet);
      case 'gateway':
        return fate('fail', 'the route leads to the internet');
      case 'ilb':
        return fate('unknown', `the route leads to load balancer ${target.ip}`);
      case 'vpn-tunnel':
        return fate('unknown', `the route leads to tunnel ${target.name}`);
    }
  };

  const route = (packet: Packet): Fate => {
    const { from, x } = packet;
    if (subnetRanges.get(from.network)?.some((range) => holds(range, x))) {
      const inside = nics.filter((nic) => nic.network === from.network);
      return toOwner(inside, packet, `${formatAddress(x)} is in a range of a subnetwork`);
    }
    const own = shown.get(from.machine?.key ?? '')?.tags ?? [];
    const key = `${from.network} ${own.join()} ${String(x.family)} ${String(x.value)}`;
    const won = winners.get(key) ?? winnersAmong(seenBy(gce.routes, from.network, own), x);
    winners.set(key, won);
    const fates = won.map((one) => atTarget(one, packet));
    const worst = fates.find((one) => one.verdict === 'fail') ?? fates.find((one) => one.verdict === 'unknown');
    const what = worst ?? fates[0] ?? fate('fail', `${from.network} has no route for ${formatAddress(x)}`);
    // A machine has one interface in a network, so all flows that arrive do so there.
    const way = fates.find((one) => one.way !== undefined)?.way;
    return way === undefined ? what : { ...what, way };
  };

  const ground: Ground = {
    id: `gcp/${gce.hostProject}`,
    machines,
    nics,
    neighbours: 'nobody',
    ranges: [...gce.routes.map((one) => rangeOf(one.destRange)), ...[...subnetRanges.values()].flat()],
    filters: gceFilters(gce, { instances: shown }),
    filterRanges: gceFilterRanges(gce),
    route,
    leadsToMachines: (network, pods) =>
      gce.routes.some((one) => {
        const range = rangeOf(one.destRange);
        const loses = subnetRanges.get(network)?.some((subnet) => covers(subnet, range)) ?? false;
        const toMachine = one.target.kind === 'instance' || one.target.kind === 'ip';
        return (
          one.network === network && toMachine && !loses && range.length > 0 && pods.some((pod) => overlaps(range, pod))
        );
      }),
  };
  for (const { project, instances, unreachableZones } of gce.projects) {
    for (const instance of instances) {
      const key = `${project}/${instance.zone}/${instance.name}`;
      const own = instance.nics.map((nic) => nicOf(gce, key, instance, nic));
      if (unreachableZones.includes(instance.zone)) {
        hidden.add(key);
        hiddenNics.push(...own);
        continue;
      }
      const runs = ['PROVISIONING', 'STAGING', 'RUNNING'].includes(instance.status);
      const machine: Machine = { key, ground, runs, nics: own };
      for (const nic of own) nic.machine = machine;
      machines.set(key, machine);
      shown.set(key, instance);
      nics.push(...own);
      ground.ranges.push(...own.flatMap((nic) => nic.own));
    }
  }
  return ground;
}
