import { expect, test } from '@jest/globals';
import { chooseClouds, CLOUDS } from '../../../src/clouds/registry.ts';
import type { NodeFacts } from '../../../src/model/snapshot.ts';

function node(name: string, providerID?: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    ...(providerID === undefined ? {} : { providerID }),
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

const ON_AWS = node('a', 'aws:///eu-west-1a/i-0a');
const ON_GCP = node('g', 'gce://project/zone/name');
const ON_AZURE = node('z', 'azure:///subscriptions/s');
const HOMELESS = node('h');
const K3S = node('k', 'k3s://k');
const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

test.each([
  ['a node in AWS', [ON_AWS], {}, ['aws']],
  ['a node in AWS and some without a cloud', [HOMELESS, ON_AWS, K3S], {}, ['aws']],
  ['nodes in another cloud than the credentials', [ON_GCP, HOMELESS], KEYS, ['gcp']],
  ['nodes in three clouds', [ON_GCP, ON_AZURE, ON_AWS], {}, ['aws', 'azure', 'gcp']],
  ['no provider id, with keys', [HOMELESS], KEYS, ['aws']],
  ['a provider id of no cloud, with a profile', [K3S], { AWS_PROFILE: 'p' }, ['aws']],
  ['no provider id, with a web identity', [HOMELESS], { AWS_ROLE_ARN: 'r', AWS_WEB_IDENTITY_TOKEN_FILE: 'f' }, ['aws']],
  ['no provider id, with half a web identity', [HOMELESS], { AWS_ROLE_ARN: 'r' }, []],
  ['no provider id, with blanked keys', [HOMELESS], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, []],
  ['no provider id, no credentials', [HOMELESS], {}, []],
  ['only nodes without a machine', [node('f', 'aws:///eu-west-1a/fargate-10.0.0.1')], {}, []],
])('auto: %s', (_, nodes, env, clouds) => {
  expect(chooseClouds('auto', nodes, env).clouds).toEqual(clouds);
});

test('a cloud that is not read is a gap of its own scope, with its nodes by name', () => {
  const { gaps } = chooseClouds(['aws'], [ON_AWS, ON_GCP, ON_AZURE, { ...ON_AZURE, name: 'y' }], {});
  expect(gaps).toEqual([
    {
      facet: 'machines',
      subject: 'machines on Azure',
      scope: 'azure',
      reason: '2 nodes (y, z) run on Azure, which the input cloud does not list',
    },
    {
      facet: 'machines',
      subject: 'machines on Google Cloud',
      scope: 'gcp',
      reason: '1 node (g) run on Google Cloud, which the input cloud does not list',
    },
  ]);
});

test('a cloud that the input leaves out is a gap', () => {
  const { clouds, gaps } = chooseClouds([], [ON_AWS], KEYS);
  expect(clouds).toEqual([]);
  expect(gaps.map((gap) => gap.reason)).toEqual([
    'the input cloud is none, so no machine, interface or route table was read',
  ]);
});

test('an explicit list wins over what the nodes say', () => {
  expect(chooseClouds(['aws', 'aws'], [ON_GCP], {}).clouds).toEqual(['aws']);
  expect(chooseClouds(['aws'], [ON_GCP], {}).gaps.map((gap) => gap.scope)).toEqual(['gcp']);
});

test('nodes without a cloud and without credentials are a gap that says what to do', () => {
  const nodes = ['d', 'c', 'b', 'a'].map((name) => node(name));
  const [gap] = chooseClouds('auto', nodes, {}).gaps;
  expect(gap?.scope).toBeUndefined();
  expect(gap?.reason).toMatch(/^4 nodes \(a, b, c, \.\.\.\) have no provider id.*Log in to the cloud/);
});

test('without nodes there is nothing to be sorry about', () => {
  expect(chooseClouds('auto', [], {})).toEqual({ clouds: [], gaps: [] });
  expect(chooseClouds([], [], {})).toEqual({ clouds: [], gaps: [] });
});

test('every cloud of the list can be hinted at', () => {
  for (const { id, hints } of CLOUDS) {
    expect(hints.length).toBeGreaterThan(0);
    for (const group of hints) {
      const env = Object.fromEntries(group.map((name) => [name, 'x']));
      expect(chooseClouds('auto', [HOMELESS], env).clouds).toEqual([id]);
    }
  }
});
