import { foreignTable, gatewayTable } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('route-table-not-associated', {
  fails: [
    {
      name: 'a subnet on a foreign table',
      faults: [foreignTable(1)],
      says: /uses route table rtb-\w+, which holds no pod route/,
    },
    {
      name: 'the one table with the routes',
      world: cluster('fabric', { tables: 'shared' }),
      faults: [foreignTable(1)],
      says: /the pod routes are in rtb-/,
      changes: ['associate-table'],
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [foreignTable(1)],
});

test('a table of a gateway governs no subnet', () => {
  expect(judgeWith(cluster('fabric'), [gatewayTable()]).judgement.findings).toEqual([]);
});
