import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../../lab/world/azure-cluster.ts';
import * as faults from '../../../../lab/world/faults.ts';
import { inject } from '../../../../lab/world/faults.ts';
import { gceCluster } from '../../../../lab/world/gce-cluster.ts';
import { judgeSnapshot } from '../../../../src/judge/judge.ts';
import type { Judgement } from '../../../../src/model/judgement.ts';
import type { GuestFacts, Snapshot } from '../../../../src/model/snapshot.ts';
import type { KernelChange } from '../../../support/cloud-kernels.ts';
import { reroute, withKernels } from '../../../support/cloud-kernels.ts';
import { AUTO, cluster } from '../../../support/judging.ts';
import { snapshotOfWorld } from '../../../support/world-snapshot.ts';

const ONE = { subnets: 1, nodes: 4 } as const;
const healthy = snapshotOfWorld(cluster('host-gw', ONE));

const podsOf = (snapshot: Snapshot, name: string): string =>
  snapshot.cluster.nodes.find((node) => node.name === name)?.podCIDRs[0] ?? '';
const addressOf = (snapshot: Snapshot, name: string): string =>
  snapshot.cluster.nodes.find((node) => node.name === name)?.internalIPs[0] ?? '';

function judge(snapshot: Snapshot, changes: Readonly<Record<string, KernelChange>> = {}): Judgement {
  return judgeSnapshot(withKernels(snapshot, changes), AUTO);
}

/** `rule: nodes` of what fails. */
function failing({ findings }: Judgement): string[] {
  return findings
    .filter(({ verdict, pairsBroken }) => verdict === 'fail' && pairsBroken > 0)
    .map(({ rule, subjects }) => `${rule}: ${subjects.nodes.join()}`)
    .sort();
}

describe('EC2, flannel host-gw in one subnet', () => {
  const noRoutes = inject(cluster('host-gw', ONE)).world;

  test('kernels that say what was assumed change nothing but the evidence', () => {
    const plain = judgeSnapshot(healthy, AUTO);
    const read = judge(healthy);
    expect(read.pairs).toEqual(plain.pairs);
    expect(read.pairs).toMatchObject({ total: 12, pass: 12 });
    expect(read.roundTrip).toMatchObject({ total: 12, pass: 12 });
    expect([plain.evidenceLevel, read.evidenceLevel]).toEqual(['fabric+agent', 'guest']);
  });

  test('a route that the agent did not make: the router takes its packets, and its table decides', () => {
    const pods = podsOf(healthy, 'worker-02');
    const change = { 'worker-01': reroute(pods, undefined) };
    const bare = snapshotOfWorld(noRoutes);
    const tables = bare.fabrics.map((fabric) => ({
      ...fabric,
      tables: fabric.tables.map((table) => ({
        ...table,
        routes: table.routes.filter(({ prefix }) => prefix !== pods),
      })),
    }));
    const lacking = judge({ ...bare, fabrics: tables }, change);
    expect(lacking.pairs).toMatchObject({ pass: 11, fail: 1 });
    expect(failing(lacking)).toEqual(['node-route-missing: worker-01']);
    const routed = tables.map((fabric) => ({
      ...fabric,
      tables: fabric.tables.map((table) => ({
        ...table,
        routes: [
          ...table.routes,
          {
            prefix: pods,
            target: {
              kind: 'interface' as const,
              interface: fabric.interfaces.find((face) => face.addresses.includes(addressOf(bare, 'worker-02')))!.id,
            },
            state: 'active' as const,
            rank: 1,
            origin: 'static' as const,
          },
        ],
      })),
    }));
    expect(judge({ ...bare, fabrics: routed }, change).pairs).toMatchObject({ pass: 12 });
  });

  test('a next hop that no interface of the subnet has', () => {
    const nobody = addressOf(healthy, 'worker-02').replace(/\d+$/, '250');
    const judged = judge(healthy, { 'worker-01': reroute(podsOf(healthy, 'worker-02'), nobody) });
    expect(judged.pairs).toMatchObject({ pass: 11, fail: 1 });
    expect(failing(judged)).toEqual(['node-route-stale-or-wrong: worker-01']);
  });

  test('a next hop that is another node: nobody knows whether that one passes it on', () => {
    const other = addressOf(healthy, 'worker-03');
    const judged = judge(healthy, { 'worker-01': reroute(podsOf(healthy, 'worker-02'), other) });
    expect(judged.pairs).toMatchObject({ pass: 11, unknown: 1 });
  });

  test('a kernel that forwards nothing breaks every pair of its node', () => {
    const off = { forwarding4: false };
    const change = (facts: GuestFacts): GuestFacts => ({
      ...facts,
      all: { ...facts.all, ...off },
      fresh: { ...facts.fresh, ...off },
      links: facts.links.map((link) => ({ ...link, ...off })),
    });
    const judged = judge(healthy, { 'worker-02': change });
    expect(judged.pairs).toMatchObject({ pass: 6, fail: 6 });
    expect(failing(judged)).toEqual(['host-forwarding-off: worker-02']);
  });

  test('the cloud’s own checks still count, in both directions', () => {
    const { world } = inject(cluster('host-gw', ONE), faults.checkOn('worker-02'));
    const judged = judge(snapshotOfWorld(world));
    expect(judged.pairs).toMatchObject({ pass: 6, fail: 6 });
    expect(failing(judged)).toEqual(['cloud-forwarding-off: worker-02']);
  });

  test('where one kernel was not read, the cloud’s word is all there is', () => {
    const read = withKernels(healthy, { 'worker-01': reroute(podsOf(healthy, 'worker-02'), undefined) });
    const judged = judgeSnapshot({ ...read, guests: read.guests!.filter(({ node }) => node !== 'worker-02') }, AUTO);
    expect(judged.pairs).toMatchObject({ pass: 12 });
    expect(judged.evidenceLevel).toBe('fabric+agent');
  });
});

