/** Kernels of the nodes of a cloud's cluster, as flannel host-gw leaves them: every route is right, until a test changes it. */
import { surveySnapshot } from '../../src/judge/survey.ts';
import { formatAddress, nextValue } from '../../src/model/prefix.ts';
import type { GuestFacts, GuestRoute, Snapshot } from '../../src/model/snapshot.ts';
import { AUTO } from './judging.ts';

const ON = { forwarding4: true, forwarding6: false, rpFilter: 2, arpIgnore: 0, proxyArp: false };

export type KernelChange = (facts: GuestFacts) => GuestFacts;

function route(prefix: string, device: string, gateway?: string): GuestRoute {
  const hops = [{ device, ...(gateway === undefined ? {} : { gateway }) }];
  return { table: 'main', prefix, type: 'unicast', metric: 0, hops };
}

/** With one IPv4 podCIDR and one interface each. */
export function withKernels(snapshot: Snapshot, changes: Readonly<Record<string, KernelChange>> = {}): Snapshot {
  const { nodes } = surveySnapshot(snapshot, AUTO);
  const guests = nodes.map((node): GuestFacts => {
    const { fabric, name } = node;
    const [face] = node.interfaces;
    const [own] = node.podCIDRs;
    const subnet = fabric?.subnets.get(face?.subnet ?? '')?.prefixes[0];
    const address = face?.addresses[0];
    if (face === undefined || own === undefined || subnet === undefined || address === undefined) {
      throw new Error(`${name} has no interface, podCIDR or subnet`);
    }
    const bridge = formatAddress(4, nextValue(own.first));
    const peers = nodes.filter((peer) => peer !== node && peer.interfaces[0]?.subnet === face.subnet);
    const local = (text: string, device: string): GuestRoute => {
      return { ...route(`${text}/32`, device), table: 'local', type: 'local' };
    };
    const rule = (priority: number, table: string) => ({ priority, action: 'lookup' as const, table });
    const facts: GuestFacts = {
      node: name,
      os: 'linux',
      source: `file ${name}.txt`,
      readAt: '2026-11-25T12:00:00Z',
      links: [
        { name: 'lo', up: true, carrier: true, addresses: [], ...ON },
        { name: 'eth0', up: true, carrier: true, addresses: [{ address, length: subnet.length }], ...ON },
        { name: 'cni0', up: true, carrier: true, kind: 'bridge', addresses: [{ address: bridge, length: 24 }], ...ON },
      ],
      routes: [
        route('0.0.0.0/0', 'eth0', formatAddress(4, nextValue(subnet.first))),
        route(subnet.text, 'eth0'),
        route(own.text, 'cni0'),
        ...peers.flatMap((peer) =>
          peer.podCIDRs.map(({ text }) => route(text, 'eth0', peer.interfaces[0]?.addresses[0])),
        ),
        local(address, 'eth0'),
        local(bridge, 'cni0'),
      ],
      rules4: [rule(0, 'local'), rule(32766, 'main'), rule(32767, 'default')],
      rules6: [],
      neighbours: [],
      firewall: [],
      all: ON,
      fresh: ON,
      unread: [],
    };
    return changes[name]?.(facts) ?? facts;
  });
  return { ...snapshot, guests };
}

/** Its routes to this podCIDR, otherwise. */
export function reroute(podCIDR: string, gateway: string | undefined): KernelChange {
  return (facts) => ({
    ...facts,
    routes: facts.routes.flatMap((one) => {
      if (one.prefix !== podCIDR) return [one];
      return gateway === undefined ? [] : [{ ...one, hops: [{ device: 'eth0', gateway }] }];
    }),
  });
}
