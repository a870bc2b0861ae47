import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Change } from '../../../src/model/plan.ts';
import { remediesFor } from '../../../src/remedies/index.ts';

const place = { cloud: 'gcp', project: 'net-host' } as const;
const machine = 'net-host/europe-west3-a/worker-1';
const route = { place, table: 'net-host/pods', interface: `${machine}/nic0`, machine, node: 'worker-1' } as const;

test.each<[string, Change, string[]]>([
  [
    'forwarding: the whole instance with one line changed',
    { kind: 'set-forwarding', place, interface: 'shop/europe-west3-a/worker-1/nic0', node: 'worker-1' },
    [
      'gcloud compute instances export worker-1 --project shop --zone europe-west3-a --destination worker-1.yaml',
      "{ grep -v '^canIpForward:' worker-1.yaml; echo 'canIpForward: true'; } > worker-1-forwarding.yaml",
      'gcloud compute instances update-from-file worker-1 --project shop --zone europe-west3-a --source worker-1-forwarding.yaml --most-disruptive-allowed-action=REFRESH',
    ],
  ],
  [
    'a new route',
    { kind: 'create-route', ...route, prefix: '10.244.1.0/24' },
    [
      'gcloud compute routes create pods-10-244-1-0-24 --project net-host --network pods --destination-range 10.244.1.0/24 --next-hop-instance worker-1 --next-hop-instance-zone europe-west3-a --priority=1000',
    ],
  ],
  [
    'a new route in a Shared VPC',
    {
      kind: 'create-route',
      ...route,
      machine: 'shop/europe-west3-a/worker-1',
      prefix: 'fd00:10:244:1::/64',
      address: 'fd20::5',
    },
    [
      'gcloud compute routes create pods-fd00-10-244-1-64 --project net-host --network pods --destination-range fd00:10:244:1::/64 --next-hop-address fd20::5 --priority=1000',
    ],
  ],
  [
    'a new route in a Shared VPC, address to be looked up',
    { kind: 'create-route', ...route, machine: 'shop/europe-west3-a/worker-1', prefix: '10.244.1.0/24' },
    [
      `gcloud compute routes create pods-10-244-1-0-24 --project net-host --network pods --destination-range 10.244.1.0/24 --next-hop-address "$(gcloud compute instances describe worker-1 --project shop --zone europe-west3-a --format='value(networkInterfaces[0].networkIP)')" --priority=1000`,
    ],
  ],
  [
    'another target: the new route wins before the old one goes',
    { kind: 'replace-route', ...route, prefix: '10.244.1.0/24', route: 'cluster-1-abc' },
    [
      'gcloud compute routes create pods-10-244-1-0-24 --project net-host --network pods --destination-range 10.244.1.0/24 --next-hop-instance worker-1 --next-hop-instance-zone europe-west3-a --priority=900',
      '# It wins while its priority is below that of the old route. When packets arrive, delete the old one:',
      'gcloud compute routes delete cluster-1-abc --project net-host',
    ],
  ],
  [
    'a deletion',
    { kind: 'delete-route', place, table: 'net-host/pods', prefix: '10.244.9.0/24', route: 'old' },
    ['gcloud compute routes delete old --project net-host'],
  ],
  [
    'a deletion of a route whose name is not known',
    { kind: 'delete-route', place, table: 'net-host/pods', prefix: '10.244.9.0/24' },
    [
      `gcloud compute routes delete "$(gcloud compute routes list --project net-host --filter 'network~"/pods$" AND destRange="10.244.9.0/24"' --format='value(name)')" --project net-host`,
    ],
  ],
  ['an association, which there is none of', { kind: 'associate-table', place, subnet: 's', table: 't' }, []],
  [
    'another cloud',
    { kind: 'delete-route', place: { cloud: 'aws', account: '1', region: 'r' }, table: 't', prefix: '10.0.0.0/8' },
    [],
  ],
])('%s', (_, change, expected) => {
  expect(remediesFor([change]).gcloud).toEqual(expected);
});

test('a route that has our name already is replaced under another', () => {
  const change: Change = { kind: 'replace-route', ...route, prefix: '10.244.1.0/24', route: 'pods-10-244-1-0-24' };
  const [create, , remove] = remediesFor([change]).gcloud;
  expect(create).toContain(' create pods-10-244-1-0-24-new ');
  expect(remove).toContain(' delete pods-10-244-1-0-24 ');
});

test('names stay within what Compute Engine takes', () => {
  const prefix = 'fd00:1111:2222:3333:4444:5555:6666:7777/128';
  for (const present of [undefined, `pods-${prefix.replaceAll(/[:/]/g, '-')}`.slice(0, 63)]) {
    const more = present === undefined ? {} : { route: present };
    const [create = ''] = remediesFor([{ kind: 'replace-route', ...route, prefix, ...more }]).gcloud;
    expect(create).toMatch(/ create [a-z]([-a-z0-9]{0,61}[a-z0-9])? /);
  }
});

test('the middle line changes that one line, whether or not it was there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pod-route-check-'));
  try {
    const [, edit = ''] = remediesFor([
      { kind: 'set-forwarding', place, interface: `${machine}/nic0`, node: 'n' },
    ]).gcloud;
    for (const before of ['canIpForward: false\nname: worker-1\n', 'name: worker-1\n']) {
      writeFileSync(join(folder, 'worker-1.yaml'), before);
      execFileSync('sh', ['-c', edit], { cwd: folder });
      expect(readFileSync(join(folder, 'worker-1-forwarding.yaml'), 'utf8')).toBe(
        'name: worker-1\ncanIpForward: true\n',
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('hostile names stay words', () => {
  const evil = "x'; touch /tmp/owned; '";
  const change: Change = {
    kind: 'delete-route',
    place: { cloud: 'gcp', project: evil },
    table: `p/${evil}`,
    prefix: evil,
    route: evil,
  };
  const [line = ''] = remediesFor([change]).gcloud;
  const words = execFileSync('sh', ['-c', `gcloud() { printf '%s\\n' "$@"; }; ${line}`], { encoding: 'utf8' });
  expect(words.trimEnd().split('\n')).toEqual(['compute', 'routes', 'delete', evil, '--project', evil]);
});
