import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../../lab/world/azure-cluster.ts';
import { ec2Cluster } from '../../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../../lab/world/faults.ts';
import { gceCluster } from '../../../../lab/world/gce-cluster.ts';
import { FABRIC_BEHAVIOUR } from '../../../../src/judge/behaviour.ts';
import { FACETS } from '../../../../src/model/snapshot.ts';
import { NEIGHBOURS_BYPASS_TABLES, planPath, type PairPath } from '../../../../src/report/page/hops.ts';
import type { PageModel } from '../../../../src/report/page/model.ts';
import { placeFinding } from '../../../../src/report/page/places.ts';
import { finding, judgedNode, judgement, view } from '../worlds.ts';
import { nodeNamed, pageOf, pageOfWorld } from './pages.ts';

const shape = { name: 'hops', nodes: 6, subnets: 2 };

function pathOf(model: PageModel, from: string, to: string): PairPath {
  return planPath(model, nodeNamed(model, from), nodeNamed(model, to));
}

function states({ hops }: PairPath): string[] {
  return hops.map(({ kind, state, findings }) => [kind, state, ...findings.map(({ rule }) => rule)].join(' '));
}

/** Odd workers are in the first subnet. */
const EC2 = pageOfWorld(
  ec2Cluster({ ...shape, mode: 'host-gw' }),
  faults.checkOn('worker-03'),
  faults.routeMissing('worker-05', [1]),
);

describe('a fault stands at the hop that it is about', () => {
  test('a check at the sender, then nothing', () => {
    expect(states(pathOf(EC2, 'worker-03', 'worker-01'))).toEqual([
      'pod-from fine',
      'kernel-from unread',
      'interface-from fault cloud-forwarding-off',
      'way fine',
      'filters fine',
      'interface-to fine',
      'kernel-to unread',
      'pod-to fine',
    ]);
  });

  test('the same check at the receiver', () => {
    const path = pathOf(EC2, 'worker-01', 'worker-03');
    expect(states(path)).toContain('interface-to fault cloud-forwarding-off');
    expect(states(path)).toContain('interface-from fine');
    expect(path).toMatchObject({ verdict: 'fail', roundTrip: 'fail' });
  });

  test('a missing route at the table, from the subnet whose table lacks it', () => {
    expect(states(pathOf(EC2, 'worker-02', 'worker-05'))).toContain('way fault fabric-route-missing');
    expect(pathOf(EC2, 'worker-01', 'worker-05')).toMatchObject({ verdict: 'pass', roundTrip: 'pass' });
    // The replies need no such route, but the question does not get there.
    expect(pathOf(EC2, 'worker-05', 'worker-02')).toMatchObject({ verdict: 'pass', roundTrip: 'fail' });
  });
});

describe('the way between the interfaces is', () => {
  const gce = pageOfWorld(gceCluster({ ...shape, mode: 'host-gw' }));
  const azure = pageOfWorld(azureCluster({ ...shape, mode: 'host-gw' }));
  const overlay = pageOfWorld(ec2Cluster({ ...shape, mode: 'vxlan' }));
  const mixed = pageOfWorld(ec2Cluster({ ...shape, mode: 'calico-cross-subnet' }));
  test.each<readonly [string, PageModel, string, string]>([
    ['inside a subnet of EC2', EC2, 'worker-06', 'Inside the subnet'],
    ['between subnets of EC2', EC2, 'worker-01', 'Subnet and route table'],
    ['inside a subnet of Compute Engine', gce, 'worker-06', 'Subnet and route table'],
    ['inside a subnet of Azure', azure, 'worker-06', 'Subnet and route table'],
    ['under an overlay', overlay, 'worker-01', 'Tunnel'],
    ['in mode cross-subnet inside one', mixed, 'worker-06', 'Inside the subnet'],
    ['in mode cross-subnet between two', mixed, 'worker-01', 'Tunnel between subnets'],
  ])('%s', (_, model, to, title) => {
    const path = pathOf(model, 'worker-02', to);
    expect(path.hops.find(({ kind }) => kind === 'way')?.title).toBe(title);
    const isJudged = path.verdict !== 'not-applicable';
    expect(path.hops.every(({ state }) => (state === 'idle') !== isJudged)).toBe(true);
    expect(title.startsWith('Tunnel')).toBe(!isJudged);
  });

  test('told as the judge has it', () => {
    const judged = Object.entries(FABRIC_BEHAVIOUR).map(([kind, row]) => [kind, row.onLinkBypassesTables]);
    expect(NEIGHBOURS_BYPASS_TABLES).toEqual(Object.fromEntries(judged));
  });
});

describe('a gap stands where it leaves a doubt', () => {
  const [from, to] = pageOf(view(judgement({ nodes: [judgedNode(1), judgedNode(2)] }))).nodes;
  const gap = (facet: string): Parameters<typeof placeFinding>[0] => ({
    ...finding({ rule: 'evidence-incomplete', key: `evidence-incomplete/${facet}/aws/1`, verdict: 'unknown' }),
    grade: 'unknown',
    impact: null,
    standing: 'new',
    authors: [],
    standingText: null,
    accepted: null,
    about: '',
    evidence: [],
    otherPathsBroken: 0,
    remedies: { aws: [], gcloud: [], az: [], kubectl: [], ip: [], powershell: [], terraform: [] },
    scripts: [],
  });

  test.each([
    ['routes', ['way']],
    ['filters', ['filters']],
    ['interfaces', ['interface-from', 'interface-to']],
    ['limits', []],
    ['a facet of tomorrow', []],
  ])('%s: %j', (facet, kinds) => {
    expect(placeFinding(gap(facet), from!, to!)).toEqual(kinds);
  });

  test('every facet has a place or is about the whole path', () => {
    const everywhere = FACETS.map((facet) => placeFinding(gap(facet), from!, to!).length);
    expect(Math.max(...everywhere)).toBe(2);
  });
});
