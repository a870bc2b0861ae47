/** The cluster of guest-cluster.ts with Windows on its third node, as collect.ps1 shows a healthy one. */
import type { PowerShellManner } from '../../lab/guests/powershell.ts';
import { l2BridgeMachine } from '../../lab/guests/windows-l2bridge.ts';
export { BRIDGE, UPLINK } from '../../lab/guests/windows-l2bridge.ts';
import type { HnsEndpointObject, WindowsMachine } from '../../lab/guests/windows-node.ts';
import { windowsBundle } from '../../lab/guests/windows-node.ts';
import { parseBundle } from '../../src/guests/bundle.ts';
import type { GuestFacts, Snapshot } from '../../src/model/snapshot.ts';
import type { Change, Name } from './guest-cluster.ts';
import { addressOf, guestCluster, podsOf } from './guest-cluster.ts';

const seat = (name: Name, last: number): { name: Name; ip: string; podCidr: string; mac: string } => ({
  name,
  ip: addressOf(name),
  podCidr: podsOf(name),
  mac: `02:00:00:00:00:0${String(last)}`,
});

export type MachineChange = (machine: WindowsMachine) => WindowsMachine;

export function windowsFacts(change: MachineChange = (same) => same, manner: PowerShellManner = {}): GuestFacts {
  const machine = l2BridgeMachine({
    ...seat('c', 3),
    peers: [seat('a', 1), seat('b', 2)],
    nodeNetwork: '192.168.1.0/24',
    router: { ip: '192.168.1.254', mac: '02:00:00:00:00:fe' },
    podRange: '10.244.0.0/16',
    serviceRange: '10.96.0.0/12',
    pods: [10, 11],
  });
  const text = windowsBundle(change(machine), new Date('2026-11-25T12:00:00Z'), manner);
  const [facts] = parseBundle(text, 'file c.txt');
  if (facts === undefined || 'trouble' in facts) throw new Error(JSON.stringify(facts));
  return facts;
}

/** @param change of node c; @param changes of the others */
export function windowsCluster(change?: MachineChange, changes: Partial<Record<Name, Change>> = {}): Snapshot {
  const { cluster, guests = [], ...rest } = guestCluster(changes);
  return {
    ...rest,
    cluster: {
      ...cluster,
      nodes: cluster.nodes.map((node) => (node.name === 'c' ? { ...node, os: 'windows' } : node)),
    },
    guests: guests.map((facts) => (facts.node === 'c' ? (changes.c ?? ((same) => same))(windowsFacts(change)) : facts)),
  };
}

export const forwardingOff =
  (...aliases: readonly string[]): MachineChange =>
  (machine) => ({
    ...machine,
    interfaces: machine.interfaces.map((one) => (aliases.includes(one.alias) ? { ...one, forwarding: false } : one)),
  });

export const routeTo =
  (prefix: string, change: Partial<WindowsMachine['routes'][number]> | undefined): MachineChange =>
  (machine) => ({
    ...machine,
    routes: machine.routes.flatMap((route) =>
      route.prefix !== prefix ? [route] : change === undefined ? [] : [{ ...route, ...change }],
    ),
  });

/** The endpoints of its pods. */
export const podEndpoints =
  (change: (endpoint: HnsEndpointObject, index: number) => HnsEndpointObject): MachineChange =>
  (machine) => ({
    ...machine,
    endpoints: machine.endpoints.map((one, index) => (one.name.endsWith('_cbr0') ? change(one, index) : one)),
  });
