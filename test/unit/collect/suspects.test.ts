import { expect, test } from '@jest/globals';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { suspectsIn } from '../../../src/collect/collect.ts';
import { cluster } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

const ec2 = snapshotOfWorld(cluster('fabric', { nodes: 2 }));
const gce = snapshotOfWorld(gceCluster({ name: 'g', mode: 'fabric', nodes: 2 }));
const both = { ...ec2, fabrics: [...ec2.fabrics, ...gce.fabrics] };
const faces = [ec2, gce].map((snapshot) => snapshot.fabrics[0]?.interfaces[0]?.id ?? '');
const suspects = { nodes: ['worker-01'], machines: [], interfaces: [...faces, 'eni-gone'], tables: [], filters: [] };

test('no cloud is asked for the ids of another', () => {
  expect(suspectsIn('aws', suspects, both).interfaces).toEqual([faces[0]]);
  expect(suspectsIn('gcp', suspects, both).interfaces).toEqual([faces[1]]);
});

test('the only cloud is asked for everything, also for what no reading knew', () => {
  expect(suspectsIn('aws', suspects, ec2)).toEqual(suspects);
});
