/** Planned changes and their way back, for every tool; and Terraform for all that EC2 takes. */
import { describe, expect, test } from '@jest/globals';
import * as faults from '../../../lab/world/faults.ts';
import type { Change } from '../../../src/model/plan.ts';
import type { PlannedChange, TargetState } from '../../../src/model/planned.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { remediesOf, undoRemediesOf } from '../../../src/remedies/planned.ts';
import { undoChange } from '../../../src/plan/undo.ts';
import { cluster } from '../../support/judging.ts';
import { planFor } from '../../support/planning.ts';

const { plan } = planFor(
  cluster('host-gw'),
  [
    faults.checkOn(3),
    faults.routeMissing(2),
    faults.wrongTarget(1, { gateway: 'igw' }),
    faults.staleRoute('10.244.77.0/24', [0], 6),
  ],
  { kinds: ['set-forwarding', 'create-route', 'replace-route', 'delete-route'] },
);

function find(kind: string): PlannedChange {
  return plan.changes.find((change) => change.kind === kind)!;
}

test('the commands of a planned change are those of its finding', () => {
  const { input } = planFor(cluster('host-gw'), [faults.checkOn(3), faults.routeMissing(2)]);
  const suggested = input.judgement.findings.flatMap(({ changes }) => remediesFor(changes).aws).sort();
  const { plan: again } = planFor(cluster('host-gw'), [faults.checkOn(3), faults.routeMissing(2)]);
  expect(again.changes.flatMap((change) => remediesOf(change).aws).sort()).toEqual(suggested);
});

test.each([
  ['set-forwarding', /modify-network-interface-attribute .* --no-source-dest-check /, / --source-dest-check /],
  [
    'create-route',
    /create-route .*--network-interface-id eni-/,
    /delete-route .*--destination-cidr-block 10\.244\.2\.0\/24/,
  ],
  ['replace-route', /replace-route .*--network-interface-id eni-/, /replace-route .*--gateway-id igw-/],
  [
    'delete-route',
    /delete-route .*10\.244\.77\.0\/24/,
    /create-route .*10\.244\.77\.0\/24 --network-interface-id eni-/,
  ],
])('%s and its way back', (kind, way, back) => {
  const change = find(kind);
  expect(remediesOf(change).aws.join('\n')).toMatch(way);
  expect(undoRemediesOf(change).aws.join('\n')).toMatch(back);
  // What the undo file would do, and what the text says, is the same.
  expect(remediesOf(undoChange(change)!)).toEqual(undoRemediesOf(change));
});

test('what cannot be taken back has no commands for it', () => {
  const change: PlannedChange = { ...find('replace-route'), undo: { possible: false, reason: 'gone' } };
  expect(undoRemediesOf(change)).toEqual(remediesFor([]));
});

describe('the other clouds', () => {
  const gcp = { cloud: 'gcp', project: 'p' } as const;
  const azure = { cloud: 'azure', subscription: 's' } as const;
  const machine = 'p/zone-a/vm';
  const base = { ...find('replace-route'), precondition: { attached: { interface: `${machine}/nic0`, machine } } };
  const to = (before: TargetState, after: TargetState) => ({ before, after });

  test('Compute Engine: to an instance, and back to an address or a gateway', () => {
    const target = { kind: 'route', table: 'p/net', prefix: '10.244.1.0/24', name: 'r' } as const;
    const change: PlannedChange = {
      ...base,
      place: gcp,
      target,
      ...to(
        { kind: 'route', to: { kind: 'gateway', gateway: 'internet', id: 'default-internet-gateway' } },
        { kind: 'route', to: { kind: 'machine', machine } },
      ),
    };
    expect(remediesOf(change).gcloud[0]).toContain('--next-hop-instance vm --next-hop-instance-zone zone-a');
    expect(undoRemediesOf(change).gcloud[0]).toContain('--next-hop-gateway default-internet-gateway');
  });

  test('Azure: to an address, and back to nothing', () => {
    const table = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/t';
    const change: PlannedChange = {
      ...base,
      place: azure,
      target: { kind: 'route', table, prefix: '10.244.1.0/24', name: 'a' },
      ...to({ kind: 'route', to: { kind: 'none' } }, { kind: 'route', to: { kind: 'address', address: '10.0.0.4' } }),
    };
    expect(remediesOf(change).az[0]).toContain('--next-hop-type VirtualAppliance --next-hop-ip-address 10.0.0.4');
    expect(undoRemediesOf(change).az[0]).toContain('--next-hop-type None');
  });
});

test('Compute Engine: back to the priority, tags and text that a route had', () => {
  const machine = 'p/zone-a/vm';
  const change: PlannedChange = {
    ...find('delete-route'),
    place: { cloud: 'gcp', project: 'p' },
    target: { kind: 'route', table: 'p/net', prefix: '10.244.9.0/24', name: 'old' },
    before: { kind: 'route', to: { kind: 'machine', machine }, rank: 30, scopeTags: ['a', 'b'], description: "it's" },
    after: { kind: 'absent' },
  };
  const undo = undoRemediesOf(change);
  expect(undo.gcloud).toEqual([
    `gcloud compute routes create old --project p --network net --destination-range 10.244.9.0/24 --next-hop-instance vm --next-hop-instance-zone zone-a --priority=30 --tags=a,b --description 'it'\\''s'`,
  ]);
  expect(undo.terraform).toEqual([
    'resource "google_compute_route" "pods_old" {',
    '  project                = "p"',
    '  name                   = "old"',
    '  network                = "net"',
    '  dest_range             = "10.244.9.0/24"',
    '  priority               = 30',
    '  next_hop_instance      = "vm"',
    '  next_hop_instance_zone = "zone-a"',
    '  tags                   = ["a", "b"]',
    '  description            = "it\'s"',
    '}',
  ]);
});

