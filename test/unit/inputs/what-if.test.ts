import { expect, test } from '@jest/globals';
import { parseWhatIf } from '../../../src/inputs/files/what-if.ts';

test('a whole plan', () => {
  const text = `
# Next quarter
cluster-size: 40
pools:
  - name: windows
    count: 3
    subnets: [subnet-1, subnet-2]
    os: windows
    pod-cidr-mask: 25
    pod-cidr-mask-ipv6: 80
    forwarding: on
    like: worker-01
  - { name: zoned, count: 1, zones: eu-west-1a, forwarding: "off" }
`;
  expect(parseWhatIf(text, 'plan.yml')).toEqual({
    clusterSize: 40,
    pools: [
      {
        name: 'windows',
        count: 3,
        subnets: ['subnet-1', 'subnet-2'],
        zones: [],
        os: 'windows',
        podCIDRLengths: { 4: 25, 6: 80 },
        forwarding: 'on',
        like: 'worker-01',
      },
      { name: 'zoned', count: 1, subnets: [], zones: ['eu-west-1a'], podCIDRLengths: {}, forwarding: 'off' },
    ],
  });
});

test('JSON is YAML', () => {
  expect(parseWhatIf('{"cluster-size": 7}', 'plan.json')).toEqual({ clusterSize: 7, pools: [] });
});

test.each([
  ['', /holds no keys/],
  ['pools: 3', /pools is no list/],
  ['pools: []', /plans nothing/],
  ['pool: []', /Did you mean pools\?/],
  ['pools:\n  - name: a\n    cout: 3', /line 3: "cout" is not known here. Did you mean count\?/],
  ['pools:\n  - name: a', /line 2: a pool has no count/],
  ['pools:\n  - count: 1', /a pool has no name/],
  ['pools: [{name: a, count: 0}]', /count is no whole number from 1/],
  ['pools: [{name: a, count: 1}, {name: a, count: 2}]', /two pools are called "a"/],
  ['pools: [{name: a, count: 1, os: solaris}]', /os must be linux or windows/],
  ['pools: [{name: a, count: 1, pod-cidr-mask: 33}]', /no prefix length from 8 to 32/],
  ['pools: [{name: a, count: 1, forwarding: maybe}]', /forwarding must be on or off/],
  ['cluster-size: many', /cluster-size is no whole number/],
  ['pools: [', /line 1: it is no YAML/],
  ['a: 1\na: 2', /it is no YAML/],
])('%j is refused', (text, message) => {
  const parsed = parseWhatIf(text, 'plan.yml');
  const problems =
    'problems' in parsed ? parsed.problems.map(({ where, what, hint }) => `${where}: ${what} ${hint}`) : [];
  expect(problems.join('\n')).toMatch(message);
});
