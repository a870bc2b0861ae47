import { deletingNode, duplicatePodCidr, overlappingPodCidr } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_NODES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('podcidr-overlap', {
  fails: [
    {
      name: 'two nodes with one podCIDR',
      faults: [duplicatePodCidr(1, 2)],
      says: /worker-02 and worker-03 hold podCIDRs that share addresses of 10\.244\.1\.0\/24/,
      advises: /kubectl drain/,
    },
    { name: 'a podCIDR inside another', faults: [overlappingPodCidr(1, 2)], says: /share addresses/ },
  ],
  gap: WITHOUT_NODES,
  irrelevant: [duplicatePodCidr(1, 2)],
});

test('a node that is being deleted no longer claims its podCIDR', () => {
  const { judgement } = judgeWith(cluster('fabric'), [duplicatePodCidr(1, 2), deletingNode(2)]);
  expect(judgement.findings).toEqual([]);
});

test('the owner that the route reaches passes, the other fails', () => {
  const { judgement } = judgeWith(cluster('fabric'), [duplicatePodCidr(1, 2)]);
  expect(judgement.pairs.fail).toBe(9);
});
