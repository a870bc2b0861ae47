/** Linux and Windows nodes side by side in no cloud; their kernels are read from files that somebody collected. */

import type { LinuxNode } from '../guests/linux-node.ts';
import { linuxBundle } from '../guests/linux-node.ts';
import { UPLINK, l2BridgeMachine } from '../guests/windows-l2bridge.ts';
import type { NodeAddress } from '../guests/windows-l2bridge.ts';
import type { WindowsMachine } from '../guests/windows-node.ts';
import { windowsBundle } from '../guests/windows-node.ts';
import { addressAt } from '../world/addresses.ts';
import type { Expected } from '../world/faults.ts';
import { mixedCluster } from '../world/mixed-cluster.ts';
import type { Scenario, Situation } from './scenario.ts';

interface Seat extends NodeAddress {
  os: 'linux' | 'windows';
}

const nodeNetwork = '192.168.10.0/24';
const podRange = '10.244.0.0/16';
const router = { ip: '192.168.10.1', mac: '52:54:00:aa:00:01' };

const seats: Seat[] = (['linux-01', 'linux-02', 'windows-01', 'windows-02'] as const).map((name, index) => ({
  name,
  os: index < 2 ? 'linux' : 'windows',
  ip: `192.168.10.${String(11 + index)}`,
  podCidr: `10.244.${String(1 + index)}.0/24`,
  mac: `52:54:00:aa:00:${String(11 + index)}`,
}));

interface Story {
  name: string;
  /** fabric: no agent makes routes; they are written by hand. */
  mode: 'host-gw' | 'fabric';
  findings: Expected[];
  hasRouter?: boolean;
  linux?: (node: LinuxNode) => LinuxNode;
  windows?: (machine: WindowsMachine) => WindowsMachine;
}

function situationOf(story: Story): Situation {
  const { name, mode, findings, hasRouter = true, linux = (same) => same, windows = (same) => same } = story;
  const world = mixedCluster({ name, mode, parts: [], onPremises: seats, podCidr: podRange });
  const guestFiles = (now: Date): Record<string, string | Buffer> =>
    Object.fromEntries(
      seats.map((seat): [string, string | Buffer] => {
        const peers = seats.filter((other) => other !== seat);
        if (seat.os === 'linux')
          return [`${seat.name}.txt`, linuxBundle(linux(linuxNode(seat, peers, hasRouter)), now)];
        const plan = { ...seat, peers, nodeNetwork, podRange, serviceRange: '10.96.0.0/12', pods: [5, 6] };
        const machine = l2BridgeMachine(hasRouter ? { ...plan, router } : plan);
        const text = windowsBundle(windows(machine), now, { noise: true });
        // A redirect of Windows PowerShell writes UTF-16.
        return [`${seat.name}.txt`, Buffer.from(`\uFEFF${text}`, 'utf16le')];
      }),
    );
  return { world, findings, guestFiles };
}

function linuxNode(seat: Seat, peers: readonly Seat[], hasRouter: boolean): LinuxNode {
  const { name, ip, podCidr, mac } = seat;
  return {
    name,
    ip,
    nodeNetwork,
    mac,
    podCidr,
    podGateway: addressAt(podCidr, 1),
    routes: [
      ...(hasRouter ? [{ prefix: '0.0.0.0/0', nextHop: router.ip }] : []),
      ...peers.map((peer) => ({ prefix: peer.podCidr, nextHop: peer.ip })),
    ],
    neighbours: [...(hasRouter ? [{ address: router.ip, mac: router.mac }] : []), ...peers.map(neighbour)],
  };
}

function neighbour({ ip, mac }: Seat): { address: string; mac: string } {
  return { address: ip, mac };
}

function lost(rule: string, node: string, ...prefixes: string[]): Expected {
  return { rule, verdict: 'fail', subjects: { nodes: [node], prefixes } };
}

const inputs = { cloud: 'none' };

export const windowsL2Bridge: Scenario = {
  name: 'windows-l2bridge',
  title: 'two Linux and two Windows nodes on one network, in no cloud',
  story:
    'Flannel host-gw on bare metal. Pods of the Windows nodes hang on an L2Bridge network. Files that collect.sh and ' +
    'collect.ps1 wrote on the nodes show what their kernels do, so that every packet is followed from kernel to kernel.',
  situation: () => situationOf({ name: 'windows-l2bridge', mode: 'host-gw', findings: [] }),
  inputs,
  expect: { verdict: 'pass', step: 'pass' },
};

