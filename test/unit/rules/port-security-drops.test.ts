import { describe, expect, test } from '@jest/globals';
import type { PortFacts, Snapshot } from '../../../src/model/snapshot.ts';
import { findingsOf, guestCluster, judgeGuests, podsOf, withRoute, without } from '../../support/guest-cluster.ts';
import type { Name } from '../../support/guest-cluster.ts';
import { torCluster } from '../../support/tor-cluster.ts';

interface Options {
  /** Scheme of the nodes' provider ids. */
  readonly provider?: string;
  /** Absent: nobody has said; `allowed`: nothing is filtered. */
  readonly ports?: 'allowed' | readonly PortFacts[];
  readonly changes?: Parameters<typeof guestCluster>[0];
}

function clusterWith({ provider, ports, changes }: Options): Snapshot {
  const snapshot = guestCluster(changes);
  const nodes = snapshot.cluster.nodes.map((node) =>
    provider === undefined ? node : { ...node, providerID: `${provider}://${node.name}` },
  );
  const portSecurity =
    ports === 'allowed' ? { source: 'input port-security' } : { source: 'file ports.yaml', ports: ports ?? [] };
  return { ...snapshot, cluster: { ...snapshot.cluster, nodes }, ...(ports === undefined ? {} : { portSecurity }) };
}

const judge = (options: Options): ReturnType<typeof judgeGuests> => judgeGuests(clusterWith(options));
const entry = (node: Name, ...allowed: readonly string[]): PortFacts => ({ node, allowed });
const all = [entry('a', podsOf('a')), entry('b', podsOf('b')), entry('c', podsOf('c'))];
const allBut = (port: PortFacts): PortFacts[] => [...all.filter(({ node }) => node !== port.node), port];

describe('a port that allows too little', () => {
  const judgement = judge({ provider: 'openstack', ports: allBut(entry('b')) });

  test('drops what leaves, and what comes in is unknown', () => {
    expect(judgement.pairs).toMatchObject({ pass: 2, fail: 2, unknown: 2 });
    expect(judgement.roundTrip).toMatchObject({ pass: 2, fail: 4 });
  });

  test('is one finding with the command', () => {
    const [finding, ...others] = findingsOf(judgement, 'port-security-drops');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      key: 'port-security-drops/cluster/b/ipv4',
      severity: 'error',
      verdict: 'fail',
      pairsBroken: 2,
      subjects: { nodes: ['b'], prefixes: [podsOf('b')] },
      evidence: [{ source: 'file ports.yaml' }],
    });
    expect(finding?.what).toBe(
      'The port of b does not let packets from pods in 10.244.2.0/24 through: file ports.yaml allows nothing but the node’s own addresses there.',
    );
    expect(finding?.next).toContain(
      'Run openstack port set --allowed-address ip-address=10.244.2.0/24 PORT (PORT: openstack port list --fixed-ip ip-address=192.168.1.2).',
    );
  });
});

test('of a podCIDR that is allowed in part, that part gets through', () => {
  const judgement = judge({ ports: allBut(entry('b', '10.244.2.0/25', '10.244.2.128/26')) });
  expect(judgement.pairs).toMatchObject({ pass: 2, partial: 2 });
  const [finding] = findingsOf(judgement, 'port-security-drops');
  expect(finding?.subjects.prefixes).toEqual(['10.244.2.192/26']);
  expect(finding?.next).toContain('Have 10.244.2.192/26 allowed');
});

test('what is masqueraded has the node’s own address', () => {
  const judgement = judge({
    ports: allBut(entry('b')),
    changes: {
      b: (facts) => ({
        ...facts,
        firewall: [
          {
            id: 'nft ip nat post',
            family: 'ipv4',
            base: { hook: 'postrouting', type: 'nat', priority: 100, policy: 'accept' },
            rules: [{ matches: [], actions: [{ kind: 'source' }], text: 'nft ip nat post rule 1' }],
          },
        ],
      }),
    },
  });
  const fromB = judgement.matrix.filter(({ from }) => from === 'b');
  expect(fromB).toEqual([]);
});

