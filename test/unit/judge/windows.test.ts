import { expect, test } from '@jest/globals';
import type { Judgement } from '../../../src/model/judgement.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { addressOf, commandsOf, judgeGuests, podsOf, route, withRoute, without } from '../../support/guest-cluster.ts';
import type { MachineChange } from '../../support/windows-cluster.ts';
import {
  BRIDGE,
  UPLINK,
  forwardingOff,
  podEndpoints,
  routeTo,
  windowsCluster,
  windowsFacts,
} from '../../support/windows-cluster.ts';

/** Of one-way pairs, by `a>c`; those that pass are left out. */
function pairsOf({ classes, matrix }: Judgement): Record<string, string> {
  const nodesOf = (id: string): readonly string[] => classes.find((one) => one.id === id)?.nodes ?? [];
  return Object.fromEntries(
    matrix.flatMap(({ from, to, verdict }) =>
      verdict === 'pass' ? [] : nodesOf(from).flatMap((a) => nodesOf(to).map((b) => [`${a}>${b}`, verdict] as const)),
    ),
  );
}

/** That a way back fails where the way there does not follows from the rest. */
const rulesOf = ({ findings }: Judgement): string[] =>
  findings
    .filter(({ rule }) => rule !== 'asymmetric-path')
    .map(({ rule, verdict }) => `${rule} ${verdict}`)
    .sort();

test('healthy', () => {
  const judgement = judgeGuests(windowsCluster());
  expect(judgement).toMatchObject({ verdict: 'pass', evidenceLevel: 'guest', findings: [] });
});

test.each([
  ['numbers', { enums: 'numbers' }],
  ['noise', { noise: true }],
] as const)('however it was written: %s', (_, manner) => {
  expect(windowsFacts(undefined, manner)).toEqual(windowsFacts());
});

interface Case {
  readonly name: string;
  readonly change?: MachineChange;
  readonly changes?: Parameters<typeof windowsCluster>[1];
  readonly edit?: (snapshot: Snapshot) => Snapshot;
  readonly pairs: Record<string, string>;
  readonly rules: readonly string[];
}

const fromC = (verdict: string): Record<string, string> => ({ 'c>a': verdict, 'c>b': verdict });
const toC = (verdict: string): Record<string, string> => ({ 'a>c': verdict, 'b>c': verdict });

