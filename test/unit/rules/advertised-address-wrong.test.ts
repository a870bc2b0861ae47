import { describe, expect, test } from '@jest/globals';
import { advertises } from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { FlannelAnnotations, Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

type Notes = Readonly<Record<string, Partial<FlannelAnnotations>>>;

function noted(world: World, notes: Notes): Snapshot {
  const snapshot = snapshotOfWorld(world);
  const nodes = snapshot.cluster.nodes.map((node) =>
    notes[node.name] === undefined ? node : { ...node, flannel: { ...node.flannel, ...notes[node.name] } },
  );
  return { ...snapshot, cluster: { ...snapshot.cluster, nodes } };
}

function found(snapshot: Snapshot): Finding[] {
  return judgeSnapshot(snapshot, AUTO).findings.filter(({ rule }) => rule === 'advertised-address-wrong');
}

const tunnels = cluster('vxlan', { nodes: 3, subnets: 1 });
const NAT = { publicIP: '10.0.2.15' };

describe('advertised-address-wrong', () => {
  test('one address for several nodes is one finding, as in virtual machines with a link of their own kind', () => {
    const [finding, ...others] = found(noted(tunnels, { 'worker-01': NAT, 'worker-02': NAT, 'worker-03': NAT }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      key: 'advertised-address-wrong/cluster/10.0.2.15',
      severity: 'error',
      verdict: 'fail',
      subjects: { nodes: ['worker-01', 'worker-02', 'worker-03'] },
    });
    expect(finding?.what).toBe(
      'flannel announces 10.0.2.15 for worker-01, worker-02 and worker-03: one address cannot lead to 3 nodes.',
    );
    expect(finding?.next).toMatch(/--iface=LINK/);
  });

  test('an address of another node', () => {
    const [first, second] = snapshotOfWorld(tunnels).cluster.nodes;
    const [address = ''] = first?.internalIPs ?? [];
    const moved = noted(tunnels, { [second!.name]: { publicIP: address }, [first!.name]: { publicIP: '10.40.0.99' } });
    expect(found(moved)[0]?.what).toBe(
      `flannel announces ${address} for worker-02, which is the address of worker-01.`,
    );
  });

  test.each(['127.0.0.1', '169.254.3.4', '0.0.0.0'])('%s, which leads to nobody else', (publicIP) => {
    const [finding] = found(noted(tunnels, { 'worker-02': { publicIP } }));
    expect(finding?.what).toMatch(/reached by nobody but the node itself\.$/);
    expect(finding?.next).toMatch(/kubectl annotate node worker-02 flannel\.alpha\.coreos\.com\/public-ip-overwrite-/);
  });

  test('an overwritten next hop', () => {
    const notes = { publicIP: '198.51.100.7', publicIPOverwrite: '198.51.100.7' };
    const world = cluster('host-gw', { nodes: 3, subnets: 1, providerIds: false });
    const [finding] = found({ ...noted(world, { 'worker-02': notes }), fabrics: [] });
    expect(finding).toMatchObject({ severity: 'warning', key: 'advertised-address-wrong/cluster/worker-02' });
    expect(finding?.next).toMatch(/^Remove it \(kubectl annotate node worker-02 /);
  });

  test('a next hop that the walk has found wrong already is not said twice', () => {
    const { judgement } = judgeWith(cluster('host-gw', { subnets: 1 }), [advertises(2, '10.40.9.9')]);
    expect(judgement.findings.map(({ rule }) => rule)).toContain('host-gw-off-link');
    expect(judgement.findings.map(({ rule }) => rule)).not.toContain('advertised-address-wrong');
  });

  test.each<[string, Snapshot]>([
    ['all announce their own address', noted(tunnels, {})],
    ['a link of its own for pods', noted(tunnels, { 'worker-02': { publicIP: '10.99.0.2' } })],
    [
      'a tunnel’s end that is reached through a router',
      noted(tunnels, { 'worker-02': { publicIP: '198.51.100.7', publicIPOverwrite: '198.51.100.7' } }),
    ],
    ['another agent', noted(cluster('calico-bgp', { nodes: 3 }), { 'worker-01': NAT, 'worker-02': NAT })],
  ])('is silent: %s', (_, snapshot) => {
    expect(found(snapshot)).toEqual([]);
  });

  test('annotations of a flannel that does not run are left over', () => {
    const snapshot = noted(tunnels, { 'worker-01': NAT, 'worker-02': NAT });
    const cni = { agents: [], complete: true };
    expect(found({ ...snapshot, cluster: { ...snapshot.cluster, cni } })).toEqual([]);
  });
});
