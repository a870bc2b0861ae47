import { describe, expect, test } from '@jest/globals';
import {
  aclDeniesPods,
  egressClosed,
  groupByReference,
  groupHalfRange,
  groupLostPods,
  groupOnePort,
} from '../../../lab/world/faults/ec2-filters.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { FilterRule } from '../../../src/model/filter.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { admits, withGroupRules } from '../../support/group-rules.ts';
import { denied, ruleSuite } from '../../support/rule-suite.ts';

const RANGE = { podCIDRs: ['10.244.0.0/16'] };

ruleSuite('firewall-excludes-pods', {
  fails: [
    {
      name: 'a group that knows nothing of pods',
      faults: [groupLostPods()],
      says: /security group sg-\w+ admits nothing from pods of 9 nodes \(10\.244\.0\.0\/21 and 10\.244\.8\.0\/24\)/,
      advises: /Add an inbound rule that admits all traffic from 10\.244\.0\.0\/16 to sg-/,
      changes: ['admit-range'],
    },
    {
      name: 'half of a podCIDR',
      faults: [groupHalfRange(4)],
      says: /admits nothing from pods of node worker-05 \(10\.244\.4\.128\/25\)/,
      changes: ['admit-range'],
    },
    {
      name: 'a closed way out',
      world: cluster('fabric'),
      config: RANGE,
      faults: [egressClosed(2)],
      says: /admit nothing to pods of|admits nothing to pods of/,
      advises: /outbound rule/,
      changes: ['admit-range'],
    },
    {
      name: 'one port only: unknown, with a warning',
      faults: [groupOnePort('tcp', 443)],
      says: /admits only tcp 443 from pods of 9 nodes/,
      advises: /set the rule firewall-excludes-pods to off/,
      verdict: 'unknown',
      severity: 'warning',
      changes: ['admit-range'],
    },
    {
      name: 'a group that names itself: unknown, with a warning',
      faults: [groupByReference()],
      says: /Whether the security group .* hangs on rules about sg-/,
      verdict: 'unknown',
      severity: 'warning',
      changes: ['admit-range'],
    },
  ],
  gap: {
    gap: denied('filters', 'ec2:DescribeSecurityGroups'),
    strip: (snapshot) => ({ ...snapshot, fabrics: snapshot.fabrics.map((fabric) => ({ ...fabric, filters: [] })) }),
  },
});

test('a network ACL counts between subnets only, and the free number before its denial is offered', () => {
  const { judgement } = judgeWith(cluster('fabric'), [aclDeniesPods(1, '10.244.0.0/16')], RANGE);
  const found = judgement.findings.filter(({ rule }) => rule === 'firewall-excludes-pods');
  expect(found.length).toBeGreaterThan(0);
  for (const finding of found) {
    expect(finding.what).toMatch(/network ACL acl-\w+ admits nothing/);
    expect(finding.next).toMatch(/before rule \d+, which decides now/);
  }
  const one = judgeWith(cluster('fabric', { subnets: 1 }), [aclDeniesPods(0, '10.244.0.0/16')], RANGE);
  expect(one.judgement.findings).toEqual([]);
});

test('an entry of a network ACL admits one prefix, so as many free numbers in a row are looked for', () => {
  const { snapshot } = judgeWith(cluster('fabric'), [aclDeniesPods(1, '10.244.0.0/16')]);
  // Without a known pod range, several prefixes have to be admitted before rule 90, and 88 is taken.
  const taken: FilterRule = { ...admits('192.0.2.0/24'), rank: 88 };
  const fabrics = snapshot.fabrics.map((fabric) => ({
    ...fabric,
    filters: (fabric.filters === 'unread' ? [] : fabric.filters).map((one) =>
      one.kind === 'network-acl' ? { ...one, rules: [...one.rules, taken] } : one,
    ),
  }));
  const { findings } = judgeSnapshot({ ...snapshot, fabrics }, AUTO);
  const changes = findings.flatMap((finding) => finding.changes).filter((change) => change.kind === 'admit-range');
  expect(changes).not.toHaveLength(0);
  for (const { prefixes, rank = 0 } of changes) {
    expect(prefixes.length).toBeGreaterThan(1);
    expect([rank > 0, rank + prefixes.length <= 88]).toEqual([true, true]);
  }
});

describe('an overlay', () => {
  const { snapshot } = judgeWith(cluster('vxlan'), []);
  const judged = (...rules: FilterRule[]): [string, string[]] => {
    const judgement = judgeSnapshot(withGroupRules(snapshot, rules), AUTO);
    return [judgement.verdict, judgement.findings.map(({ what }) => what)];
  };
  const network = snapshot.fabrics[0]?.networks[0]?.prefixes[0] ?? '';

  test('needs its port between the nodes’ own addresses, and no pod range', () => {
    const vxlan = { ...admits(network), protocol: 'udp', ports: [{ from: 8472, to: 8472 }] };
    expect(judged(vxlan)).toEqual(['not-applicable', []]);
  });

  test('is broken where the port is another', () => {
    const wrong = { ...admits(network), protocol: 'udp', ports: [{ from: 4789, to: 4789 }] };
    const [verdict, texts] = judged(wrong);
    expect(verdict).toBe('fail');
    expect(texts).toEqual([expect.stringMatching(/admits nothing from the tunnel \(VXLAN, UDP 8472\) of 9 nodes/)]);
  });

  test('is broken where only pods are admitted', () => {
    expect(judged(admits('10.244.0.0/16'))[0]).toBe('fail');
  });
});

describe('replies', () => {
  test('come back through a group that would not admit them as questions', () => {
    const { snapshot } = judgeWith(cluster('fabric'), []);
    const ids = snapshot.fabrics.flatMap(({ filters }) => (filters === 'unread' ? [] : filters)).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    // Only pods of the first two nodes may ask anybody.
    const judgement = judgeSnapshot(withGroupRules(snapshot, [admits('10.244.0.0/23')]), AUTO);
    expect(judgement.pairs).toMatchObject({ total: 72, pass: 16, fail: 56 });
    expect(judgement.roundTrip).toMatchObject({ total: 72, pass: 16, fail: 56 });
  });
});

test('rules of both ends together: addresses that none of several rules admits whole', () => {
  const { snapshot } = judgeWith(cluster('fabric'), []);
  const judgement = judgeSnapshot(withGroupRules(snapshot, [admits('10.244.0.0/21', '10.244.8.0/25')]), AUTO);
  expect(judgement.pairs).toMatchObject({ total: 72, pass: 64, partial: 8 });
  expect(judgement.findings.map(({ subjects }) => subjects.prefixes)).toContainEqual(['10.244.8.128/25']);
});

test('switched off, filters are not looked at, and the judgement says so', () => {
  const { snapshot } = judgeWith(cluster('host-gw'), [groupLostPods()]);
  const judgement = judgeSnapshot(snapshot, { ...AUTO, rules: { 'firewall-excludes-pods': 'off' } });
  expect([judgement.verdict, judgement.filtersJudged]).toEqual(['pass', false]);
});
