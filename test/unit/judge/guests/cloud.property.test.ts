import { expect, test } from '@jest/globals';
import { azureCluster } from '../../../../lab/world/azure-cluster.ts';
import * as faults from '../../../../lab/world/faults.ts';
import { inject } from '../../../../lab/world/faults.ts';
import { gceCluster } from '../../../../lab/world/gce-cluster.ts';
import { dice } from '../../../../lab/random/dice.ts';
import { judgeSnapshot } from '../../../../src/judge/judge.ts';
import type { GuestFacts, Snapshot } from '../../../../src/model/snapshot.ts';
import type { KernelChange } from '../../../support/cloud-kernels.ts';
import { withKernels } from '../../../support/cloud-kernels.ts';
import { AUTO, cluster } from '../../../support/judging.ts';
import { snapshotOfWorld } from '../../../support/world-snapshot.ts';

const ec2 = cluster('host-gw', { nodes: 6, subnets: 2 });
const WORLDS = [
  ec2,
  inject(ec2, faults.checkOn('worker-02'), faults.routeMissing('worker-03', [0])).world,
  azureCluster({ name: 'unit', mode: 'host-gw', nodes: 5, subnets: 2 }),
  gceCluster({ name: 'unit', mode: 'host-gw', nodes: 5, subnets: 2 }),
].map((world) => snapshotOfWorld(world));

/** A rule about addresses that nobody has: the kernel then has to be asked packet by packet. */
function asked(facts: GuestFacts): GuestFacts {
  const rule = { priority: 100, from: '203.0.113.0/24', action: 'unreachable' as const };
  return { ...facts, rules4: [...facts.rules4.slice(0, 1), rule, ...facts.rules4.slice(1)] };
}

/** One node's kernel with something else about it; or with nothing. */
function changed(seed: number, snapshot: Snapshot): Record<string, KernelChange> {
  const d = dice(seed);
  const { nodes } = snapshot.cluster;
  const [victim, peer] = [d.pick(nodes), d.pick(nodes)];
  const pods = peer.podCIDRs[0] ?? '';
  const link = (name: string, more: Partial<GuestFacts['links'][number]>): KernelChange => {
    return (facts) => ({ ...facts, links: facts.links.map((one) => (one.name === name ? { ...one, ...more } : one)) });
  };
  const changes: readonly KernelChange[] = [
    (facts) => facts,
    (facts) => ({ ...facts, routes: facts.routes.filter(({ prefix }) => prefix !== pods) }),
    (facts) => ({
      ...facts,
      routes: facts.routes.map((one) =>
        one.prefix === pods ? { ...one, hops: [{ device: 'eth0', gateway: d.pick(nodes).internalIPs[0] ?? '' }] } : one,
      ),
    }),
    (facts) => ({
      ...facts,
      routes: [...facts.routes, { table: 'main', prefix: pods, type: 'blackhole', metric: 0, hops: [] }],
    }),
    link('cni0', { forwarding4: false }),
    link('eth0', { forwarding4: false }),
    link('eth0', { rpFilter: 1 }),
    link('cni0', { up: false }),
    link('eth0', { up: false }),
    ({ firewall: _, ...facts }) => facts,
  ];
  return { [victim.name]: d.pick(changes) };
}

test.each(WORLDS.map((snapshot, index) => [index, snapshot] as const))(
  'world %i: plain ways are told without being followed, and nothing is told otherwise than by following',
  (_, snapshot) => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const changes = changed(seed, snapshot);
      const read = withKernels(snapshot, changes);
      const followed = { ...read, guests: read.guests!.map(asked) };
      const [short, long] = [read, followed].map((one) => judgeSnapshot(one, AUTO));
      const { pairs, roundTrip, matrix } = short!;
      expect({ seed, pairs, roundTrip, matrix }).toEqual({
        seed,
        pairs: long!.pairs,
        roundTrip: long!.roundTrip,
        matrix: long!.matrix,
      });
      for (const [verdict, many] of Object.entries(pairs)) if (many > 0) seen.add(verdict);
    }
    expect([...seen]).toEqual(expect.arrayContaining(['pass', 'fail', 'unknown']));
  },
);
