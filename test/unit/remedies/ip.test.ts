import { expect, test } from '@jest/globals';
import type { HostChange, HostChangeOf } from '../../../src/model/host-change.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { argumentsOf, HOSTILE } from '../../support/shell.ts';

const on = { node: 'a', os: 'linux' } as const;
const to = { prefix: '10.244.2.0/24', gateway: '192.168.1.2', device: 'eth0' };
const v6 = { prefix: 'fd00:2::/64', gateway: 'fe80::2', device: 'eth0' };

function render(...changes: readonly HostChange[]): string[] {
  return [...remediesFor([], changes).ip];
}

function commandsOf(...changes: readonly HostChange[]): string[] {
  return render(...changes).filter((line) => !line.startsWith('#'));
}

const NOW: readonly (readonly [string, HostChange, string])[] = [
  [
    'a route that is missing',
    { ...on, kind: 'set-host-route', route: to },
    'ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0',
  ],
  [
    'a route in the place of one with a metric',
    { ...on, kind: 'set-host-route', route: to, instead: { ...to, gateway: '192.168.1.77', metric: 100 } },
    'ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0 metric 100',
  ],
  [
    'IPv6',
    { ...on, kind: 'set-host-route', route: { ...v6, metric: 1024 } },
    'ip -6 route replace fd00:2::/64 via fe80::2 dev eth0 metric 1024',
  ],
  [
    'a supernet on the link, in a table of its own',
    { ...on, kind: 'set-host-route', route: { prefix: '10.244.0.0/16', device: 'eth0', table: '100' } },
    'ip route replace 10.244.0.0/16 dev eth0 table 100',
  ],
  [
    'a route off',
    { ...on, kind: 'delete-host-route', route: { ...to, metric: 100 } },
    'ip route del 10.244.2.0/24 via 192.168.1.2 dev eth0 metric 100',
  ],
  [
    'a blackhole off',
    { ...on, kind: 'delete-host-route', route: { prefix: '10.244.2.128/25', type: 'blackhole', table: 'main' } },
    'ip route del blackhole 10.244.2.128/25',
  ],
];

test.each(NOW)('%s', (_, change, command) => {
  expect(render(change).slice(0, 2)).toEqual(['# On a, as root:', command]);
});

type Switch = readonly [string, HostChange, now: readonly string[], kept: string | undefined];

const SWITCHES: readonly Switch[] = [
  [
    'all links',
    { ...on, kind: 'set-host-forwarding', family: 4, all: true, devices: [] },
    ['sysctl -w net.ipv4.ip_forward=1'],
    "printf '%s\\n' net.ipv4.ip_forward=1 >> /etc/sysctl.d/99-pod-routes.conf",
  ],
  [
    'a VLAN, in whose name the dot is no separator',
    { ...on, kind: 'set-host-forwarding', family: 4, all: false, devices: ['eth0.100', 'eth1'] },
    ['sysctl -w net/ipv4/conf/eth0.100/forwarding=1 net.ipv4.conf.eth1.forwarding=1'],
    "printf '%s\\n' net/ipv4/conf/eth0.100/forwarding=1 net.ipv4.conf.eth1.forwarding=1 >> /etc/sysctl.d/99-pod-routes.conf",
  ],
  [
    'IPv6, which has one switch',
    { ...on, kind: 'set-host-forwarding', family: 6, all: true, devices: [] },
    ['sysctl -w net.ipv6.conf.all.forwarding=1'],
    "printf '%s\\n' net.ipv6.conf.all.forwarding=1 >> /etc/sysctl.d/99-pod-routes.conf",
  ],
  [
    'the loose filter of a link',
    { ...on, kind: 'set-rp-filter', level: 2, all: false, devices: ['eth0'] },
    ['sysctl -w net.ipv4.conf.eth0.rp_filter=2'],
    "printf '%s\\n' net.ipv4.conf.eth0.rp_filter=2 >> /etc/sysctl.d/99-pod-routes.conf",
  ],
  [
    'no filter',
    { ...on, kind: 'set-rp-filter', level: 0, all: true, devices: ['eth0'] },
    ['sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0'],
    "printf '%s\\n' net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 >> /etc/sysctl.d/99-pod-routes.conf",
  ],
  [
    'a link that sysctl would misread',
    { ...on, kind: 'set-rp-filter', level: 2, all: false, devices: ['a=1 *'] },
    ["echo 2 > '/proc/sys/net/ipv4/conf/a=1 */rp_filter'"],
    undefined,
  ],
  [
    'a link that would be a path',
    { ...on, kind: 'set-rp-filter', level: 2, all: false, devices: ['../../../tmp', '..'] },
    [],
    undefined,
  ],
];

