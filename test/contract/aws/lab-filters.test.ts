/** Security groups and network ACLs, from the lab's objects to facts. */
import { describe, expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import type { SecurityGroupWorld } from '../../../lab/world/ec2-filters.ts';
import * as faults from '../../../lab/world/faults.ts';
import { interfaceOf, nodeOf } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import type { FabricFacts, FilterFacts, Suspects } from '../../../src/model/snapshot.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { AUTO } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';
import { nodesOf, openReader } from './expected.ts';
import { expectAllRead, usualWorld, useLab } from './lab-run.ts';

const serve = useLab();
const NONE: Suspects = { nodes: [], machines: [], interfaces: [], tables: [], filters: [] };

const filtersOf = (fabric: FabricFacts | undefined): readonly FilterFacts[] =>
  fabric === undefined || fabric.filters === 'unread' ? [] : fabric.filters;
const groupOf = (world: World): SecurityGroupWorld => world.aws[0]!.securityGroups[0]!;

/** Everything that a group or an ACL can say, in one world. */
function richWorld(): World {
  const world = faults.inject(
    usualWorld(),
    faults.groupHalfRange(1),
    faults.groupByPrefixList(['10.244.0.0/16', '10.250.1.7/24']),
    faults.egressClosed(2),
  ).world;
  const all = { number: 10, egress: true, action: 'deny', protocol: '-1', cidr: '10.9.0.0/16' } as const;
  faults.subnetAcl(world, 1, [
    all,
    { ...all, number: 20, protocol: '6', ports: { from: 22, to: 22 } },
    { ...all, number: 20, egress: false, protocol: '17', ports: { from: 0, to: 65_535 } },
    { ...all, number: 30, protocol: '1', icmp: { type: 3, code: 4 } },
    { ...all, number: 40, protocol: '58', cidr: '::/0', icmp: { type: -1, code: -1 } },
    { ...all, number: 50, action: 'allow', protocol: '50', cidr: '10.244.3.9/24' },
  ]);
  const group = groupOf(world);
  const peer = { groupId: group.id };
  group.rules.push(
    { egress: false, protocol: 'tcp', ports: { from: 443, to: 443 }, peer },
    { egress: false, protocol: 'tcp', ports: { from: 443, to: 443 }, peer: { cidr: '0.0.0.0/0' } },
    { egress: false, protocol: 'udp', peer },
    { egress: true, protocol: 'icmp', ports: { from: 8, to: -1 }, peer: { ipv6Cidr: '::/0' } },
    { egress: true, protocol: '58', ports: { from: -1, to: -1 }, peer },
    {
      egress: true,
      protocol: '50',
      peer: { groupId: 'sg-0123456789abcdef0', account: '444455556666', peering: 'pcx-1' },
    },
  );
  return world;
}

describe('what is read', () => {
  test('every form of rule arrives as it is', async () => {
    await expectAllRead(await serve(richWorld()));
  });

  test('and does so when pages hold one object, requests are throttled and connections break off', async () => {
    const options = { pageSize: { ec2: 1 }, sparsePages: true, throttleEvery: 5, breakOffEvery: 7 };
    await expectAllRead(await serve(richWorld(), options));
  }, 60_000);

  test('of a network with many groups and ACLs only those at nodes, 200 ids a request', async () => {
    const world = ec2Cluster({ name: 'crowd', mode: 'fabric', nodes: 18, subnets: 2 });
    const region = world.aws[0]!;
    const like = groupOf(world);
    const copy = (number: number): string => {
      const id = `sg-${String(number).padStart(17, '0')}`;
      region.securityGroups.push({ ...structuredClone(like), id, name: `g${String(number)}` });
      return id;
    };
    world.cluster.nodes.forEach((node, place) => {
      const own = Array.from({ length: 15 }, (_, i) => copy(place * 15 + i));
      interfaceOf(world, node).groupIds.push(...own);
    });
    for (let number = 1000; number < 3000; number++) copy(number);
    for (let number = 0; number < 5; number++) {
      const id = `acl-${String(number).padStart(17, '0')}`;
      region.networkAcls.push({ ...structuredClone(region.networkAcls[0]!), id, isDefault: false });
    }
    const running = await serve(world);
    const { facts, gaps } = await openReader(running.env).read(nodesOf(world));
    expect(gaps).toEqual([]);
    const kinds = filtersOf(facts[0]).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'security-group').length).toBe(1 + 18 * 15);
    expect(kinds.filter((kind) => kind === 'network-acl').length).toBe(1);
    const calls = running.requests().filter(({ operation }) => /SecurityGroups|NetworkAcls/.test(operation));
    expect(calls.map(({ operation }) => operation).sort()).toEqual([
      'DescribeNetworkAcls',
      'DescribeSecurityGroups',
      'DescribeSecurityGroups',
    ]);
  });

  test('nothing, where nobody needs it', async () => {
    const running = await serve(richWorld());
    const { facts } = await openReader(running.env).read(nodesOf(running.world), { filters: false, limits: false });
    expect(facts.map(({ filters }) => filters)).toEqual(['unread']);
    expect(facts[0]?.subnets.some(({ filters }) => filters !== undefined)).toBe(false);
    expect(running.requests().filter(({ operation }) => /SecurityGroups|NetworkAcls/.test(operation))).toEqual([]);
  });

  test('without the entries of a prefix list the rule says that any address may be in it', async () => {
    const world = faults.inject(
      ec2Cluster({ name: 'listed', mode: 'fabric', nodes: 2 }),
      faults.groupByPrefixList(['10.244.0.0/16']),
    ).world;
    const running = await serve(world, { deny: ['ec2:GetManagedPrefixListEntries'] });
    const { facts, gaps } = await openReader(running.env).read(nodesOf(world));
    const list = world.aws[0]!.prefixLists[0]!.id;
    expect(gaps.map(({ facet, permission }) => [facet, permission])).toEqual([
      ['prefix-lists', 'ec2:GetManagedPrefixListEntries'],
    ]);
    const peers = filtersOf(facts[0]).flatMap(({ rules }) => rules.map((rule) => rule.peers.unread));
    expect(peers.filter((unread) => unread !== undefined)).toEqual([[list]]);
  });

  test('a group that EC2 does not show leaves its interface open to doubt, and no other', async () => {
    const world = ec2Cluster({ name: 'unseen', mode: 'fabric', nodes: 2 });
    interfaceOf(world, nodeOf(world, 0)).groupIds = ['sg-0123456789abcdef0'];
    const running = await serve(world);
    const { facts, gaps } = await openReader(running.env).read(nodesOf(world));
    expect(gaps).toEqual([]);
    const unread = filtersOf(facts[0]).filter((filter) => filter.unread !== undefined);
    expect(unread.map(({ id, rules }) => [id, rules])).toEqual([['sg-0123456789abcdef0', []]]);
  });

  test('an interface of which EC2 shows no group leaves the pairs of its node unknown, and no others', async () => {
    const world = ec2Cluster({ name: 'bare', mode: 'fabric', nodes: 3 });
    const face = interfaceOf(world, nodeOf(world, 0));
    face.groupIds = [];
    const running = await serve(world);
    const reader = openReader(running.env);
    const { facts, gaps } = await reader.read(nodesOf(world));
    expect(gaps).toEqual([]);
    const { pairs, findings } = judgeSnapshot({ ...snapshotOfWorld(world), fabrics: facts, gaps }, AUTO);
    expect(pairs).toMatchObject({ pass: 2, unknown: 4 });
    expect(findings.map(({ rule, evidence }) => [rule, ...evidence.map(({ source }) => source)])).toEqual([
      ['evidence-incomplete', `groups of ${face.id}, of which EC2 shows none`],
    ]);
    const again = await reader.reread({ ...NONE, interfaces: [face.id] });
    expect(again.facts[0]?.interfaces.map(({ filters }) => filters)).toEqual([[`groups of ${face.id}`]]);
    expect(running.requests().filter(({ status }) => status >= 400)).toEqual([]);
  });

  test.each([
    ['ec2:DescribeSecurityGroups', 'security groups of 111122223333/eu-central-1'],
    ['ec2:DescribeNetworkAcls', 'network ACLs of 111122223333/eu-central-1'],
  ])('without %s there is one gap, asked for once', async (permission, subject) => {
    const running = await serve(richWorld(), { deny: [permission] });
    const { gaps } = await openReader(running.env).read(nodesOf(running.world));
    const scope = 'aws/111122223333/eu-central-1';
    expect(gaps).toMatchObject([{ facet: 'filters', subject, scope, permission }]);
    const asked = running.requests().filter(({ operation }) => `ec2:${operation}` === permission);
    expect(asked.length).toBe(1);
  });
});

