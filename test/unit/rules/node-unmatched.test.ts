import { noProviderId, pending, stopped, terminated, twinNetwork, vanished } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_MACHINES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('node-unmatched', {
  fails: [
    {
      name: 'a terminated machine',
      faults: [terminated(1)],
      says: /of node worker-02 is terminated/,
      advises: /kubectl delete node worker-02/,
    },
    { name: 'a stopped machine', faults: [stopped(1)], says: /is stopped/, advises: /Start i-/ },
    {
      name: 'a machine that no call knows',
      faults: [vanished(1)],
      says: /has no machine in aws\//,
      verdict: 'unknown',
    },
    {
      name: 'an account in which no node is found',
      faults: Array.from({ length: 9 }, (_, index) => vanished(index)),
      says: /None of the 9 nodes/,
      advises: /sts get-caller-identity/,
      verdict: 'unknown',
    },
    {
      name: 'an address that fits two machines',
      world: cluster('host-gw', { providerIds: false }),
      faults: [twinNetwork(2)],
      says: /Several machines fit node worker-03/,
      verdict: 'unknown',
    },
  ],
  gap: WITHOUT_MACHINES,
});

test('a node without provider id is found by its address', () => {
  expect(judgeWith(cluster('host-gw'), [noProviderId(1)]).judgement.findings).toEqual([]);
});

test('a machine that still starts counts as there', () => {
  expect(judgeWith(cluster('host-gw'), [pending(1)]).judgement.findings).toEqual([]);
});