test.each(SWITCHES)('%s', (_, change, now, kept) => {
  const lines = commandsOf(change);
  expect(lines.slice(0, now.length)).toEqual(now);
  expect(lines[now.length]).toBe(kept);
});

test('who turns IPv6 forwarding on is told of router advertisements', () => {
  const change: HostChange = { ...on, kind: 'set-host-forwarding', family: 6, all: true, devices: [] };
  expect(render(change).at(-1)).toContain('accept_ra=2');
});

test('what keeps a route is told once for a link, for each service that may be there', () => {
  const second = { ...to, prefix: '10.244.3.0/24', gateway: '192.168.1.3', metric: 50, table: '100' };
  const routes = [to, second].map((route): HostChange => ({ ...on, kind: 'set-host-route', route }));
  expect(render(...routes)).toEqual([
    '# On a, as root:',
    'ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0',
    'ip route replace 10.244.3.0/24 via 192.168.1.3 dev eth0 metric 50 table 100',
    '# A restart forgets that. Write it down as well, for the service that sets eth0 up; one of:',
    '# systemd-networkd, in the .network file of eth0:',
    '#     [Route]',
    '#     Destination=10.244.2.0/24',
    '#     Gateway=192.168.1.2',
    '#     [Route]',
    '#     Destination=10.244.3.0/24',
    '#     Gateway=192.168.1.3',
    '#     Metric=50',
    '#     Table=100',
    '# netplan, below eth0:',
    '#     routes:',
    '#       - { to: "10.244.2.0/24", via: "192.168.1.2" }',
    '#       - { to: "10.244.3.0/24", via: "192.168.1.3", metric: 50, table: 100 }',
    '# NetworkManager:',
    `#     nmcli connection modify "$(nmcli -g GENERAL.CON-UUID device show eth0)" +ipv4.routes '10.244.2.0/24 192.168.1.2'`,
    `#     nmcli connection modify "$(nmcli -g GENERAL.CON-UUID device show eth0)" +ipv4.routes '10.244.3.0/24 192.168.1.3 50 table=100'`,
  ]);
});

test('routes of several nodes are told apart, and equal lines come once for each', () => {
  const change = (node: string): HostChange => ({ node, os: 'linux', kind: 'delete-host-route', route: to });
  expect(render(change('a'), change('b'), change('a'))).toEqual([
    '# On a, as root:',
    'ip route del 10.244.2.0/24 via 192.168.1.2 dev eth0',
    '# On b, as root:',
    'ip route del 10.244.2.0/24 via 192.168.1.2 dev eth0',
  ]);
});

test('nothing for Windows, and for what is done in the cluster', () => {
  const restart: HostChangeOf<'restart-agent'> = {
    ...on,
    kind: 'restart-agent',
    agent: 'flannel',
    namespace: 'kube-flannel',
    selector: 'app=flannel,tier in (node)',
  };
  expect(render({ ...on, os: 'windows', kind: 'delete-host-route', route: to }, restart)).toEqual([]);
  const { kubectl } = remediesFor([], [restart, restart]);
  expect(kubectl).toEqual([
    '# Restarts flannel on a:',
    "kubectl delete pods --namespace kube-flannel --selector 'app=flannel,tier in (node)' --field-selector spec.nodeName=a",
  ]);
});

test.each(HOSTILE)('a link called %j stays one argument, and ends no comment', (device) => {
  const lines = render(
    { ...on, node: device, kind: 'set-host-route', route: { ...to, device } },
    { ...on, kind: 'set-host-forwarding', family: 4, all: false, devices: [device] },
  );
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  const [route = ''] = lines.filter((line) => line.startsWith('ip '));
  if (process.platform === 'linux') {
    expect(argumentsOf(route)).toEqual(['ip', 'route', 'replace', to.prefix, 'via', to.gateway, 'dev', device]);
  }
  const others = lines.filter((line) => !line.startsWith('#') && !line.startsWith('ip '));
  expect(others.filter((line) => !/^(sysctl -w|echo 1 >|printf|grep) /.test(line))).toEqual([]);
});
