import { noPodCidr } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_NODES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('podcidr-unassigned', {
  fails: [
    {
      name: 'a node without podCIDR',
      faults: [noPodCidr(1)],
      says: /worker-02 has no podCIDR/,
      advises: /--allocate-node-cidrs/,
    },
    {
      name: 'the same with tunnels between subnets',
      world: cluster('kube-router'),
      faults: [noPodCidr(1)],
      says: /worker-02/,
    },
    { name: 'the same without host routes', world: cluster('fabric'), faults: [noPodCidr(1)], says: /worker-02/ },
  ],
  gap: WITHOUT_NODES,
  irrelevant: [noPodCidr(1)],
});

test('pairs towards it are not applicable, pairs from it are judged', () => {
  const { judgement } = judgeWith(cluster('fabric'), [noPodCidr(1)]);
  expect({ notApplicable: judgement.pairs.notApplicable, pass: judgement.pairs.pass }).toEqual({
    notApplicable: 8,
    pass: 64,
  });
});
