/** Paths by way of a router: what is its fault, what is not known, and what is well. */
import { expect, test } from '@jest/globals';
import type { Judgement } from '../../../../src/model/judgement.ts';
import { addressOf, both, failing, judgeGuests, podsOf, route, withRoute } from '../../../support/guest-cluster.ts';
import type { Change } from '../../../support/guest-cluster.ts';
import { ROUTER, torCluster, torText } from '../../../support/tor-cluster.ts';

/** Findings in short, and how many pairs there are of each verdict. */
function short({ findings, pairs }: Judgement): unknown {
  const { pass, fail, partial, unknown } = pairs;
  return {
    // What works one way only is told as well, whatever the cause.
    found: findings
      .filter(({ rule }) => rule !== 'asymmetric-path')
      .map(({ rule, verdict }) => `${rule} ${verdict}`)
      .sort(),
    pairs: [pass, fail, partial, unknown],
  };
}

const b = podsOf('b');
const seen =
  (address: string, mac: string): Change =>
  (guest) => ({
    ...guest,
    neighbours: [...guest.neighbours, { address, device: 'eth0', mac, state: 'confirmed' }],
  });

test('a router that knows all pods, and nodes that know only the router', () => {
  const judgement = judgeGuests(torCluster());
  expect(judgement).toMatchObject({ verdict: 'pass', evidenceLevel: 'guest', findings: [] });
  expect(short(judgement)).toEqual({ found: [], pairs: [6, 0, 0, 0] });
});

test('without its export nothing is certain, and nothing is red', () => {
  const { routers: _, ...snapshot } = torCluster();
  const judgement = judgeGuests(snapshot, { networkModes: ['fabric'] });
  expect(short(judgement)).toMatchObject({ pairs: [0, 0, 0, 6] });
});

interface Case {
  readonly name: string;
  readonly text: string;
  readonly changes?: Partial<Record<'a' | 'b' | 'c', Change>>;
  readonly more?: readonly string[];
  readonly found: readonly string[];
  readonly pairs: readonly number[];
}

