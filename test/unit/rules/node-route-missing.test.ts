import { expect, test } from '@jest/globals';
import { remediesFor } from '../../../src/remedies/index.ts';
import type { Change } from '../../support/guest-cluster.ts';
import {
  both,
  commandsOf,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  route,
  withRoute,
  without,
} from '../../support/guest-cluster.ts';

interface Case {
  readonly name: string;
  readonly change: Change;
  readonly verdict: 'fail' | 'unknown';
  readonly says: RegExp;
  readonly advises: RegExp;
  readonly commands: RegExp;
  readonly key: string;
}

const toRouter = withRoute(route('0.0.0.0/0', '192.168.1.254'));

const CASES: readonly Case[] = [
  {
    name: 'no route at all',
    change: without(podsOf('b')),
    verdict: 'fail',
    says: /no route to 10\.244\.2\.0\/24, the pods of b, and no default route/,
    advises: /^Set the route on a, and write it down/,
    commands: /^# On a, as root:\nip route replace 10\.244\.2\.0\/24 via 192\.168\.1\.2 dev eth0\n/,
    key: 'node-route-missing/cluster/a/10.244.2.0/24',
  },
  {
    name: 'only a default route, to a router that nobody has read',
    change: both(without(podsOf('b')), toRouter),
    verdict: 'unknown',
    says: /default route takes them to 192\.168\.1\.254/,
    advises: /^If 192\.168\.1\.254 is to carry .* If not: Set the route on a/,
    commands: /Destination=10\.244\.2\.0\/24\n.*Gateway=192\.168\.1\.2\n/,
    key: 'node-route-missing/cluster/a/router/192.168.1.254',
  },
  {
    name: 'no route to its own pods',
    change: without(podsOf('a')),
    verdict: 'fail',
    says: /no route to its own pods in 10\.244\.1\.0\/24|no route to its own pods in .* of 10\.244\.1\.0\/24/,
    advises: /ip route show 10\.244\.1\.0\/24/,
    commands: /^$/,
    key: 'node-route-missing/cluster/a/10.244.1.0/24',
  },
];

test.each(CASES.map((item) => [item.name, item] as const))(
  '%s',
  (_, { change, verdict, says, advises, commands, key }) => {
    const [finding, ...others] = findingsOf(judgeGuests(guestCluster({ a: change })), 'node-route-missing');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ key, verdict, severity: 'error', subjects: { nodes: ['a'] } });
    expect(finding?.what).toMatch(says);
    expect(finding?.next).toMatch(advises);
    expect(finding === undefined ? undefined : commandsOf(finding)).toMatch(commands);
  },
);

const SET = { agent: 'flannel', namespace: 'kube-flannel', name: 'kube-flannel-ds', selector: 'app=flannel' } as const;

test('where an agent keeps the routes it is asked first, and what is typed is not written down', () => {
  const { cluster, ...rest } = guestCluster({ a: without(podsOf('b')) });
  const agents = [{ node: 'a', agents: ['flannel' as const] }];
  const cni = { ...cluster.cni, agents, agentSets: [SET] };
  const judgement = judgeGuests({ ...rest, cluster: { ...cluster, cni } }, { networkModes: ['host-gw'] });
  const [finding] = findingsOf(judgement, 'node-route-missing');
  expect(finding?.next).toMatch(/^Restart flannel on a: such routes are its work\. .* set the route there by hand\.$/);
  const { kubectl, ip } = remediesFor([], finding?.hostChanges);
  expect(kubectl).toEqual([
    '# Restarts flannel on a:',
    'kubectl delete pods --namespace kube-flannel --selector app=flannel --field-selector spec.nodeName=a',
  ]);
  expect(ip.slice(1)).toEqual([
    'ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0',
    '# Not to be kept over a restart: such routes are the work of flannel, and this only stands in.',
  ]);
});

test('a node without pods needs no route to them', () => {
  const { cluster, ...rest } = guestCluster({ a: without(podsOf('a')) });
  const samples = cluster.cni.samples?.filter(({ node }) => node !== 'a') ?? [];
  const judgement = judgeGuests({ ...rest, cluster: { ...cluster, cni: { ...cluster.cni, samples } } });
  expect(judgement).toMatchObject({ verdict: 'pass', findings: [], evidenceLevel: 'guest' });
});

test('whether it has pods has to be known', () => {
  const { cluster, ...rest } = guestCluster({ a: without(podsOf('a')) });
  const { samples: _, ...cni } = cluster.cni;
  expect(judgeGuests({ ...rest, cluster: { ...cluster, cni } }).pairs).toMatchObject({ fail: 0, unknown: 2 });
});

test('a router that nobody has read is one finding, however many pods are behind it', () => {
  const change = both(both(without(podsOf('b')), without(podsOf('c'))), toRouter);
  const [finding, ...others] = findingsOf(
    judgeGuests(guestCluster({ a: change }), { networkModes: ['host-gw'] }),
    'node-route-missing',
  );
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'node-route-missing/cluster/a/router/192.168.1.254',
    verdict: 'unknown',
    pairsBroken: 2,
    what: 'The kernel of a has no route to 10.244.2.0/24 and 10.244.3.0/24, pods of other nodes: its default route takes them to 192.168.1.254.',
  });
  expect(finding?.next).toMatch(/^If 192\.168\.1\.254 is to carry .* fabric-routes/);
  expect(finding === undefined ? undefined : commandsOf(finding)).toBe('');
});
