import { expect, test } from '@jest/globals';
import { parsePortSecurity } from '../../../src/inputs/files/port-security.ts';

test('entries by node, in canonical words', () => {
  const text = `
- { node: b, allowed: any }
- node: a
  allowed: [10.244.1.7/24, 192.0.2.9, "fd00::0:1", fd00:244::/64, 192.0.2.9/32]
- node: c
  allowed: []
`;
  expect(parsePortSecurity(text, 'ports.yaml')).toEqual({
    source: 'file ports.yaml',
    ports: [
      { node: 'a', allowed: ['10.244.1.0/24', '192.0.2.9/32', 'fd00:244::/64', 'fd00::1/128'] },
      { node: 'b' },
      { node: 'c', allowed: [] },
    ],
  });
});

test('JSON is YAML', () => {
  expect(parsePortSecurity('[{"node": "a", "allowed": "any"}]', 'ports.json')).toEqual({
    source: 'file ports.json',
    ports: [{ node: 'a' }],
  });
});

test.each([
  ['', /port-security, ports\.yaml: it is no list of nodes\. Write for example/],
  ['[]', /no list of nodes/],
  ['node: a', /no list of nodes/],
  ['- a', /line 1: an entry is no mapping/],
  ['- allowed: any', /line 1: an entry has no node/],
  ['- node: a', /line 1: an entry says not what is allowed\. Write any, or a list/],
  ['- node: a\n  alowed: any', /line 2: "alowed" is not known here\. Did you mean allowed\?/],
  ['- node: a\n  allowed: 10.0.0.0/8', /line 2: allowed is neither a list nor any/],
  ['- node: a\n  allowed: [ANY]', /line 2: "ANY" is no address and no network/],
  ['- node: a\n  allowed: [10.0.0.0/33]', /"10\.0\.0\.0\/33" is no address and no network/],
  ['- node: a\n  allowed: [7]', /an item of allowed is no text/],
  ['- { node: a, allowed: any }\n- { node: a, allowed: [] }', /two entries for node "a"/],
  ['- node: 7\n  allowed: any', /node is no text/],
  ['- [', /it is no YAML/],
])('%j is refused', (text, message) => {
  const parsed = parsePortSecurity(text, 'ports.yaml');
  const problems =
    'problems' in parsed ? parsed.problems.map(({ where, what, hint }) => `${where}: ${what} ${hint}`) : [];
  expect(problems.join('\n')).toMatch(message);
});