test.each<[string, Options, object]>([
  ['all pods allowed', { provider: 'openstack', ports: all }, { pass: 6 }],
  ['a wider network allowed', { provider: 'vsphere', ports: allBut(entry('b', '10.244.0.0/16')) }, { pass: 6 }],
  ['the word of whoever knows', { provider: 'openstack', ports: 'allowed' }, { pass: 6 }],
  ['any address', { provider: 'vsphere', ports: allBut({ node: 'b' }) }, { pass: 6 }],
  ['bare metal of which nobody says anything', {}, { pass: 6 }],
  ['bare metal without an entry', { ports: [entry('a', podsOf('a'))] }, { pass: 6 }],
  ['a provider that filters nothing', { provider: 'metal3' }, { pass: 6 }],
  ['OpenStack of which nobody says anything', { provider: 'openstack' }, { unknown: 6 }],
  ['vSphere of which nobody says anything', { provider: 'vsphere' }, { unknown: 6 }],
  ['Proxmox of which nobody says anything', { provider: 'PROXMOX' }, { unknown: 6 }],
  ['a virtual machine without an entry', { provider: 'proxmox', ports: all.slice(0, 2) }, { pass: 2, unknown: 4 }],
  ['entries for no node of it', { provider: 'proxmox', ports: [{ node: 'x' }] }, { unknown: 6 }],
  [
    'what is lost for other reasons stays lost',
    { provider: 'vsphere', changes: { a: without(podsOf('b')) } },
    { fail: 1, unknown: 5 },
  ],
])('%s', (_, options, pairs) => {
  const counts = { pass: 0, fail: 0, partial: 0, unknown: 0, ...pairs };
  expect(judge(options).pairs).toMatchObject(counts);
});

test('whose source may be the node’s own is not surely dropped', () => {
  const perhaps = {
    matches: [{ kind: 'other', text: '-m set' } as const],
    actions: [{ kind: 'source' } as const],
    text: 'nft ip nat post rule 1',
  };
  const base = { hook: 'postrouting', type: 'nat', priority: 100, policy: 'accept' } as const;
  const judgement = judge({
    ports: allBut(entry('b')),
    changes: {
      b: (facts) => ({ ...facts, firewall: [{ id: 'nft ip nat post', family: 'ipv4', base, rules: [perhaps] }] }),
    },
  });
  expect(judgement.pairs).toMatchObject({ pass: 2, fail: 0, unknown: 4 });
});

test.each<[string, PortFacts[], object]>([
  ['all pods allowed', all, { pass: 6 }],
  ['the receiver’s not', allBut(entry('b')), { pass: 2, fail: 2, unknown: 2 }],
])('by way of a router: %s', (_, ports, pairs) => {
  const snapshot = { ...torCluster(), portSecurity: { source: 'file ports.yaml', ports } };
  expect(judgeGuests(snapshot).pairs).toMatchObject(pairs);
});

test('by way of a router: virtual machines of which nobody says anything', () => {
  const snapshot = torCluster();
  const nodes = snapshot.cluster.nodes.map((node) => ({ ...node, providerID: `openstack:///${node.name}` }));
  const judgement = judgeGuests({ ...snapshot, cluster: { ...snapshot.cluster, nodes } });
  expect(judgement).toMatchObject({ pairs: { unknown: 6 }, roundTrip: { unknown: 6 } });
  expect(findingsOf(judgement, 'evidence-incomplete')).toHaveLength(1);
});

test('where the destination is asked for on the link, nothing leaves either', () => {
  const bare = { table: 'main', prefix: podsOf('a'), type: 'unicast', metric: 0, hops: [{ device: 'eth0' }] } as const;
  const judgement = judge({
    ports: allBut(entry('b')),
    changes: { b: (facts) => withRoute(bare)(without(podsOf('a'))(facts)) },
  });
  expect(judgement.pairs).toMatchObject({ pass: 2, fail: 2, unknown: 2 });
  // Nobody would answer there, but it does not come to that.
  expect(findingsOf(judgement, 'node-route-stale-or-wrong')).toEqual([]);
});

test('many that nobody has said anything of are one question, which names the input', () => {
  const judgement = judge({ provider: 'vsphere' });
  const [finding, ...others] = findingsOf(judgement, 'evidence-incomplete');
  expect(others).toEqual([]);
  expect(finding?.what).toMatch(/^Ports of nodes with provider ids vsphere:\/\/.*port-security does not say it\.$/);
  expect(finding?.next).toContain('input port-security: allowed');
});

test('a node that the file forgets is named', () => {
  const [finding] = findingsOf(judge({ provider: 'vsphere', ports: all.slice(0, 2) }), 'evidence-incomplete');
  expect(finding?.what).toMatch(/^Port of node c: .*file ports\.yaml of input port-security has no entry/);
});
