/** Nodes in racks, in no cloud: static routes on each node, or top-of-rack switches that know the pods. */

import type { LinuxNode } from '../guests/linux-node.ts';
import { linuxBundle } from '../guests/linux-node.ts';
import type { LabRouter } from '../guests/router-text.ts';
import { eosText, nxosText } from '../guests/router-text.ts';
import { addressAt } from '../world/addresses.ts';
import type { Expected } from '../world/faults.ts';
import { mixedCluster } from '../world/mixed-cluster.ts';
import type { Scenario, Situation } from './scenario.ts';

const podRange = '10.244.0.0/16';

interface Seat {
  name: string;
  /** Number of its rack. */
  rack: number;
  ip: string;
  podCidr: string;
  mac: string;
}

const networkOf = (rack: number): string => `192.168.${String(rack * 10)}.0/24`;

function seatsIn(racks: readonly number[]): Seat[] {
  return racks.map((rack, index) => ({
    name: `worker-0${String(index + 1)}`,
    rack,
    ip: addressAt(networkOf(rack), 11 + index),
    podCidr: `10.244.${String(1 + index)}.0/24`,
    mac: `52:54:00:aa:00:${String(11 + index)}`,
  }));
}

const switchOf = (rack: number): { address: string; mac: string } => ({
  address: addressAt(networkOf(rack), 1),
  mac: `52:54:00:bb:00:0${String(rack)}`,
});

interface Story {
  name: string;
  racks: readonly number[];
  findings: Expected[];
  routesOf: (seat: Seat, seats: readonly Seat[]) => LinuxNode['routes'];
  neighboursOf?: (seat: Seat, seats: readonly Seat[]) => LinuxNode['neighbours'];
  routers?: (seats: readonly Seat[]) => Record<string, string>;
}

function situationOf({ name, racks, findings, routesOf, neighboursOf = () => [], routers }: Story): Situation {
  const seats = seatsIn(racks);
  const world = mixedCluster({ name, mode: 'fabric', parts: [], onPremises: seats, podCidr: podRange });
  const nodeOf = (seat: Seat): LinuxNode => ({
    name: seat.name,
    ip: seat.ip,
    nodeNetwork: networkOf(seat.rack),
    mac: seat.mac,
    podCidr: seat.podCidr,
    podGateway: addressAt(seat.podCidr, 1),
    routes: [{ prefix: '0.0.0.0/0', nextHop: switchOf(seat.rack).address }, ...routesOf(seat, seats)],
    neighbours: [
      switchOf(seat.rack),
      ...seats
        .filter((other) => other !== seat && other.rack === seat.rack)
        .map(({ ip, mac }) => ({ address: ip, mac })),
      ...neighboursOf(seat, seats),
    ],
  });
  return {
    world,
    findings,
    guestFiles: (now) => Object.fromEntries(seats.map((seat) => [`${seat.name}.txt`, linuxBundle(nodeOf(seat), now)])),
    ...(routers === undefined ? {} : { routerFiles: () => routers(seats) }),
  };
}

/** Every peer's pods by way of their own gateway, which answers on the network because the whole range is there. */
function staticRoutes(seat: Seat, seats: readonly Seat[]): LinuxNode['routes'] {
  const peers = seats.filter((other) => other !== seat);
  return [{ prefix: podRange }, ...peers.map(({ podCidr }) => ({ prefix: podCidr, nextHop: addressAt(podCidr, 1) }))];
}

function gatewaysSeen(seat: Seat, seats: readonly Seat[]): LinuxNode['neighbours'] {
  return seats.filter((other) => other !== seat).map(({ podCidr, mac }) => ({ address: addressAt(podCidr, 1), mac }));
}

const staticInputs = { cloud: 'none', 'network-mode': 'static', 'pod-cidrs': podRange };

function lost(rule: string, node: string, prefix: string): Expected {
  return { rule, verdict: 'fail', subjects: { nodes: [node], prefixes: [prefix] } };
}