const CASES: readonly Case[] = [
  { name: 'no route', text: torText({ [b]: undefined }), found: ['tor-route-missing fail'], pairs: [4, 2, 0, 0] },
  {
    name: 'only a default route, to somebody',
    text: torText({ [b]: undefined, '0.0.0.0/0': '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' }),
    found: ['tor-route-missing unknown'],
    pairs: [4, 0, 0, 2],
  },
  {
    name: 'only a default route, out of the site',
    text: `#prc outside 192.168.1.253\n${torText({ [b]: undefined, '0.0.0.0/0': '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' })}`,
    found: ['tor-route-missing fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'to another node, which sends it back',
    text: torText({ [b]: `[1/0] via ${addressOf('c')}, Vlan1, weight 1, 00:01:00` }),
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'to another node, which knows the way',
    text: torText({ [b]: `[1/0] via ${addressOf('c')}, Vlan1, weight 1, 00:01:00` }),
    changes: { c: withRoute(route(b, addressOf('b'))) },
    found: [],
    pairs: [6, 0, 0, 0],
  },
  {
    name: 'to an address that nobody has',
    text: torText({ [b]: '[1/0] via 192.168.1.77, Vlan1, weight 1, 00:01:00' }),
    found: ['tor-route-wrong unknown'],
    pairs: [4, 0, 0, 2],
  },
  {
    name: 'to an address that nodes there have asked for in vain',
    text: torText({ [b]: '[1/0] via 192.168.1.77, Vlan1, weight 1, 00:01:00' }),
    changes: { c: failing('192.168.1.77') },
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'dropped',
    text: torText({ [b]: '[1/0] unreachable (blackhole), weight 1, 00:01:00' }),
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'dropped by an aggregate',
    text: torText({ [b]: undefined, '10.244.0.0/16': '[1/0] unreachable (blackhole), weight 1, 00:01:00' }),
    found: ['tor-route-missing fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'half of it elsewhere',
    text: torText({ '10.244.2.128/25': `[1/0] via ${addressOf('a')}, Vlan1, weight 1, 00:01:00` }),
    found: ['tor-route-wrong fail'],
    pairs: [4, 0, 2, 0],
  },
  {
    name: 'some flows elsewhere',
    text: torText({
      [b]: `[1/0] via ${addressOf('b')}, Vlan1, weight 1, 00:01:00\n  *                 via ${addressOf('c')}, Vlan1, weight 1, 00:01:00`,
    }),
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'on the link, where pods answer nobody',
    text: torText({ [b]: '[1/0] is directly connected, Vlan1, weight 1, 00:01:00' }),
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'by a way that is not understood',
    text: torText({ [b]: `[1/0] via ${addressOf('b')}, Vlan1, label 80, weight 1, 00:01:00` }),
    found: ['evidence-incomplete unknown'],
    pairs: [4, 0, 0, 2],
  },
  {
    name: 'a line that is not understood',
    text: torText({}, ['what is this']),
    found: ['evidence-incomplete unknown'],
    pairs: [0, 0, 0, 6],
  },
  {
    name: 'a next hop without interface',
    text: torText({ [b]: `[1/0] via ${addressOf('b')}, weight 1, 00:01:00` }),
    found: [],
    pairs: [6, 0, 0, 0],
  },
  {
    name: 'two routers with one address, which do the same',
    text: torText(),
    more: [torText().replace('tor-1#', 'tor-2#')],
    found: [],
    pairs: [6, 0, 0, 0],
  },
  {
    name: 'two routers with one address, of which one knows less',
    text: torText(),
    more: [torText({ [b]: undefined }).replace('tor-1#', 'tor-2#')],
    found: ['evidence-incomplete unknown'],
    pairs: [4, 0, 0, 2],
  },
  {
    name: 'two racks of the same numbers: nodes see the router at two hardware addresses',
    text: torText(),
    changes: { a: seen(ROUTER, '02:00:00:00:00:aa'), b: seen(ROUTER, '02:00:00:00:00:bb') },
    found: ['evidence-incomplete unknown', 'evidence-incomplete unknown', 'evidence-incomplete unknown'],
    pairs: [0, 0, 0, 6],
  },
  {
    name: 'nobody answers for the router',
    text: torText(),
    changes: { a: failing(ROUTER) },
    found: ['node-route-stale-or-wrong fail', 'node-route-stale-or-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'by way of a second router, which sends it back',
    text: torText({ [b]: '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' }),
    more: [
      torText({ [b]: `[1/0] via ${ROUTER}, Vlan1, weight 1, 00:01:00` })
        .replace('tor-1#', 'tor-2#')
        .replace(`${ROUTER}/32`, '192.168.1.253/32'),
    ],
    found: ['tor-route-wrong fail'],
    pairs: [4, 2, 0, 0],
  },
  {
    name: 'by way of a second router, which knows it',
    text: torText({ [b]: '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' }),
    more: [torText().replace('tor-1#', 'tor-2#').replace(`${ROUTER}/32`, '192.168.1.253/32')],
    found: [],
    pairs: [6, 0, 0, 0],
  },
];

test.each(CASES.map((item) => [item.name, item] as const))('%s', (_, { text, changes, more, found, pairs }) => {
  expect(short(judgeGuests(torCluster(text, changes, more)))).toEqual({ found, pairs });
});

test('round and round: to blame is the router that has the owner beside it', () => {
  const wide = '0.0.0.0/0';
  const first = torText({ [b]: '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' });
  const second = torText({ [b]: undefined, [wide]: `[1/0] via ${ROUTER}, Vlan1, weight 1, 00:01:00` })
    .replace('tor-1#', 'tor-2#')
    .replace(`${ROUTER}/32`, '192.168.1.253/32');
  const { findings } = judgeGuests(torCluster(first, {}, [second]));
  const found = findings.filter(({ rule }) => rule.startsWith('tor-')).map(({ key }) => key);
  // Both have it beside them, so the first one that was met.
  expect(found).toEqual(['tor-route-wrong/cluster/tor-1/10.244.2.0/24']);
});

test('a pod route of the node itself does not need the router', () => {
  const changes = { a: both(withRoute(route(b, addressOf('b')))) };
  expect(short(judgeGuests(torCluster(torText({ [b]: undefined }), changes)))).toMatchObject({ pairs: [5, 1, 0, 0] });
});
