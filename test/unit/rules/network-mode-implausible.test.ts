import { describe, expect, test } from '@jest/globals';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { JudgeConfig } from '../../../src/judge/judge.ts';
import type { World } from '../../../lab/world/world.ts';
import { cluster, judgeWith } from '../../support/judging.ts';

function found(world: World, config: Partial<JudgeConfig>): Finding[] {
  return judgeWith(world, [], config).judgement.findings.filter(({ rule }) => rule === 'network-mode-implausible');
}

describe('network-mode-implausible', () => {
  test('names the nodes, the evidence and the mode that it speaks for, in one notice', () => {
    const [finding, ...others] = found(cluster('vxlan'), { networkModes: ['host-gw'] });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'notice',
      verdict: 'fail',
      key: 'network-mode-implausible/cluster/network-mode',
    });
    expect(finding?.what).toMatch(
      /^Input network-mode says host-gw, but on .* overlay: flannel runs here with backend vxlan/,
    );
    expect(finding?.subjects.nodes).toHaveLength(9);
    expect(finding?.evidence).toHaveLength(5);
  });

  test('never changes a verdict', () => {
    const world = cluster('vxlan');
    const loud = judgeWith(world, [], { networkModes: ['host-gw'] }).judgement;
    const silent = judgeWith(world, [], {
      networkModes: ['host-gw'],
      rules: { 'network-mode-implausible': 'off' },
    }).judgement;
    expect(silent.findings).toEqual(loud.findings.filter(({ rule }) => rule !== 'network-mode-implausible'));
    const { findings: _a, ...verdicts } = silent;
    const { findings: _b, ...same } = loud;
    expect(verdicts).toEqual(same);
    const healthy = judgeWith(cluster('calico-cross-subnet'), [], { networkModes: ['overlay'] }).judgement;
    expect(healthy.verdict).toBe('not-applicable');
    expect(healthy.findings.map(({ rule }) => rule)).toEqual(['network-mode-implausible']);
  });

  test('a running pod outside the ranges is evidence, too', () => {
    const world = cluster('fabric');
    const pod = world.cluster.pods.find(({ hostNetwork }) => !hostNetwork);
    pod!.podIPs = ['172.30.1.5'];
    const [finding] = found(world, { networkModes: ['fabric'] });
    expect(finding?.subjects.nodes).toEqual([pod!.nodeName]);
    expect(finding?.evidence[0]?.text).toMatch(/address 172\.30\.1\.5, outside the node's 10\.244\.\d+\.0\/24$/);
  });

  test.each<[string, World, Partial<JudgeConfig>]>([
    ['nobody states a mode', cluster('vxlan'), {}],
    ['the mode is what the evidence says', cluster('vxlan'), { networkModes: ['overlay'] }],
    ['several modes are only a choice', cluster('vxlan'), { networkModes: ['host-gw', 'fabric'] }],
    [
      'there is no evidence',
      cluster('fabric', { routeCreated: false, podRoutes: false }),
      { networkModes: ['fabric'] },
    ],
    ['no path is judged either way', cluster('vpc-cni'), { networkModes: ['overlay'] }],
    ['the cloud cannot tell the two apart', gceCluster({ name: 'g', mode: 'host-gw' }), { networkModes: ['fabric'] }],
  ])('is silent where %s', (_, world, config) => {
    expect(found(world, config)).toEqual([]);
  });

  test('can be switched off', () => {
    const rules = { 'network-mode-implausible': 'off' } as const;
    expect(found(cluster('vxlan'), { networkModes: ['host-gw'], rules })).toEqual([]);
  });
});
