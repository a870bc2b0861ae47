import { prefixListRoute, propagatedRoute, shadow } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('route-shadowed', {
  fails: [
    {
      name: 'half of a podCIDR that leads elsewhere',
      faults: [shadow(2, { node: 5 })],
      says: /10\.244\.2\.128\/25 .*takes addresses of podCIDR 10\.244\.2\.0\/24/,
      changes: ['delete-route'],
    },
    {
      name: 'the same by a prefix list, which is not deleted here',
      faults: [prefixListRoute(2, { node: 5 })],
      says: /takes addresses of podCIDR/,
      advises: /comes from pl-/,
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [shadow(2, { node: 5 })],
});

test('only the addresses of the longer route are lost', () => {
  const { judgement } = judgeWith(cluster('fabric'), [shadow(2, { node: 5 })]);
  expect({ partial: judgement.pairs.partial, fail: judgement.pairs.fail }).toEqual({ partial: 8, fail: 0 });
});

test('a propagated route inside the network’s own range loses', () => {
  expect(judgeWith(cluster('fabric'), [propagatedRoute('10.40.3.0/24')]).judgement.findings).toEqual([]);
});