export const staticHealthy: Scenario = {
  name: 'static-routes',
  title: 'three nodes on one network, in no cloud, with routes that somebody made on each of them',
  story:
    'No network agent. The whole pod range is on the network of the nodes, and each node has a route to the pods of each ' +
    'other one by way of their gateway there (.1 on Linux). Files of collect.sh show what the kernels make of that.',
  situation: () =>
    situationOf({
      name: 'static-routes',
      racks: [1, 1, 1],
      findings: [],
      routesOf: staticRoutes,
      neighboursOf: gatewaysSeen,
    }),
  inputs: staticInputs,
  expect: { verdict: 'pass', step: 'pass' },
};

export const staticRouteMissing: Scenario = {
  name: 'static-route-missing',
  title: 'the same cluster; pods of the first node do not reach those of the node that was added last',
  story: 'worker-03 is new, and on worker-01 nobody added a route for it.',
  situation: () =>
    situationOf({
      name: 'static-route-missing',
      racks: [1, 1, 1],
      findings: [lost('node-route-stale-or-wrong', 'worker-01', '10.244.3.0/24')],
      routesOf: (seat, seats) =>
        staticRoutes(seat, seats).filter(({ prefix }) => seat.name !== 'worker-01' || prefix !== '10.244.3.0/24'),
      neighboursOf: (seat, seats) =>
        gatewaysSeen(seat, seats).filter(({ address }) => seat.name !== 'worker-01' || address !== '10.244.3.1'),
    }),
  inputs: staticInputs,
  expect: { verdict: 'fail', step: 'fail' },
};

export const staticStaleNextHop: Scenario = {
  name: 'static-stale-next-hop',
  title: 'the same cluster after worker-03 was installed anew, with another gateway for its pods',
  story: 'worker-02 still sends packets for its pods to the address that the gateway had before; nobody answers there.',
  situation: () => {
    const isOld = (seat: Seat): boolean => seat.name === 'worker-02';
    return situationOf({
      name: 'static-stale-next-hop',
      racks: [1, 1, 1],
      findings: [lost('node-route-stale-or-wrong', 'worker-02', '10.244.3.0/24')],
      routesOf: (seat, seats) =>
        staticRoutes(seat, seats).map((route) =>
          isOld(seat) && route.prefix === '10.244.3.0/24' ? { ...route, nextHop: '10.244.3.254' } : route,
        ),
      neighboursOf: (seat, seats) => [
        ...gatewaysSeen(seat, seats),
        ...(isOld(seat) ? [{ address: '10.244.3.254' }] : []),
      ],
    });
  },
  inputs: staticInputs,
  expect: { verdict: 'fail', step: 'fail' },
};

const TOR_RACKS = [1, 1, 1, 2, 2];
const links = { network: '10.0.0.0/31', 1: '10.0.0.0', 2: '10.0.0.1' } as const;
const provider = '203.0.113.1';

/** A switch of each rack, with a route to each node's pods there and one to the other switch for the rest. */
function switches(seats: readonly Seat[]): { first: LabRouter; second: LabRouter } {
  const make = (rack: 1 | 2, out: LabRouter['faces'], more: LabRouter['routes']): LabRouter => ({
    name: `tor-${String(rack)}`,
    faces: [
      { name: 'Vlan10', address: switchOf(rack).address, network: networkOf(rack) },
      { name: 'Ethernet1/49', address: links[rack], network: links.network },
      ...out,
    ],
    routes: [
      ...more,
      ...seats.map(({ podCidr, ip, rack: home }) => ({
        prefix: podCidr,
        nextHop: home === rack ? ip : links[home === 1 ? 1 : 2],
      })),
    ],
  });
  const uplink = { name: 'Ethernet1/50', address: '203.0.113.2', network: '203.0.113.0/30' };
  return {
    first: { ...make(1, [uplink], [{ prefix: '0.0.0.0/0', nextHop: provider }]), outside: [provider] },
    second: make(2, [], [{ prefix: '0.0.0.0/0', nextHop: links[1] }]),
  };
}

interface TorStory {
  name: string;
  findings: Expected[];
  first?: (router: LabRouter) => LabRouter;
  second?: (router: LabRouter) => LabRouter;
  isUnread?: boolean;
}

