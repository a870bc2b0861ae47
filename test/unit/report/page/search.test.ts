import { describe, expect, test } from '@jest/globals';
import { searchNodes } from '../../../../src/report/page/search.ts';
import { sortMatches, type Order } from '../../../../src/report/page/sorting.ts';
import { judgedNode, judgement, view } from '../worlds.ts';
import { pageOf } from './pages.ts';

const { nodes } = pageOf(
  view(
    judgement({
      nodes: [
        judgedNode(1),
        judgedNode(2, { podCIDRs: ['10.244.2.0/24', 'fd00:10:244:2::/64'], verdict: 'fail' }),
        judgedNode(10, { name: 'worker-1', interfaces: ['eni-a', 'eni-worker-02'] }),
        judgedNode(11, { machine: 'i-special', internalIPs: ['172.20.1.9'], verdict: 'unknown' }),
      ],
    }),
  ),
);

describe('a node is found by', () => {
  test.each<readonly [string, readonly (readonly [string, string | undefined])[]]>([
    [
      'WORKER-02',
      [
        ['worker-02', undefined],
        ['worker-1', 'interface eni-worker-02'],
      ],
    ],
    ['i-special', [['worker-11', 'machine i-special']]],
    ['172.20.1.12', [['worker-02', 'address 172.20.1.12']]],
    ['10.244.2.0/24', [['worker-02', 'pod range 10.244.2.0/24']]],
    // Addresses of pods stand nowhere, but their ranges do.
    ['10.244.2.77', [['worker-02', 'pod range 10.244.2.0/24 holds it']]],
    ['fd00:10:244:2::1:5', [['worker-02', 'pod range fd00:10:244:2::/64 holds it']]],
    ['10.245.0.1', []],
    ['nothing-like-it', []],
    ['  eni-a ', [['worker-1', 'interface eni-a']]],
  ])('%s', (query, expected) => {
    const found = searchNodes(nodes, query).filter(({ because }) => !because?.includes('eni-0a1'));
    expect(found.map(({ node, because }) => [node.name, because])).toEqual(expected);
  });

  test('nothing in particular: all of them, as they are', () => {
    expect(searchNodes(nodes, ' ').map(({ node }) => node)).toEqual(nodes);
  });

  test('its whole name before the beginning of others, and that before a part', () => {
    expect(searchNodes(nodes, 'worker-1').map(({ node }) => node.name)).toEqual(['worker-1', 'worker-11']);
    expect(
      searchNodes(nodes, '1')
        .map(({ node }) => node.name)
        .slice(0, 3),
    ).toEqual(['worker-01', 'worker-1', 'worker-11']);
  });
});

describe('nodes are sorted by', () => {
  test.each<readonly [Order, readonly string[]]>([
    [{ column: 'verdict', isDescending: false }, ['worker-02', 'worker-11', 'worker-01', 'worker-1']],
    // As numbers: .9 before .11.
    [{ column: 'address', isDescending: false }, ['worker-11', 'worker-01', 'worker-02', 'worker-1']],
    [{ column: 'podCIDR', isDescending: true }, ['worker-11', 'worker-1', 'worker-02', 'worker-01']],
    [{ column: 'name', isDescending: true }, ['worker-11', 'worker-1', 'worker-02', 'worker-01']],
  ])('%j', (order, names) => {
    const matches = searchNodes(nodes, '');
    expect(sortMatches(matches, order).map(({ node }) => node.name)).toEqual(names);
  });
});