describe('several subnets', () => {
  test('EC2: host routes inside, route tables between', () => {
    const snapshot = snapshotOfWorld(cluster('host-gw'));
    expect(judge(snapshot).pairs).toEqual(judgeSnapshot(snapshot, AUTO).pairs);
    const { world } = inject(cluster('host-gw'), faults.routeMissing('worker-05', [0]), faults.checkOn('worker-08'));
    const broken = snapshotOfWorld(world);
    expect(judge(broken).pairs).toEqual(judgeSnapshot(broken, AUTO).pairs);
    expect(failing(judge(broken))).toEqual(failing(judgeSnapshot(broken, AUTO)));
  });

  test.each([
    ['Azure', azureCluster({ name: 'unit', mode: 'host-gw', nodes: 4, subnets: 1 })],
    ['Compute Engine', gceCluster({ name: 'unit', mode: 'host-gw', nodes: 4, subnets: 1 })],
  ])('%s routes by destination, whatever the next hop is', (_, world) => {
    const snapshot = snapshotOfWorld(world);
    const plain = judgeSnapshot(snapshot, AUTO);
    const nobody = addressOf(snapshot, 'worker-02').replace(/\d+$/, '250');
    const judged = judge(snapshot, { 'worker-01': reroute(podsOf(snapshot, 'worker-02'), nobody) });
    expect(judged.pairs).toEqual(plain.pairs);
    expect(plain.pairs).toMatchObject({ pass: 12 });
  });
});

describe('only the switch for forwarding was read', () => {
  const switchOnly =
    (forwarding4: boolean) =>
    (facts: GuestFacts): GuestFacts => ({
      ...facts,
      links: [],
      routes: [],
      rules4: [],
      all: { forwarding4 },
      fresh: {},
      unread: (['links', 'routes4', 'rules4', 'settings'] as const).map((part) => ({ part, reason: 'not asked for' })),
    });

  test('on: the cloud’s word is all there is', () => {
    const all = Object.fromEntries(healthy.cluster.nodes.map(({ name }) => [name, switchOnly(true)]));
    const judged = judge(healthy, all);
    expect(judged.pairs).toMatchObject({ pass: 12 });
    expect(judged.classes).toHaveLength(1);
    expect(judged.evidenceLevel).toBe('fabric+agent');
  });

  test('off: never green, and the node is named', () => {
    const judged = judge(healthy, { 'worker-02': switchOnly(false) });
    expect(judged.pairs).toMatchObject({ pass: 6, unknown: 6 });
    expect(
      judged.findings.filter(({ rule }) => rule === 'host-forwarding-off').map(({ subjects }) => subjects.nodes),
    ).toEqual([['worker-02']]);
  });
});
