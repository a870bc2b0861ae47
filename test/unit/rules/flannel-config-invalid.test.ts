import { describe, expect, test } from '@jest/globals';
import type { World } from '../../../lab/world/world.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { CniFacts, FlannelConfig, Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

/** With this in flannel's configuration; `crashes`: flannel gets Ready nowhere. */
function told(world: World, config: Partial<FlannelConfig>, crashes = false): Snapshot {
  const snapshot = snapshotOfWorld(world);
  const { cni } = snapshot.cluster;
  const changed: CniFacts = {
    ...cni,
    flannel: { ...cni.flannel!, ...config },
    ...(crashes ? { agents: [], notReady: cni.agents } : {}),
  };
  return { ...snapshot, cluster: { ...snapshot.cluster, cni: changed } };
}

function found(snapshot: Snapshot): Finding[] {
  return judgeSnapshot(snapshot, AUTO).findings.filter(({ rule }) => rule === 'flannel-config-invalid');
}

const three = cluster('host-gw', { nodes: 3, subnets: 1 });

describe('flannel-config-invalid', () => {
  test('a Network that does not hold the podCIDRs, with what to write instead', () => {
    const [finding, ...others] = found(told(three, { networks: ['10.224.0.0/16'] }, true));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      key: 'flannel-config-invalid/cluster/kube-flannel/kube-flannel-cfg/network4',
      severity: 'error',
      verdict: 'fail',
      subjects: {
        nodes: ['worker-01', 'worker-02', 'worker-03'],
        prefixes: ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24'],
      },
    });
    expect(finding?.what).toBe(
      'flannel’s net-conf.json (ConfigMap kube-flannel/kube-flannel-cfg) has Network 10.224.0.0/16, and the podCIDRs of worker-01, worker-02 and worker-03 are outside of it: 10.244.0.0/24, 10.244.1.0/24 and 10.244.2.0/24.',
    );
    expect(finding?.next).toMatch(
      /^Run kubectl -n kube-flannel edit configmap kube-flannel-cfg .*"Network": "10\.244\.0\.0\/22"\. .* kubectl -n kube-flannel rollout restart daemonset\/kube-flannel-ds\.$/,
    );
  });

  test('only the nodes that are outside are named', () => {
    const [finding] = found(told(three, { networks: ['10.244.0.0/23'] }));
    expect(finding).toMatchObject({ severity: 'warning', subjects: { nodes: ['worker-03'] } });
    expect(finding?.why).toMatch(/^flannel runs there: /);
  });

  test('no Network at all', () => {
    expect(found(told(three, { networks: [] }, true))[0]?.what).toMatch(/ has no Network, /);
  });

  test('the second family lacks where flannel does not start without it', () => {
    const world = cluster('host-gw', { nodes: 2, subnets: 1, ipv6: true });
    const config = { networks: ['10.244.0.0/16'] };
    expect(found(told(world, config))).toEqual([]);
    const [finding] = found(told(world, config, true));
    expect(finding?.what).toMatch(/has no IPv6Network/);
    expect(finding?.next).toMatch(/"EnableIPv6": true, "IPv6Network": "fd00:10:244::\/63"/);
    const [other] = found(told(world, { networks: ['10.244.0.0/16', 'fd00:99::/48'] }));
    expect(other?.what).toMatch(/has IPv6Network fd00:99::\/48/);
  });

  test.each<[string, RegExp, RegExp]>([
    [
      'aws-vpc',
      /asks for backend aws-vpc, which flannel does not have any more since version 0\.20\.0/,
      /"Type":"alloc"/,
    ],
    ['host_gw', /asks for backend host_gw, which flannel does not have;/, /"Type":"host-gw"/],
    ['', /has a Backend without Type/, /"Type":"vxlan"/],
  ])('backend %j', (backendType, says, advises) => {
    const [finding] = found(told(three, { backendType }, true));
    expect(finding).toMatchObject({
      severity: 'error',
      key: 'flannel-config-invalid/cluster/kube-flannel/kube-flannel-cfg/backend',
    });
    expect(finding?.what).toMatch(says);
    expect(finding?.next).toMatch(advises);
    expect(found(told(three, { backendType }))[0]?.severity).toBe('warning');
  });

  test('of two configurations only the wrong one is named, with its own nodes', () => {
    const snapshot = told(three, {});
    const { cni } = snapshot.cluster;
    const other = { ...cni.flannel!, source: 'kube-system/other', networks: ['10.9.0.0/16'], nodes: ['worker-02'] };
    const [finding, ...others] = found({
      ...snapshot,
      cluster: { ...snapshot.cluster, cni: { ...cni, otherFlannels: [other] } },
    });
    expect(others).toEqual([]);
    expect(finding?.subjects.nodes).toEqual(['worker-02']);
  });

  test.each<[string, Snapshot]>([
    ['all is well', told(three, {})],
    ['IPv4 is switched off', told(three, { networks: ['fd00::/8'], ipv4: false })],
    ['a wider network', told(three, { networks: ['10.0.0.0/8'] })],
    ['no Backend, which is udp', told(three, { backendType: 'udp' })],
    ['another agent has ranges of its own', snapshotOfWorld(cluster('calico-bgp'))],
    ['flannel is there and nobody runs it', { ...told(cluster('calico-bgp'), {}), gaps: [] }],
  ])('is silent: %s', (_, snapshot) => {
    expect(found(snapshot)).toEqual([]);
  });

  test('a ConfigMap that may not be read is a gap, and nothing is claimed', () => {
    const snapshot = told(three, {});
    const { flannel: _flannel, ...cni } = snapshot.cluster.cni;
    const gap = {
      facet: 'cni',
      subject: 'ConfigMap kube-flannel/kube-flannel-cfg',
      reason: 'HTTP 403',
      permission: 'get configmaps',
    } as const;
    const judgement = judgeSnapshot({ ...snapshot, gaps: [gap], cluster: { ...snapshot.cluster, cni } }, AUTO);
    expect(judgement.findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(judgement.gaps).toContainEqual(gap);
  });
});
