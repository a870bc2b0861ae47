import { describe, expect, test } from '@jest/globals';
import { checkOn, foreignTable, nodeIpOnSecond, routeMissing } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('asymmetric-path', {
  fails: [
    {
      name: 'a node that nobody can answer',
      world: cluster('fabric'),
      faults: [routeMissing(2)],
      says: /^On 8 of 72 pod paths packets arrive and no reply gets back, such as from worker-03 to worker-01 and 2 more\.$/,
      advises: /fabric-route-missing/,
      severity: 'notice',
    },
    {
      name: 'a subnet whose table knows no pods',
      world: cluster('fabric'),
      faults: [foreignTable(1)],
      says: /^On 18 of 72 pod paths/,
      advises: /route-table-not-associated/,
      severity: 'notice',
    },
    {
      name: 'one family of two',
      world: cluster('fabric', { ipv6: true }),
      faults: [routeMissing(2, 'all', 6)],
      says: /^On 8 of 72 pod paths/,
      severity: 'notice',
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [foreignTable(1)],
});

function explained(...args: Parameters<typeof judgeWith>): string[] {
  return judgeWith(args[0], args[1]).judgement.findings.map(({ rule }) => rule);
}

describe('is silent about', () => {
  test('a way back that is another one, and works', () => {
    // Packets to the node leave through another subnet’s table than its own do.
    const world = cluster('host-gw', { subnets: 2 });
    const { judgement } = judgeWith(world, [nodeIpOnSecond(2, false, 'primary', 1)]);
    expect(judgement.verdict).toBe('pass');
    expect(judgement.findings.map(({ rule }) => rule)).not.toContain('asymmetric-path');
  });

  test('paths that fail in both directions', () => {
    expect(explained(cluster('fabric'), [checkOn(3)])).not.toContain('asymmetric-path');
  });

  test('a way back that nobody knows', () => {
    const { snapshot } = judgeWith(cluster('fabric'), []);
    const gap = { facet: 'routes' as const, subject: 'route table', scope: snapshot.fabrics[0]!.id, reason: 'denied' };
    const fabrics = snapshot.fabrics.map((fabric) => ({
      ...fabric,
      subnets: fabric.subnets.map((subnet, index) => {
        const { table: _table, tableBy: _by, ...rest } = subnet;
        return index === 1 ? rest : subnet;
      }),
    }));
    const judgement = judgeSnapshot({ ...snapshot, fabrics, gaps: [gap] }, AUTO);
    expect({ pass: judgement.pairs.pass, unknown: judgement.roundTrip.unknown }).toEqual({ pass: 48, unknown: 42 });
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['evidence-incomplete']);
  });
});

test('it explains and is no cause of its own', () => {
  const { judgement } = judgeWith(cluster('fabric'), [routeMissing(2)]);
  expect(judgement.causes.map(({ finding }) => finding.split('/')[0])).toEqual(['fabric-route-missing']);
  const [cause] = judgement.causes;
  const found = judgement.findings.find(({ rule }) => rule === 'asymmetric-path');
  expect(found?.pairsBroken).toBe(0);
  expect(found?.evidence[0]).toEqual({
    source: 'IPv4 from worker-03 to worker-01, worker-04 and worker-07',
    text: `packets arrive, replies are lost: ${cause?.finding ?? ''}`,
  });
  expect(found?.evidence).toHaveLength(3);
});
