import { expect, test } from '@jest/globals';
import type { HnsEndpointObject } from '../../../lab/guests/windows-node.ts';
import { findingsOf, judgeGuests } from '../../support/guest-cluster.ts';
import { podEndpoints, windowsCluster } from '../../support/windows-cluster.ts';

const RULE = 'windows-outbound-nat';

const excepting = (...ExceptionList: readonly string[]): ((one: HnsEndpointObject) => HnsEndpointObject) => {
  return (one) => ({ ...one, policies: [{ Type: 'OutBoundNAT', ExceptionList: [...ExceptionList] }] });
};

test('the pod range is no exception', () => {
  const judgement = judgeGuests(windowsCluster(podEndpoints(excepting('10.96.0.0/12', '192.168.1.0/24'))));
  const [finding, ...others] = findingsOf(judgement, RULE);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'windows-outbound-nat/cluster/c/10.244.3.0/24',
    verdict: 'unknown',
    severity: 'warning',
    subjects: { nodes: ['c'] },
  });
  expect(finding?.what).toBe(
    'Packets of pods on c to pods in 10.244.1.0/24 and 10.244.2.0/24 leave with the address of c as their source.',
  );
  expect(finding?.why).toMatch(/excepts 10\.96\.0\.0\/12 and 192\.168\.1\.0\/24 only/);
  expect(judgement.pairs).toMatchObject({ fail: 0, unknown: 2, pass: 4 });
});

test('a part of a podCIDR is no exception', () => {
  const judgement = judgeGuests(windowsCluster(podEndpoints(excepting('10.244.1.0/25', '10.244.2.0/24'))));
  const [finding] = findingsOf(judgement, RULE);
  expect(finding?.what).toMatch(/to pods in 10\.244\.1\.128\/25 of 10\.244\.1\.0\/24 leave/);
  expect(judgement.pairs).toMatchObject({ unknown: 1, pass: 5 });
});

test.each([
  ['its exceptions cover the peers together', excepting('10.244.0.0/23', '10.244.2.0/24')],
  ['there is no such policy', (one: HnsEndpointObject) => ({ ...one, policies: [] })],
] as const)('is silent where %s', (_, change) => {
  expect(judgeGuests(windowsCluster(podEndpoints(change)))).toMatchObject({ verdict: 'pass', findings: [] });
});

test('can be switched off', () => {
  const snapshot = windowsCluster(podEndpoints(excepting()));
  expect(findingsOf(judgeGuests(snapshot, { rules: { [RULE]: 'off' } }), RULE)).toEqual([]);
});
