import { expect, test } from '@jest/globals';
import { noProjectGap, planProjects, projectFromEnv } from '../../../../src/clouds/gcp/projects.ts';
import type { NodeFacts } from '../../../../src/model/snapshot.ts';

function node(name: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    podCIDRs: [],
    internalIPs: [],
    os: 'linux',
    ready: 'True',
    unschedulable: false,
    taints: [],
    labels: {},
    ...more,
  };
}

const inShop = node('a', { providerID: 'gce://shop/europe-west3-b/a', internalIPs: ['10.0.0.1'] });
const inLab = node('b', { providerID: 'gce://lab/europe-west3-a/b' });
const plain = node('c', { internalIPs: ['10.0.0.3', '10.0.0.3', 'none'] });

test('the projects that nodes name, unless others are configured', () => {
  const machines = ['lab/europe-west3-a/b', 'shop/europe-west3-b/a'];
  expect(planProjects([], [inShop, inLab], {})).toEqual({ projects: ['lab', 'shop'], machines, addresses: [] });
  expect(planProjects(['z', 'y', 'z'], [inShop, inLab], { GCP_PROJECT: 'x' }).projects).toEqual(['y', 'z']);
});

test("the environment's project for nodes that name none", () => {
  expect(planProjects([], [plain], { GOOGLE_CLOUD_PROJECT: '', GCLOUD_PROJECT: 'env' })).toEqual({
    projects: ['env'],
    machines: [],
    addresses: ['10.0.0.3'],
  });
  expect(planProjects([], [plain, inShop], { GCP_PROJECT: 'env' }).projects).toEqual(['shop']);
});

test('nothing to look for, no project to read', () => {
  const nodes = [
    node('aws', { providerID: 'aws:///eu-central-1a/i-0123' }),
    node('fargate', { virtual: 'virtual-kubelet', internalIPs: ['10.0.0.9'] }),
  ];
  expect(planProjects(['configured'], nodes, { GCP_PROJECT: 'env' })).toEqual({
    projects: [],
    machines: [],
    addresses: [],
  });
});

test('an odd provider id names no machine', () => {
  expect(planProjects([], [node('x', { providerID: 'gce:///europe-west3-a/x' })], {}).machines).toEqual([]);
});

test('variables in their order, empty ones as unset', () => {
  expect(projectFromEnv({ CLOUDSDK_CORE_PROJECT: 'second', GOOGLE_CLOUD_PROJECT: 'first' })).toBe('first');
  expect(projectFromEnv({ GOOGLE_CLOUD_PROJECT: '', CLOUDSDK_CORE_PROJECT: 'second' })).toBe('second');
  expect(projectFromEnv({})).toBeUndefined();
  expect(noProjectGap().reason).toMatch(/Set gcp-projects$/);
});
