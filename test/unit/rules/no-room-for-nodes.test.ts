import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { ruleSuite } from '../../support/rule-suite.ts';

const FULL = { nodes: 8, podCidr: '10.244.0.0/21' };

ruleSuite('no-room-for-nodes', {
  fails: [
    {
      name: 'a pod range whose last podCIDR is taken',
      world: cluster('host-gw', FULL),
      faults: [],
      says: /pod range 10\.244\.0\.0\/21 has no free \/24 left: its 8 nodes use all of it/,
      severity: 'warning',
    },
    {
      name: 'a pod range that the user names',
      world: cluster('fabric', FULL),
      config: { podCIDRs: ['10.244.0.0/21'] },
      faults: [],
      says: /no free \/24 left/,
      severity: 'warning',
    },
  ],
});

test('a range that is only guessed from the podCIDRs is never full', () => {
  expect(judgeWith(cluster('fabric', FULL), []).judgement.findings).toEqual([]);
});

test('one free podCIDR is room', () => {
  expect(judgeWith(cluster('host-gw', { ...FULL, nodes: 7 }), []).judgement.findings).toEqual([]);
});

test('podCIDRs of two lengths leave open which comes next', () => {
  const podCidrs = [['10.244.0.0/24'], ['10.244.1.0/25'], ['10.244.1.128/25']];
  const world = cluster('host-gw', { nodes: 3, podCidrs });
  expect(judgeWith(world, [], { podCIDRs: ['10.244.0.0/23'] }).judgement.findings).toEqual([]);
});

test('an overlay needs room as well', () => {
  const { judgement } = judgeWith(cluster('vxlan', FULL), []);
  expect(judgement.findings.map(({ rule }) => rule)).toEqual(['no-room-for-nodes']);
});
