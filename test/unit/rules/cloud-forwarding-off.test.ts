import { checkOn, nodeIpOnSecond, secondInterface } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_INTERFACES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('cloud-forwarding-off', {
  fails: [
    {
      name: 'one check left on',
      faults: [checkOn(3)],
      says: /source\/destination check of eni-\w+.*is on/,
      changes: ['set-forwarding'],
    },
    {
      name: 'a check in a cluster without host routes',
      world: cluster('fabric'),
      faults: [checkOn(3)],
      says: /worker-04/,
      changes: ['set-forwarding'],
    },
  ],
  gap: WITHOUT_INTERFACES,
  irrelevant: [checkOn(3)],
});

test('an interface that no pod packet uses may keep its check', () => {
  expect(judgeWith(cluster('host-gw'), [secondInterface(2, true)]).judgement.findings).toEqual([]);
});

test('the interface that carries the node address decides, not the primary one', () => {
  const { judgement } = judgeWith(cluster('host-gw', { subnets: 1 }), [nodeIpOnSecond(2, true)]);
  expect(withoutEchoes(judgement.findings).map((finding) => finding.rule)).toEqual(['cloud-forwarding-off']);
});