describe('the second reading', () => {
  async function readTwice(change: (world: World) => void, asked: (first: FabricFacts) => Partial<Suspects>) {
    const running = await serve(faults.inject(usualWorld(), faults.egressClosed(2)).world);
    const reader = openReader(running.env);
    const [first] = (await reader.read(nodesOf(running.world))).facts;
    change(running.world);
    const { facts, gaps } = await reader.reread({ ...NONE, ...asked(first!) });
    expect(gaps).toEqual([]);
    return { first: first!, again: facts[0]! };
  }

  test('shows groups and ACLs as they are by then, and only those that were asked for', async () => {
    const { first, again } = await readTwice(
      (world) => (groupOf(world).rules = []),
      ({ filters }) => ({ filters: [...(filters === 'unread' ? [] : filters)].map(({ id }) => id).slice(-1) }),
    );
    const [last] = filtersOf(first).slice(-1);
    expect(filtersOf(again).map(({ id }) => id)).toEqual([last?.id]);
    expect(again.subnets).toEqual([]);
  });

  test('sees that rules have gone', async () => {
    const { first, again } = await readTwice(
      (world) => (groupOf(world).rules = []),
      (fabric) => ({ filters: filtersOf(fabric).map(({ id }) => id) }),
    );
    expect(filtersOf(again).map(({ id }) => id)).toEqual(filtersOf(first).map(({ id }) => id));
    expect(filtersOf(again).filter(({ rules }) => rules.length === 0).length).toBe(1);
  });

  test('reads the groups that an interface has got since', async () => {
    const added = 'sg-0123456789abcdef0';
    let face = '';
    const { again } = await readTwice(
      (world) => {
        world.aws[0]!.securityGroups.push({ ...structuredClone(groupOf(world)), id: added, name: 'late' });
        const nic = interfaceOf(world, nodeOf(world, 0));
        nic.groupIds = [added];
        face = nic.id;
      },
      ({ interfaces }) => ({ interfaces: interfaces.map(({ id }) => id) }),
    );
    expect(again.interfaces.find(({ id }) => id === face)?.filters).toEqual([added]);
    expect(filtersOf(again).map(({ id }) => id)).toEqual([added]);
  });

  test('shows a subnet that has got another ACL', async () => {
    let acl = '';
    const { first, again } = await readTwice(
      (world) => (acl = faults.subnetAcl(world, 0, []).id),
      (fabric) => ({
        filters: filtersOf(fabric).flatMap(({ id, kind }) => (kind === 'network-acl' ? [id] : [])),
      }),
    );
    expect(again.subnets).toEqual([{ ...first.subnets.find(({ id }) => id === again.subnets[0]?.id), filters: [acl] }]);
    expect(filtersOf(again).map(({ id }) => id)).toContain(acl);
  });
});
