import { describe, expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import type { Wire } from '../../../src/cluster/api.ts';
import {
  chooseSamples,
  joinRanges,
  parseBlockAffinity,
  parseCiliumNode,
  translateSample,
} from '../../../src/cluster/ranges.ts';

describe('BlockAffinities', () => {
  const affinity = (more: object): unknown => ({
    metadata: { name: 'a-10-48-0-0-26' },
    spec: { cidr: '10.48.0.0/26', deleted: 'false', node: 'a', state: 'confirmed', ...more },
  });

  test.each<[string, object]>([
    ['as Calico writes it', {}],
    ['without a state, as older ones', { state: undefined }],
    ['of type host', { type: 'host' }],
  ])('%s', (_, more) => {
    expect(parseBlockAffinity(affinity(more))).toEqual({ node: 'a', prefixes: ['10.48.0.0/26'] });
  });

  test.each<[string, object]>([
    ['pending', { state: 'pending' }],
    ['pending its deletion', { state: 'pendingDeletion' }],
    ['deleted', { deleted: 'true' }],
    ['virtual', { type: 'virtual' }],
    ['without a node', { node: undefined }],
    ['of no network', { cidr: '10.48.0.0' }],
  ])('one that is not routed: %s', (_, more) => {
    expect(parseBlockAffinity(affinity(more))).toBeUndefined();
  });
});

test.each<[string, object, string[]]>([
  ['cluster-pool', { ipam: { podCIDRs: ['10.0.1.0/24', 'fd00:1::/64'] } }, ['10.0.1.0/24', 'fd00:1::/64']],
  [
    'multi-pool',
    {
      ipam: {
        pools: {
          allocated: [
            { pool: 'default', cidrs: ['10.0.1.0/27'] },
            { pool: 'b', cidrs: ['10.9.0.0/27'] },
          ],
        },
      },
    },
    ['10.0.1.0/27', '10.9.0.0/27'],
  ],
  ['nothing yet', {}, []],
  ['what is none', { ipam: { podCIDRs: ['oops'] } }, []],
])('a CiliumNode: %s', (_, spec, prefixes) => {
  expect(parseCiliumNode({ metadata: { name: 'a' }, spec })).toEqual({ node: 'a', prefixes });
});

test('ranges are joined by node, each once, in order', () => {
  const ranges = [
    { node: 'b', prefixes: ['10.2.0.0/26'] },
    { node: 'a', prefixes: ['10.1.0.64/26'] },
    { node: 'a', prefixes: ['10.1.0.0/26', '10.1.0.64/26'] },
  ];
  expect(joinRanges(ranges)).toEqual([
    { node: 'a', prefixes: ['10.1.0.0/26', '10.1.0.64/26'] },
    { node: 'b', prefixes: ['10.2.0.0/26'] },
  ]);
});

describe('samples of pods', () => {
  const pod = (more: { metadata?: object; spec?: object; status?: object }): Wire<V1Pod> =>
    ({
      metadata: { namespace: 'shop', name: 'cart-1', ...more.metadata },
      spec: { nodeName: 'a', ...more.spec },
      status: { phase: 'Running', podIP: '10.1.0.5', podIPs: [{ ip: '10.1.0.5' }, { ip: 'FD00::5' }], ...more.status },
    }) as unknown as Wire<V1Pod>;

  test('have the addresses of both families', () => {
    expect(translateSample(pod({}))).toEqual({ node: 'a', pod: 'shop/cart-1', addresses: ['10.1.0.5', 'fd00::5'] });
    expect(translateSample(pod({ status: { podIPs: undefined } }))?.addresses).toEqual(['10.1.0.5']);
  });

  test.each<[string, Parameters<typeof pod>[0]]>([
    ["on the host's network", { spec: { hostNetwork: true } }],
    ['not running', { status: { phase: 'Succeeded' } }],
    ['being deleted', { metadata: { deletionTimestamp: '2026-11-20T09:00:00Z' } }],
    ['without a node', { spec: { nodeName: undefined } }],
    ['without an address', { status: { podIP: undefined, podIPs: undefined } }],
  ])('that tell nothing: %s', (_, more) => {
    expect(translateSample(pod(more))).toBeUndefined();
  });

  test('are three of each node at most, always the same ones', () => {
    const samples = ['d', 'b', 'a', 'c'].flatMap((name) =>
      ['two', 'one'].map((node) => ({ node, pod: `shop/${name}`, addresses: ['10.1.0.5'] })),
    );
    const chosen = chooseSamples(samples).map(({ node, pod: name }) => `${node} ${name}`);
    expect(chosen).toEqual(['one shop/a', 'one shop/b', 'one shop/c', 'two shop/a', 'two shop/b', 'two shop/c']);
    expect(chooseSamples([...samples].reverse())).toEqual(chooseSamples(samples));
  });
});