function torSituation({
  name,
  findings,
  first = (same) => same,
  second = (same) => same,
  isUnread,
}: TorStory): Situation {
  return situationOf({
    name,
    racks: TOR_RACKS,
    findings,
    // Switches route; nodes know nothing but their own.
    routesOf: () => [],
    ...(isUnread === true
      ? {}
      : {
          routers: (seats) => {
            const both = switches(seats);
            return { 'tor-1.txt': nxosText(first(both.first)), 'tor-2.txt': eosText(second(both.second)) };
          },
        }),
  });
}

function change(prefix: string, nextHop?: string): (router: LabRouter) => LabRouter {
  return (router) => ({
    ...router,
    routes: router.routes.flatMap((route) => {
      if (route.prefix !== prefix) return [route];
      return nextHop === undefined ? [] : [{ ...route, nextHop }];
    }),
  });
}

function torFault(rule: string, router: string, node: string, prefix: string, route?: string): Expected {
  const routes = route === undefined ? {} : { routes: [`${router}/${route}`] };
  return { rule, verdict: 'fail', subjects: { nodes: [node], prefixes: [prefix], routeTables: [router], ...routes } };
}

const torInputs = { cloud: 'none', 'pod-cidrs': podRange };

export const torHealthy: Scenario = {
  name: 'tor',
  title: 'two racks in no cloud, whose switches carry the pods',
  story:
    'Nodes have nothing but a default route to the switch of their rack. The switches (NX-OS and EOS) have a static route ' +
    'for the pods of every node; what they print with show ip route is given in files, beside those of collect.sh.',
  situation: () => torSituation({ name: 'tor', findings: [] }),
  inputs: torInputs,
  expect: { verdict: 'pass', step: 'pass' },
};

export const torRouteMissing: Scenario = {
  name: 'tor-route-missing',
  title: 'the same racks; pods of the node that was added last are reached from nowhere',
  story:
    'worker-05 is new in the second rack. The first switch sends its pods to the second one; there somebody forgot the ' +
    'route, so they go back by the default route.',
  situation: () =>
    torSituation({
      name: 'tor-route-missing',
      findings: [torFault('tor-route-missing', 'tor-2', 'worker-05', '10.244.5.0/24', '0.0.0.0/0')],
      second: change('10.244.5.0/24'),
    }),
  inputs: torInputs,
  expect: { verdict: 'fail', step: 'fail' },
};

export const torWrongNextHop: Scenario = {
  name: 'tor-wrong-next-hop',
  title: 'the same racks after two nodes of the first one have changed their places',
  story: 'worker-02 and worker-03 were installed anew and got each other’s addresses; one route was corrected.',
  situation: () =>
    torSituation({
      name: 'tor-wrong-next-hop',
      findings: [torFault('tor-route-wrong', 'tor-1', 'worker-02', '10.244.2.0/24', '10.244.2.0/24')],
      first: change('10.244.2.0/24', '192.168.10.13'),
    }),
  inputs: torInputs,
  expect: { verdict: 'fail', step: 'fail' },
};

export const torStaleNextHop: Scenario = {
  name: 'tor-stale-next-hop',
  title: 'the same racks after a node got another address',
  story:
    'The first switch still has the address that worker-02 had before. No node has it any more; whether something else ' +
    'has, nobody can tell from here.',
  situation: () =>
    torSituation({ name: 'tor-stale-next-hop', findings: [], first: change('10.244.2.0/24', '192.168.10.99') }),
  inputs: torInputs,
  expect: { verdict: 'unknown', step: 'fail' },
};

export const torUnread: Scenario = {
  name: 'tor-unread',
  title: 'the same racks, and nobody has asked the switches',
  story: 'Without what the switches say it is not known what becomes of the packets: unknown, and never red.',
  situation: () => torSituation({ name: 'tor-unread', findings: [], isUnread: true }),
  inputs: { ...torInputs, 'network-mode': 'fabric' },
  expect: { verdict: 'unknown', step: 'fail' },
};
