import { expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { findingsOf, judgeGuests, podsOf } from '../../support/guest-cluster.ts';
import { routeTo, windowsCluster } from '../../support/windows-cluster.ts';

const RULE = 'windows-route-not-stored';
const active = routeTo(podsOf('a'), { stored: false });

test('a route that is in the active store only', () => {
  const judgement = judgeGuests(windowsCluster(active));
  const [finding, ...others] = findingsOf(judgement, RULE);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'windows-route-not-stored/cluster/c',
    severity: 'notice',
    verdict: 'fail',
    what: 'After a restart c has no route any more to 10.244.1.0/24.',
    subjects: { nodes: ['c'], prefixes: ['10.244.1.0/24'] },
  });
  const at = "-DestinationPrefix '10.244.1.0/24' -InterfaceAlias 'vEthernet (Ethernet)' -NextHop '192.168.1.1'";
  expect(remediesFor([], finding?.hostChanges).powershell).toEqual([
    '# On c, in PowerShell as administrator:',
    `Remove-NetRoute ${at} -Confirm:$false`,
    `New-NetRoute ${at}`,
  ]);
  expect(judgement.verdict).toBe('pass');
});

const edits: readonly (readonly [string, (snapshot: Snapshot) => Snapshot])[] = [
  [
    'an agent makes its routes',
    ({ cluster, ...rest }) => ({
      ...rest,
      cluster: { ...cluster, cni: { ...cluster.cni, agents: [{ node: 'c', agents: ['flannel'] }] } },
    }),
  ],
  [
    'nobody could see whether an agent makes them',
    ({ cluster, ...rest }) => ({ ...rest, cluster: { ...cluster, cni: { ...cluster.cni, complete: false } } }),
  ],
  [
    'the other store was not read',
    ({ guests = [], ...rest }) => ({
      ...rest,
      guests: guests.map(({ routes, ...facts }) => ({
        ...facts,
        routes: routes.map(({ stored: _stored, ...route }) => route),
      })),
    }),
  ],
];

test.each(edits)('is silent where %s', (_, edit) => {
  expect(findingsOf(judgeGuests(edit(windowsCluster(active))), RULE)).toEqual([]);
});

test('is silent about routes that are in both, and about ranges of nobody', () => {
  expect(findingsOf(judgeGuests(windowsCluster()), RULE)).toEqual([]);
  const strange = windowsCluster(routeTo(podsOf('a'), { prefix: '10.99.0.0/16', stored: false }));
  expect(findingsOf(judgeGuests(strange), RULE)).toEqual([]);
});
