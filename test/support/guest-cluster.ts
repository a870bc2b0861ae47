/** Three nodes without a cloud on one segment, whose kernels were read: every route is right, until a test changes it. */
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { JudgeConfig } from '../../src/judge/judge.ts';
import type { Finding, Judgement } from '../../src/model/judgement.ts';
import type { GuestFacts, GuestRoute, NodeFacts, Snapshot } from '../../src/model/snapshot.ts';
import { AUTO } from './judging.ts';

const NAMES = ['a', 'b', 'c'] as const;
export type Name = (typeof NAMES)[number];

const ON = { forwarding4: true, forwarding6: false, rpFilter: 0, arpIgnore: 0, proxyArp: false };

const numberOf = (name: Name): number => NAMES.indexOf(name) + 1;
export const addressOf = (name: Name): string => `192.168.1.${String(numberOf(name))}`;
export const podsOf = (name: Name): string => `10.244.${String(numberOf(name))}.0/24`;
const macOf = (name: Name): string => `02:00:00:00:00:0${String(numberOf(name))}`;

export function route(prefix: string, gateway: string, more: Partial<GuestRoute> = {}): GuestRoute {
  return { table: 'main', prefix, type: 'unicast', metric: 0, hops: [{ gateway, device: 'eth0' }], ...more };
}

function guest(name: Name): GuestFacts {
  const peers = NAMES.filter((other) => other !== name);
  const own = numberOf(name);
  const onLink = (prefix: string, device: string): GuestRoute => ({ ...route(prefix, ''), hops: [{ device }] });
  const local = (address: string, device: string): GuestRoute => ({
    ...onLink(`${address}/32`, device),
    table: 'local',
    type: 'local',
  });
  const rule = (priority: number, table: string): GuestFacts['rules4'][number] => ({
    priority,
    action: 'lookup',
    table,
  });
  return {
    node: name,
    os: 'linux',
    source: `file ${name}.txt`,
    readAt: '2026-11-25T12:00:00Z',
    links: [
      { name: 'lo', up: true, carrier: true, addresses: [], ...ON },
      {
        name: 'eth0',
        up: true,
        carrier: true,
        mac: macOf(name),
        addresses: [{ address: addressOf(name), length: 24 }],
        ...ON,
      },
      {
        name: 'cni0',
        up: true,
        carrier: true,
        kind: 'bridge',
        addresses: [{ address: `10.244.${String(own)}.1`, length: 24 }],
        ...ON,
      },
    ],
    routes: [
      onLink('192.168.1.0/24', 'eth0'),
      onLink(podsOf(name), 'cni0'),
      ...peers.map((peer) => route(podsOf(peer), addressOf(peer))),
      local(addressOf(name), 'eth0'),
      local(`10.244.${String(own)}.1`, 'cni0'),
    ],
    rules4: [rule(0, 'local'), rule(32766, 'main'), rule(32767, 'default')],
    rules6: [],
    neighbours: peers.map((peer) => ({
      address: addressOf(peer),
      device: 'eth0',
      mac: macOf(peer),
      state: 'confirmed' as const,
    })),
    firewall: [],
    all: ON,
    fresh: ON,
    unread: [],
  };
}

function node(name: Name): NodeFacts {
  const labels = {};
  const state = { os: 'linux', ready: 'True', unschedulable: false, taints: [], labels } as const;
  return { name, podCIDRs: [podsOf(name)], internalIPs: [addressOf(name)], ...state };
}

export type Change = (guest: GuestFacts) => GuestFacts;

export function guestCluster(changes: Partial<Record<Name, Change>> = {}): Snapshot {
  return {
    schemaVersion: 1,
    takenAt: '2026-11-25T12:00:00Z',
    cluster: {
      id: 'metal',
      nodes: NAMES.map(node),
      cni: {
        agents: [],
        complete: true,
        samples: NAMES.map((name) => ({
          node: name,
          pod: `shop/${name}`,
          addresses: [`10.244.${String(numberOf(name))}.10`],
        })),
      },
    },
    fabrics: [],
    gaps: [],
    guests: NAMES.map((name) => (changes[name] ?? ((same) => same))(guest(name))),
  };
}

export const without =
  (prefix: string): Change =>
  (facts) => ({ ...facts, routes: facts.routes.filter((one) => one.prefix !== prefix) });

export const withRoute =
  (added: GuestRoute): Change =>
  (facts) => ({ ...facts, routes: [...facts.routes, added] });

export const withLink =
  (name: string, change: Partial<GuestFacts['links'][number]>): Change =>
  (facts) => ({ ...facts, links: facts.links.map((link) => (link.name === name ? { ...link, ...change } : link)) });

export const failing =
  (address: string): Change =>
  (facts) => ({
    ...facts,
    neighbours: [
      ...facts.neighbours.filter((one) => one.address !== address),
      { address, device: 'eth0', state: 'failed' },
    ],
  });

export const both =
  (...changes: readonly Change[]): Change =>
  (facts) =>
    changes.reduce((now, change) => change(now), facts);

export function judgeGuests(snapshot: Snapshot, config: Partial<JudgeConfig> = {}): Judgement {
  return judgeSnapshot(snapshot, { ...AUTO, ...config });
}

export function findingsOf(judgement: Judgement, rule: Finding['rule']): Finding[] {
  return judgement.findings.filter((finding) => finding.rule === rule);
}