describe('Terraform for Compute Engine', () => {
  const place = { cloud: 'gcp', project: 'host' } as const;
  const route = { place, table: 'host/net', interface: 'p/z/vm/nic0', node: 'a', prefix: '10.244.1.0/24' } as const;

  test.each<[string, Change, RegExp]>([
    [
      'forwarding',
      { kind: 'set-forwarding', place, interface: 'p/z/vm/nic0', node: 'a' },
      /holds vm in z of p; nothing restarts:\ncan_ip_forward = true$/,
    ],
    [
      'forwarding, off again',
      { kind: 'set-forwarding', place, interface: 'p/z/vm/nic0', node: 'a', forwarding: 'off' },
      /can_ip_forward = false$/,
    ],
    ['a Shared VPC', { kind: 'create-route', ...route, address: '10.0.0.4' }, /next_hop_ip += "10\.0\.0\.4"/],
    [
      'the internet',
      { kind: 'create-route', ...route, to: internet() },
      /next_hop_gateway += "default-internet-gateway"/,
    ],
    [
      'another next hop, under the name that is there',
      { kind: 'replace-route', ...route, machine: 'host/z/vm', route: 'r' },
      /packets are lost meanwhile[^]*name += "r"[^]*next_hop_instance +=[^]*id = "projects\/host\/global\/routes\/r"/,
    ],
    [
      'what no argument names',
      { kind: 'create-route', ...route, to: { kind: 'gateway', gateway: 'vpn', id: 't' } },
      /^# There is no argument of google_compute_route/,
    ],
    ['a deletion', { kind: 'delete-route', place, table: 'host/net', prefix: '10.244.9.0/24' }, /^# Take the google_/],
  ])('%s', (_, change, text) => {
    expect(remediesFor([change]).terraform.join('\n')).toMatch(text);
  });

  function internet() {
    return { kind: 'gateway', gateway: 'internet', id: 'default-internet-gateway' } as const;
  }
});

describe('Terraform', () => {
  const place = { cloud: 'aws', account: '123456789012', region: 'eu-west-1' } as const;
  const route = { place, table: 'rtb-1', interface: 'eni-1', node: 'a', prefix: '10.244.1.0/24' } as const;
  const admit = { kind: 'admit-range', place, filter: 'sg-1', direction: 'in', prefixes: ['10.244.0.0/16'] } as const;

  test.each<[string, Change, string[]]>([
    [
      'the check of an interface',
      { kind: 'set-forwarding', place, interface: 'eni-1', node: 'a' },
      [
        '# In the resource that holds eni-1: aws_network_interface, or aws_instance for its first:',
        'source_dest_check = false',
      ],
    ],
    [
      'a new route',
      { kind: 'create-route', ...route },
      [
        'resource "aws_route" "pods_rtb_1_10_244_1_0_24" {',
        '  route_table_id         = "rtb-1"',
        '  destination_cidr_block = "10.244.1.0/24"',
        '  network_interface_id   = "eni-1"',
        '}',
      ],
    ],
    [
      'a route that is there, IPv6',
      { kind: 'replace-route', ...route, prefix: 'fd00:1::/64' },
      [
        'resource "aws_route" "pods_rtb_1_fd00_1_64" {',
        '  route_table_id              = "rtb-1"',
        '  destination_ipv6_cidr_block = "fd00:1::/64"',
        '  network_interface_id        = "eni-1"',
        '}',
        'import {',
        '  to = aws_route.pods_rtb_1_fd00_1_64',
        '  id = "rtb-1_fd00:1::/64"',
        '}',
      ],
    ],
    [
      'a deletion',
      { kind: 'delete-route', place, table: 'rtb-1', prefix: '10.244.9.0/24' },
      ['# Take the aws_route for 10.244.9.0/24 of rtb-1 out of the configuration, and apply that.'],
    ],
    [
      'a rule of a security group',
      { ...admit, filterKind: 'security-group', protocol: 'tcp', port: 443 },
      [
        'resource "aws_vpc_security_group_ingress_rule" "pods_sg_1_10_244_0_0_16" {',
        '  security_group_id = "sg-1"',
        '  ip_protocol       = "tcp"',
        '  from_port         = 443',
        '  to_port           = 443',
        '  cidr_ipv4         = "10.244.0.0/16"',
        '}',
      ],
    ],
    [
      'a rule of an ACL',
      { ...admit, filterKind: 'network-acl', rank: 90 },
      [
        'resource "aws_network_acl_rule" "pods_sg_1_10_244_0_0_16" {',
        '  network_acl_id = "sg-1"',
        '  rule_number    = 90',
        '  egress         = false',
        '  protocol       = "-1"',
        '  rule_action    = "allow"',
        '  cidr_block     = "10.244.0.0/16"',
        '}',
      ],
    ],
    [
      'a tag with text that Terraform would read',
      { kind: 'tag-table', place, table: 'rtb-1', tag: 'a"${b}%{c}\n' },
      [
        'resource "aws_ec2_tag" "pods_rtb_1_a_b_c" {',
        '  resource_id = "rtb-1"',
        '  key         = "a\\"$${b}%%{c}\\n"',
        '  value       = "owned"',
        '}',
      ],
    ],
    ['a template, which has no such setting', { kind: 'set-template-forwarding', place, template: 'lt-1' }, []],
  ])('%s', (_, change, expected) => {
    expect(remediesFor([change]).terraform).toEqual(expected);
  });
});
