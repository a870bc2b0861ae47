import { expect, test } from '@jest/globals';
import { formatLink, parseLink, type Link } from '../../../../src/report/page/links.ts';

const LINKS: readonly Link[] = [
  { kind: 'pair', from: 'worker-01', to: 'ip-10-0-0-1.eu-west-1.compute.internal' },
  { kind: 'pair', from: 'a,b=c', to: '#100% & <more>' },
  { kind: 'finding', key: 'fabric-route-missing/aws/1/eu-west-1/10.244.3.0/24' },
  { kind: 'node', name: 'worker-01' },
];

test.each(LINKS)('%j comes back from its address', (link) => {
  const hash = formatLink(link);
  expect(parseLink(hash)).toEqual(link);
  // As a browser has it, nothing that it would encode once more is left.
  expect(new URL(hash, 'file:///report.html').hash).toBe(hash.replaceAll("'", '%27'));
});

test.each(['', '#', '#nodes', '#pair=a', '#pair=a,', '#pair=,b', '#node=', '#finding=%', '#other=a', 'node=a'])(
  '%j is no link of ours',
  (hash) => {
    expect(parseLink(hash)).toBeUndefined();
  },
);
