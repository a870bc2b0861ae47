import { expect, test } from '@jest/globals';
import { needsDefaultRegion, planRegions, regionOfZone } from '../../../../src/clouds/aws/regions.ts';
import type { NodeFacts } from '../../../../src/model/snapshot.ts';

function node(providerID: string | undefined, more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: 'n',
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

test.each([
  ['eu-west-1a', 'eu-west-1'],
  ['us-west-2-lax-1a', 'us-west-2'],
  ['us-east-1-wl1-bos-wlz-1', 'us-east-1'],
  ['us-gov-west-1b', 'us-gov-west-1'],
  ['eusc-de-east-1a', 'eusc-de-east-1'],
  ['ap-southeast-10c', 'ap-southeast-10'],
  ['eu-west-1', undefined],
  ['nova', undefined],
  ['', undefined],
])('the region of %s is %s', (zone, region) => {
  expect(regionOfZone(zone)).toBe(region);
});

test('each node is looked for in the region of its zone', () => {
  const nodes = [node('aws:///us-west-2-lax-1a/i-0b'), node('aws:///eu-west-1a/i-0c'), node('aws:///eu-west-1b/i-0a')];
  expect(needsDefaultRegion([], nodes)).toBe(false);
  expect(planRegions([], nodes, 'us-east-1')).toEqual([
    { region: 'eu-west-1', instances: ['i-0a', 'i-0c'], addresses: [] },
    { region: 'us-west-2', instances: ['i-0b'], addresses: [] },
  ]);
});

test('a node that names no zone is looked for by its label, else everywhere', () => {
  const labelled = node('aws:////i-0a', { labels: { 'topology.kubernetes.io/region': 'eu-north-1' } });
  const nodes = [labelled, node('i-0b'), node('aws:///eu-west-1a/i-0c')];
  expect(needsDefaultRegion([], nodes)).toBe(true);
  const plans = planRegions([], nodes, 'us-east-1').map(({ region, instances }) => [region, instances]);
  expect(plans).toEqual([
    ['eu-north-1', ['i-0a', 'i-0b']],
    ['eu-west-1', ['i-0b', 'i-0c']],
    ['us-east-1', ['i-0b']],
  ]);
});

test('configured regions win; a node elsewhere is looked for in all of them', () => {
  const nodes = [node('aws:///us-east-1a/i-0a'), node('aws:///eu-west-1a/i-0b')];
  const plans = planRegions(['eu-west-1', 'eu-central-1'], nodes, undefined);
  expect(plans.map(({ region, instances }) => [region, instances])).toEqual([
    ['eu-central-1', ['i-0a']],
    ['eu-west-1', ['i-0a', 'i-0b']],
  ]);
});

test('nodes without a cloud give addresses, canonical and once', () => {
  const nodes = [
    node(undefined, { internalIPs: ['10.0.0.2', '2001:DB8:0::1'] }),
    node('k3s://x', { internalIPs: ['10.0.0.1', '10.0.0.2', 'nonsense'] }),
  ];
  expect(needsDefaultRegion([], nodes)).toBe(true);
  expect(planRegions([], nodes, 'eu-west-1')).toEqual([
    { region: 'eu-west-1', instances: [], addresses: ['10.0.0.1', '10.0.0.2', '2001:db8::1'] },
  ]);
  expect(planRegions([], nodes, undefined)).toEqual([]);
});

test('nothing is looked for on behalf of nodes without a machine, other clouds, or ids that are none', () => {
  const nodes = [
    node('aws:///eu-west-1a/fargate-10.0.0.1', { virtual: 'fargate', internalIPs: ['10.0.0.1'] }),
    node('eks-hybrid:///eu-west-1/c/n', { internalIPs: ['10.0.0.2'] }),
    node('gce://p/z/n', { internalIPs: ['10.0.0.3'] }),
    node('aws:///eu-west-1a/i-*'),
  ];
  expect(needsDefaultRegion([], nodes)).toBe(false);
  expect(planRegions(['eu-west-1'], nodes, undefined)).toEqual([]);
});