export const windowsForwardingOff: Scenario = {
  name: 'windows-forwarding-off',
  title: 'the same cluster after the network cards of a Windows node were teamed',
  story:
    'The interface that the team brought does not forward packets. Pods of that node are reached from nowhere else.',
  situation: () =>
    situationOf({
      name: 'windows-forwarding-off',
      mode: 'host-gw',
      findings: [lost('host-forwarding-off', 'windows-02', ...seats.map(({ podCidr }) => podCidr))],
      windows: (machine) =>
        machine.node !== 'windows-02'
          ? machine
          : {
              ...machine,
              interfaces: machine.interfaces.map((one) => (one.alias === UPLINK ? { ...one, forwarding: false } : one)),
            },
    }),
  inputs,
  expect: { verdict: 'fail', step: 'fail' },
};

export const windowsRouteMissing: Scenario = {
  name: 'windows-route-missing',
  title: 'pods of a Windows node do not reach those of a Linux node that was added last',
  story:
    'The machines have no way out of their network, so there is no default route either. flannel on windows-01 could not list nodes any more when linux-02 came.',
  situation: () =>
    situationOf({
      name: 'windows-route-missing',
      mode: 'host-gw',
      hasRouter: false,
      findings: [lost('node-route-missing', 'windows-01', '10.244.2.0/24')],
      windows: (machine) =>
        machine.node !== 'windows-01'
          ? machine
          : { ...machine, routes: machine.routes.filter(({ prefix }) => prefix !== '10.244.2.0/24') },
    }),
  inputs,
  expect: { verdict: 'fail', step: 'fail' },
};

/** Every node has an address of its pods' range on the network: the first one on Linux, the second one on Windows. */
function gatewayOf({ os, podCidr }: Seat): string {
  return addressAt(podCidr, os === 'windows' ? 2 : 1);
}

function seenAt(seat: Seat): { address: string; mac: string } {
  return { address: gatewayOf(seat), mac: seat.mac };
}

export const windowsStaticGateway: Scenario = {
  name: 'windows-static-gateway',
  title: 'routes written by hand: one Linux node does not reach the pods of a Windows node',
  story:
    'No network agent; every node has a route to each pod range by way of the gateway of the pods there. On Linux that is ' +
    'the first address of the range, on Windows the second: somebody wrote .1 everywhere on linux-01.',
  situation: () =>
    situationOf({
      name: 'windows-static-gateway',
      mode: 'fabric',
      findings: [lost('node-route-stale-or-wrong', 'linux-01', '10.244.3.0/24')],
      linux: (node) => {
        const peers = seats.filter(({ name }) => name !== node.name);
        const isWrong = ({ name }: Seat): boolean => node.name === 'linux-01' && name === 'windows-01';
        const hop = (peer: Seat): string => (isWrong(peer) ? addressAt(peer.podCidr, 1) : gatewayOf(peer));
        return {
          ...node,
          routes: [
            { prefix: '0.0.0.0/0', nextHop: router.ip },
            { prefix: podRange },
            ...peers.map((peer) => ({ prefix: peer.podCidr, nextHop: hop(peer) })),
          ],
          neighbours: [
            ...node.neighbours,
            ...peers.map((peer) => (isWrong(peer) ? { address: hop(peer) } : seenAt(peer))),
          ],
        };
      },
      windows: (machine) => {
        const peers = seats.filter(({ name }) => name !== machine.node);
        const byPrefix = new Map(peers.map((peer) => [peer.podCidr, gatewayOf(peer)]));
        return {
          ...machine,
          routes: [
            { alias: UPLINK, prefix: podRange, nextHop: '0.0.0.0', metric: 256 },
            ...machine.routes.map((route) => ({ ...route, nextHop: byPrefix.get(route.prefix) ?? route.nextHop })),
          ],
          neighbours: [
            ...machine.neighbours,
            ...peers.map((peer) => ({ alias: UPLINK, ...seenAt(peer), state: 'Reachable' as const })),
          ],
        };
      },
    }),
  inputs,
  expect: { verdict: 'fail', step: 'fail' },
};
