import { expect, test } from '@jest/globals';
import { GUEST_PARTS } from '../../../src/model/guest.ts';
import { both, commandsOf, findingsOf, guestCluster, judgeGuests, withLink } from '../../support/guest-cluster.ts';
import type { Change } from '../../support/guest-cluster.ts';

test('a switch off is one finding, with what it breaks and the command', () => {
  const change = withLink('eth0', { forwarding4: false });
  const [finding, ...others] = findingsOf(judgeGuests(guestCluster({ b: change })), 'host-forwarding-off');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'host-forwarding-off/cluster/b/ipv4',
    severity: 'error',
    verdict: 'fail',
    pairsBroken: 2,
    evidence: [{ source: 'file b.txt', text: 'net.ipv4.conf.eth0.forwarding is 0' }],
  });
  expect(finding?.what).toContain('that come in on eth0');
  expect(finding?.next).toBe('Switch forwarding on at b, now and for the time after a restart.');
});

const SWITCHES: readonly (readonly [string, boolean | undefined, string])[] = [
  ['its own only', true, 'sysctl -w net.ipv4.conf.eth0.forwarding=1'],
  ['that of all links, which moves its own', false, 'sysctl -w net.ipv4.ip_forward=1'],
  ['either', undefined, 'sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.eth0.forwarding=1'],
];

test.each(SWITCHES)('the switch that is off: %s', (_, all, command) => {
  const { forwarding4: _own, ...others } = { ...guestCluster().guests?.[0]?.all };
  const change = both(withLink('eth0', { forwarding4: false }), (facts) => ({
    ...facts,
    all: { ...others, ...(all === undefined ? {} : { forwarding4: all }) },
  }));
  const [finding] = findingsOf(judgeGuests(guestCluster({ b: change })), 'host-forwarding-off');
  expect(finding === undefined ? [] : commandsOf(finding).split('\n')).toContain(command);
});

test('a switch that was not read is unknown', () => {
  const unread = guestCluster({
    b: (facts) => ({ ...facts, links: facts.links.map(({ forwarding4: _, ...link }) => link) }),
  });
  const judgement = judgeGuests(unread);
  expect(findingsOf(judgement, 'host-forwarding-off')).toEqual([]);
  expect(judgement).toMatchObject({ verdict: 'unknown', pairs: { pass: 2, unknown: 4 } });
});

test('nothing is found where all forward', () => {
  expect(judgeGuests(guestCluster()).findings).toEqual([]);
});

// Without routes nobody sees by the kernels how packets travel.
const HOST_GW = { networkModes: ['host-gw'] } as const;

/** As `guests: api` reads it. */
const onlySwitch =
  (forwarding4: boolean): Change =>
  (facts) => ({
    ...facts,
    links: [],
    routes: [],
    rules4: [],
    neighbours: [],
    all: { forwarding4 },
    fresh: {},
    unread: GUEST_PARTS.map((part) => ({ part, reason: 'nothing else is told' })),
  });

test('where only the switch for all links was read, off is told, and is no failure: single links may be on', () => {
  const judgement = judgeGuests(guestCluster({ b: onlySwitch(false) }), HOST_GW);
  const [finding, ...others] = findingsOf(judgement, 'host-forwarding-off');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'host-forwarding-off/cluster/b/ipv4',
    verdict: 'unknown',
    subjects: { nodes: ['b'], prefixes: ['10.244.2.0/24'] },
    evidence: [{ text: 'net.ipv4.ip_forward is 0' }],
  });
  expect(finding?.what).toMatch(/^net\.ipv4\.ip_forward is 0 on b: /);
  expect(judgement).toMatchObject({ verdict: 'unknown', pairs: { pass: 2, fail: 0, unknown: 4 } });
});

test('where only that was read, on is no evidence that anything gets through', () => {
  const judgement = judgeGuests(
    guestCluster({ a: onlySwitch(true), b: onlySwitch(true), c: onlySwitch(true) }),
    HOST_GW,
  );
  expect(findingsOf(judgement, 'host-forwarding-off')).toEqual([]);
  expect(judgement).toMatchObject({ verdict: 'unknown', evidenceLevel: 'fabric', pairs: { pass: 0, unknown: 6 } });
});