const CASES: readonly Case[] = [
  {
    name: 'forwarding off at both: it loses packets both ways',
    change: forwardingOff(UPLINK, BRIDGE),
    pairs: { ...fromC('fail'), ...toC('fail') },
    rules: ['host-forwarding-off fail'],
  },
  {
    name: 'forwarding off at the node’s own interface: packets to its pods are lost, those from them are in doubt',
    change: forwardingOff(UPLINK),
    pairs: { ...fromC('unknown'), ...toC('fail') },
    rules: ['host-forwarding-off fail'],
  },
  {
    name: 'forwarding off at the pods’ side: the other way round',
    change: forwardingOff(BRIDGE),
    pairs: { ...fromC('fail'), ...toC('unknown') },
    rules: ['host-forwarding-off fail'],
  },
  {
    name: 'no route to a peer: its default route takes the packets',
    change: routeTo(podsOf('a'), undefined),
    pairs: { 'c>a': 'unknown' },
    rules: ['node-route-missing unknown'],
  },
  {
    name: 'no route at all',
    change: (machine) => routeTo(podsOf('a'), undefined)(routeTo('0.0.0.0/0', undefined)(machine)),
    pairs: { 'c>a': 'fail' },
    rules: ['node-route-missing fail'],
  },
  {
    name: 'a route to the wrong peer',
    change: routeTo(podsOf('a'), { nextHop: addressOf('b') }),
    // b sends it on to a, which it knows: the packets arrive.
    pairs: {},
    rules: [],
  },
  {
    name: 'a better route by its metric to the wrong place',
    change: (machine) => ({
      ...machine,
      routes: [...machine.routes, { alias: UPLINK, prefix: podsOf('a'), nextHop: '192.168.1.77', metric: 1 }],
    }),
    pairs: { 'c>a': 'unknown' },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'the interface’s metric counts as well',
    change: (machine) => ({
      ...machine,
      // 1 and 5000 are more than 256 and 25.
      routes: [...machine.routes, { alias: BRIDGE, prefix: podsOf('a'), nextHop: '192.168.1.77', metric: 1 }],
    }),
    pairs: {},
    rules: [],
  },
  {
    name: 'two routes with the same sum of metrics',
    change: (machine) => ({
      ...machine,
      routes: [...machine.routes, { alias: UPLINK, prefix: podsOf('a'), nextHop: '192.168.1.77', metric: 256 }],
    }),
    pairs: { 'c>a': 'unknown' },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'no place of its own among its pods, as an administrator did not collect',
    edit: ({ guests = [], ...rest }) => ({
      ...rest,
      guests: guests.map((facts) =>
        facts.node === 'c' ? { ...facts, unread: [{ part: 'hns', reason: 'the command ended with 1' }] } : facts,
      ),
    }),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'pods on a network of another type',
    change: (machine) => ({ ...machine, networks: machine.networks.map((one) => ({ ...one, type: 'Overlay' })) }),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'a filter among the policies of a pod',
    change: podEndpoints((one, index) =>
      index === 1 ? { ...one, policies: [{ Type: 'ACL', Action: 'Block' }] } : one,
    ),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'a policy that routes pod ranges by itself',
    change: podEndpoints((one) => ({ ...one, policies: [{ Type: 'ROUTE', DestinationPrefix: '10.244.0.0/16' }] })),
    pairs: fromC('unknown'),
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'no route of its own to its own pods',
    change: routeTo(podsOf('c'), undefined),
    pairs: toC('unknown'),
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'its own pods on the link of the node, as static routes have it',
    change: routeTo(podsOf('c'), { alias: UPLINK, metric: 300, protocol: 'NetMgmt' }),
    pairs: {},
    rules: [],
  },
  {
    name: 'the link of the node is not connected',
    change: (machine) => ({
      ...machine,
      interfaces: machine.interfaces.map((one) => (one.alias === UPLINK ? { ...one, connected: false } : one)),
    }),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'a virtual LAN on the network of its pods',
    change: (machine) => ({
      ...machine,
      networks: machine.networks.map((one) => ({ ...one, policies: [{ Type: 'VLAN', VLAN: 7 }] })),
    }),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
  {
    name: 'two networks for its range',
    change: (machine) => ({
      ...machine,
      networks: machine.networks.flatMap((one) => [one, { ...one, name: `old ${one.name}` }]),
    }),
    pairs: { ...fromC('unknown'), ...toC('unknown') },
    rules: ['evidence-incomplete unknown'],
  },
];

test.each(CASES.map((item) => [item.name, item] as const))('%s', (_, { change, changes, edit, pairs, rules }) => {
  const snapshot = windowsCluster(change, changes);
  const judgement = judgeGuests(edit === undefined ? snapshot : edit(snapshot));
  expect({ pairs: pairsOf(judgement), rules: rulesOf(judgement) }).toEqual({ pairs, rules });
});

test('a node without pods passes by the interface that they will use', () => {
  const noPods: MachineChange = (machine) => ({ ...machine, endpoints: machine.endpoints.slice(0, 1) });
  const { cluster, ...rest } = windowsCluster(noPods);
  const { samples = [], ...cni } = cluster.cni;
  const withPodsOn = (nodes: readonly string[]): Snapshot => ({
    ...rest,
    cluster: { ...cluster, cni: { ...cni, samples: samples.filter(({ node }) => nodes.includes(node)) } },
  });
  expect(judgeGuests(withPodsOn(['a', 'b'])).verdict).toBe('pass');
  // One runs there now that the file knows nothing of.
  expect(pairsOf(judgeGuests(withPodsOn(['a', 'b', 'c'])))).toEqual(fromC('unknown'));
  expect(pairsOf(judgeGuests({ ...rest, cluster: { ...cluster, cni } }))).toMatchObject(fromC('unknown'));
  const noPlace: MachineChange = (machine) => ({ ...machine, endpoints: [] });
  expect(pairsOf(judgeGuests(windowsCluster(noPlace)))).toEqual({ ...fromC('unknown'), ...toC('unknown') });
});

const onLink = { ...route('10.244.0.0/16', ''), hops: [{ device: 'eth0' }] };

/** Linux nodes with an on-link route for all pods, and a route to c by this gateway. */
function staticRoutes(
  gateway: string,
  neighbours: readonly { readonly mac?: string; readonly state: 'confirmed' | 'failed' | 'old' }[],
): Snapshot {
  return windowsCluster(undefined, {
    a: (facts) => {
      const added = withRoute(route(podsOf('c'), gateway))(withRoute(onLink)(without(podsOf('c'))(facts)));
      const seen = neighbours.map((one) => ({ ...one, address: gateway, device: 'eth0' }));
      return { ...added, neighbours: [...added.neighbours, ...seen] };
    },
  });
}

test('static routes: the second address of its range leads to its pods, where it was seen', () => {
  expect(judgeGuests(staticRoutes('10.244.3.2', [{ mac: '02:00:00:00:00:03', state: 'confirmed' }])).findings).toEqual(
    [],
  );
  expect(pairsOf(judgeGuests(staticRoutes('10.244.3.2', [])))).toEqual({ 'a>c': 'unknown' });
});

test('static routes: the first one is nobody’s', () => {
  for (const seen of [[], [{ state: 'failed' as const }]]) {
    const judgement = judgeGuests(staticRoutes('10.244.3.1', seen));
    expect(pairsOf(judgement)).toEqual({ 'a>c': 'fail' });
    expect(rulesOf(judgement)).toEqual(['node-route-stale-or-wrong fail']);
    const finding = judgement.findings.find(({ rule }) => rule === 'node-route-stale-or-wrong');
    expect(finding?.what).toMatch(
      /nobody has 10\.244\.3\.1: Windows keeps the first address .* pods on c is 10\.244\.3\.2/,
    );
    expect(finding === undefined ? '' : commandsOf(finding)).toContain(
      '\nip route replace 10.244.3.0/24 via 10.244.3.2 dev eth0\n',
    );
  }
});

test('static routes: whoever answered for it is somebody', () => {
  const judgement = judgeGuests(staticRoutes('10.244.3.1', [{ mac: '02:00:00:00:00:99', state: 'old' }]));
  expect(pairsOf(judgement)).toEqual({ 'a>c': 'unknown' });
});
