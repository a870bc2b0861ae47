import { describe, expect, test } from '@jest/globals';
import { flannelTold, otherVxlan } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_NODES, ruleSuite } from '../../support/rule-suite.ts';

const mixed = cluster('vxlan', { windows: 2 });
const LINUX = [0, 1, 2, 3, 4, 5, 6];
const DEFAULTS = [otherVxlan(LINUX, { vni: 1, port: 8472 }), flannelTold({ Type: 'vxlan' })];

ruleSuite('vxlan-windows-values', {
  fails: [
    {
      name: 'Linux nodes with the defaults beside Windows nodes',
      world: mixed,
      faults: DEFAULTS,
      says: /^flannel runs vxlan with VNI 1 and UDP port 8472 on worker-01, .*; vxlan with VNI 4096 and UDP port 4789 on Windows windows-01 and windows-02: /,
      advises:
        /^Run kubectl -n kube-flannel edit configmap kube-flannel-cfg, let net-conf\.json say "Backend": \{"Type":"vxlan","VNI":4096,"Port":4789\}, and restart flannel: kubectl -n kube-flannel rollout restart daemonset\/kube-flannel-ds and .*daemonset\/kube-flannel-ds-windows\. .*UDP 4789\.$/,
    },
    {
      name: 'the right VNI on the port that nobody has written down',
      world: mixed,
      faults: [otherVxlan(LINUX, { vni: 4096, port: 8472 }), flannelTold({ Type: 'vxlan', VNI: 4096 })],
      says: /VNI 4096 and UDP port 8472 on worker-01.* UDP port 4789 on Windows/,
    },
    {
      name: 'values with which flannel will not start again on Windows',
      world: mixed,
      faults: [flannelTold({ Type: 'vxlan', VNI: 4096, Port: 8472, DirectRouting: true, GBP: true })],
      severity: 'warning',
      says: /^flannel on Windows does not start with Port 8472, DirectRouting, GBP, which ConfigMap kube-flannel\/kube-flannel-cfg tells it on windows-01 and windows-02\.$/,
      advises: /"Backend": \{"Type":"vxlan","VNI":4096,"Port":4789\} for Linux and Windows nodes alike/,
    },
  ],
  gap: WITHOUT_NODES,
});

describe('the pairs', () => {
  test('between Linux and Windows fail both ways, and the Linux nodes are what has to change', () => {
    const { judgement } = judgeWith(mixed, DEFAULTS);
    expect(judgement.pairs).toMatchObject({ fail: 2 * 7 * 2, notApplicable: 7 * 6 + 2 });
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['vxlan-windows-values']);
    const [finding] = judgement.findings;
    expect(finding?.subjects.nodes).toEqual(LINUX.map((at) => `worker-0${String(at + 1)}`));
    expect(finding?.evidence.map(({ text }) => text)).toEqual([
      'flannel runs vxlan with VNI 1 and UDP port 8472',
      'flannel runs vxlan with VNI 4096 and UDP port 4789, on Windows',
      'backend vxlan, network 10.244.0.0/16',
    ]);
  });

  test('need no cloud', () => {
    const { snapshot } = judgeWith(mixed, DEFAULTS);
    const bare: Snapshot = { ...snapshot, fabrics: [] };
    expect(judgeSnapshot(bare, AUTO).pairs).toMatchObject({ fail: 28, notApplicable: 44 });
  });
});

test('where flannel does not start on Windows, it is an error', () => {
  const { snapshot } = judgeWith(mixed, [flannelTold({ Type: 'vxlan', VNI: 1 })]);
  const { cni } = snapshot.cluster;
  const isWindows = ({ node }: { readonly node: string }): boolean => node.startsWith('windows');
  const changed = {
    ...cni,
    agents: cni.agents.filter((one) => !isWindows(one)),
    notReady: cni.agents.filter(isWindows),
  };
  const judgement = judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, cni: changed } }, AUTO);
  const own = judgement.findings.filter(({ rule }) => rule === 'vxlan-windows-values');
  expect(own).toMatchObject([
    { severity: 'error', verdict: 'fail', subjects: { nodes: ['windows-01', 'windows-02'] } },
  ]);
  expect(own[0]?.why).toMatch(/It does not run\.$/);
});

describe('no alarm', () => {
  test.each<[string, Parameters<typeof judgeWith>[0], Parameters<typeof judgeWith>[1]]>([
    ['the values that Windows needs', mixed, []],
    [
      'a higher VNI, the same everywhere',
      mixed,
      [
        otherVxlan([0, 1, 2, 3, 4, 5, 6, 7, 8], { vni: 5000, port: 4789 }),
        flannelTold({ Type: 'vxlan', VNI: 5000, Port: 4789 }),
      ],
    ],
    ['the defaults without Windows nodes', cluster('vxlan'), []],
    [
      'host-gw with Windows nodes',
      cluster('host-gw', { windows: 2, subnets: 1 }),
      [flannelTold({ Type: 'host-gw', VNI: 1, Port: 8472 })],
    ],
  ])('%s', (_, world, faults) => {
    expect(judgeWith(world, faults).judgement.findings).toEqual([]);
  });

  test('Windows nodes have a configuration of their own', () => {
    const { snapshot } = judgeWith(mixed, []);
    const { cni } = snapshot.cluster;
    const linux = { ...cni.flannel!, directRouting: false };
    const windows = { ...linux, source: 'kube-flannel/kube-flannel-windows-cfg', nodes: ['windows-01', 'windows-02'] };
    const own = { ...cni, flannel: linux, otherFlannels: [windows] };
    expect(judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, cni: own } }, AUTO).findings).toEqual([]);
  });
});
