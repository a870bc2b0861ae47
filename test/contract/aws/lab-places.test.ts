/** Where the reader looks: regions, networks, targets, and a second time. */
import { describe, expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { interfaceOf, nodeOf } from '../../../lab/world/look.ts';
import { expectedOf, nodesOf, openReader, plainOf } from './expected.ts';
import { expectAllRead, served, usualWorld, useLab } from './lab-run.ts';

const serve = useLab();

describe('where to look', () => {
  test('interfaces that the account hides are read too', async () => {
    const world = usualWorld();
    interfaceOf(world, nodeOf(world, 1)).managedHidden = true;
    const running = await serve(world);
    await expectAllRead(running);
  });

  test('a large cluster is read in few requests, as many values in each as EC2 takes', async () => {
    const world = ec2Cluster({ name: 'large', mode: 'fabric', nodes: 450, tables: 'main', podCidr: '10.128.0.0/9' });
    const running = await serve(world);
    await expectAllRead(running);
    const counts: Record<string, number> = {};
    for (const { operation } of running.requests()) counts[operation] = (counts[operation] ?? 0) + 1;
    expect(counts).toEqual({
      DescribeInstances: 3,
      DescribeNetworkAcls: 1,
      DescribeNetworkInterfaces: 1,
      DescribeRouteTables: 1,
      DescribeSecurityGroups: 1,
      DescribeSubnets: 1,
      DescribeVpcs: 1,
      GetServiceQuota: 1,
    });
  });

  test('a prefix list in a main table that governs nodes is expanded, one that governs none is not', async () => {
    const world = ec2Cluster({ name: 'lists', mode: 'fabric', nodes: 3, tables: 'main' });
    const listed = faults.inject(world, faults.prefixListRoute(0, 'owner')).world;
    const [region] = listed.aws;
    const stray = { ...structuredClone(region!.prefixLists[0]!), id: 'pl-0123456789abcdef0' };
    region!.prefixLists.push(stray);
    const main = region!.routeTables[0]!;
    const route = main.routes.find(({ destination }) => 'prefixListId' in destination)!;
    const routes = [{ ...route, destination: { prefixListId: stray.id } }];
    region!.routeTables.push({ ...main, id: 'rtb-0123456789abcdef0', subnetIds: [], routes });
    const running = await serve(listed);
    const { facts, gaps } = await openReader(running.env).read(nodesOf(listed));
    expect(gaps).toEqual([]);
    const tables = new Map(facts[0]?.tables.map((table) => [table.id, table]));
    expect(tables.get(main.id)?.routes.some((one) => one.list !== undefined)).toBe(true);
    expect(tables.get(main.id)?.unreadLists).toBeUndefined();
    expect(tables.get('rtb-0123456789abcdef0')?.unreadLists).toEqual([stray.id]);
    expect(running.requests().filter(({ operation }) => operation === 'GetManagedPrefixListEntries').length).toBe(1);
  });

  test('a target outside of the network is looked up, with its machine', async () => {
    const world = usualWorld();
    const other = ec2Cluster({ name: 'other', mode: 'fabric', nodes: 1, vpcCidr: '10.99.0.0/16' }).aws[0]!;
    const [region] = world.aws;
    const kinds = [
      'vpcs',
      'subnets',
      'routeTables',
      'instances',
      'interfaces',
      'securityGroups',
      'networkAcls',
    ] as const;
    for (const kind of kinds) {
      (region![kind] as object[]).push(...other[kind]);
    }
    const [face] = other.interfaces;
    region!.routeTables[1]!.routes.push({
      destination: { cidr: '10.250.0.0/24' },
      target: { kind: 'interface', interfaceId: face!.id },
      origin: 'CreateRoute',
    });
    const running = await serve(world);
    const { facts } = await openReader(running.env).read(nodesOf(world));
    expect(facts[0]?.interfaces.find(({ id }) => id === face!.id)?.machine).toBe(other.instances[0]!.id);
    expect(facts[0]?.machines.map(({ id }) => id)).toContain(other.instances[0]!.id);
    expect(facts[0]?.networks.length).toBe(1);
  });

  test('a suspect that no reading knew is looked for again', async () => {
    const world = usualWorld();
    const [region] = world.aws;
    const face = { ...region!.interfaces[0]!, id: 'eni-0123456789abcdef0', privateIps: ['10.40.1.250'] };
    const running = await serve(world);
    const reader = openReader(running.env);
    await reader.read(nodesOf(world));
    const suspects = { nodes: [], machines: [], interfaces: [face.id], tables: [], filters: [] };
    expect((await reader.reread(suspects)).facts[0]?.interfaces).toEqual([]);
    region!.interfaces.push(face);
    expect((await reader.reread(suspects)).facts[0]?.interfaces.map(({ id }) => id)).toEqual([face.id]);
  });

  test('the account is named where none of the nodes is found', async () => {
    const running = await serve(usualWorld());
    const strangers = nodesOf(running.world).map((node, index) => ({
      ...node,
      providerID: `aws:///eu-central-1a/i-0deadbeefdead000${String(index)}`,
    }));
    const { facts, gaps } = await openReader(running.env).read(strangers);
    expect(gaps).toEqual([]);
    expect(facts.map((fabric) => [fabric.id, fabric.machines.length])).toEqual([['aws/111122223333/eu-central-1', 0]]);
  });

  test('every region that a node names is read, beside the others', async () => {
    const world = usualWorld();
    const second = ec2Cluster({ name: 'west', mode: 'fabric', nodes: 2, region: 'us-west-2', vpcCidr: '10.60.0.0/16' });
    world.aws.push(...second.aws);
    world.cluster.nodes.push(...second.cluster.nodes);
    const running = await serve(world);
    const reader = openReader(running.env);
    const { facts, gaps } = await reader.read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(plainOf(facts, served(running))).toEqual(expectedOf(served(running)));
    const before = running.requests().length;
    const suspects = {
      nodes: [],
      machines: [],
      interfaces: [],
      tables: [world.aws[1]!.routeTables[0]!.id],
      filters: [],
    };
    const again = await reader.reread(suspects);
    expect(again.facts.map((fabric) => fabric.tables.length)).toEqual([0, 1]);
    // Only the region that knows the table is asked, and only for tables.
    expect(running.requests().slice(before)).toMatchObject([{ operation: 'DescribeRouteTables' }]);
  });

  test('an association that was made meanwhile shows in the second reading', async () => {
    const world = faults.inject(usualWorld(), faults.foreignTable(0)).world;
    const running = await serve(world);
    const reader = openReader(running.env);
    const { facts } = await reader.read(nodesOf(world));
    const subnet = facts[0]!.subnets[0]!;
    const other = world.aws[0]!.routeTables.find((table) => table.id !== subnet.table && table.subnetIds.length > 0)!;
    for (const table of world.aws[0]!.routeTables) table.subnetIds = table.subnetIds.filter((id) => id !== subnet.id);
    other.subnetIds.push(subnet.id);
    const tables = [other.id, subnet.table!].sort();
    const again = await reader.reread({ nodes: [], machines: [], interfaces: [], tables, filters: [] });
    expect(again.facts[0]?.subnets).toEqual([{ ...subnet, table: other.id, tableBy: 'association' }]);
  });

  test('no region anywhere is said before anything is asked', async () => {
    const running = await serve(usualWorld());
    const { AWS_REGION: _, ...env } = running.env;
    const placeless = nodesOf(running.world).map((node) => ({
      ...node,
      providerID: `aws:////${node.providerID!.split('/').at(-1)!}`,
    }));
    const { facts, gaps } = await openReader(env).read(placeless);
    expect([facts, gaps.length]).toEqual([[], 1]);
    expect(gaps[0]?.reason).toMatch(/^no region is known/);
    const found = await openReader({ ...env, AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-central-1' }).read(placeless);
    expect(found.facts[0]?.machines.length).toBe(5);
  });
});
