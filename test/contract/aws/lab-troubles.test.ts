/** What the reader makes of everything that can go wrong between it and EC2. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { interfaceOf, nodeOf } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import { expectedOf, nodesOf, openReader, plainOf } from './expected.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const POLICY_FILE = new URL('../../../docs/permissions/aws-check.json', import.meta.url);
const POLICY = JSON.parse(readFileSync(POLICY_FILE, 'utf8')) as Policy;
const ACTIONS = POLICY.Statement.flatMap((statement) => statement.Action);

/** Every kind of call is needed to read it. */
function usualWorld(): World {
  const world = ec2Cluster({ name: 'troubles', mode: 'fabric', nodes: 5, subnets: 2, ipv6: true });
  return faults.inject(world, faults.prefixListRoute(0, 'owner')).world;
}

let lab: Lab | undefined;
const outside = { ...process.env };

// The SDK's own credential chain reads the process's environment, and a developer's must not come into it.
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_CONFIG_FILE: '/nowhere/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(async () => {
  process.env = { ...outside };
  await lab?.stop();
  lab = undefined;
});

async function serve(world: World, options: LabOptions = {}): Promise<Lab> {
  lab = await startLab(world, options);
  return lab;
}

function served(running: Lab): Parameters<typeof expectedOf>[0] {
  return { world: running.world, showsRouteMachines: true };
}

async function expectAllRead(running: Lab): Promise<void> {
  const { facts, gaps } = await openReader(running.env).read(nodesOf(running.world));
  expect(gaps).toEqual([]);
  expect(plainOf(facts, served(running))).toEqual(expectedOf(served(running)));
}

describe('permissions', () => {
  test('exactly the published policy is enough, and nothing that writes is tried', async () => {
    const running = await serve(usualWorld(), { iamPolicy: POLICY });
    await expectAllRead(running);
    expect(running.requests().filter((request) => request.write)).toEqual([]);
    const used = new Set(running.requests().map((request) => `ec2:${request.operation}`));
    expect([...used].sort()).toEqual([...ACTIONS].sort());
  });

  test.each(ACTIONS)('without %s the gap names it, and the rest is read', async (action) => {
    const statements = [{ Effect: 'Allow', Resource: '*', Action: ACTIONS.filter((other) => other !== action) }];
    const running = await serve(usualWorld(), { iamPolicy: { Version: '2012-10-17', Statement: statements } });
    const { facts, gaps } = await openReader(running.env).read(nodesOf(running.world));
    expect(gaps.map((gap) => gap.permission)).toEqual([action]);
    expect(gaps[0]?.scope).toBe('aws/111122223333/eu-central-1');
    const [fabric] = facts;
    const counts = [fabric?.machines, fabric?.interfaces, fabric?.subnets, fabric?.networks, fabric?.tables];
    const facets = ['machines', 'interfaces', 'subnets', 'networks', 'routes'];
    const read = facets.filter((_, index) => (counts[index]?.length ?? 0) > 0);
    // Interfaces also come with the instances, and a prefix list is no list of objects.
    const lost = {
      'ec2:DescribeInstances': 'machines',
      'ec2:DescribeSubnets': 'subnets',
      'ec2:DescribeVpcs': 'networks',
    };
    const missing = { ...lost, 'ec2:DescribeRouteTables': 'routes' }[action];
    expect(read).toEqual(facets.filter((facet) => facet !== missing));
  });

  test('without route tables no subnet claims to know its table', async () => {
    const running = await serve(usualWorld(), { deny: ['ec2:DescribeRouteTables'] });
    const { facts } = await openReader(running.env).read(nodesOf(running.world));
    expect(facts[0]?.subnets.length).toBe(2);
    expect(facts[0]?.subnets.filter((subnet) => subnet.table !== undefined)).toEqual([]);
  });

  test('without the entries of a prefix list its tables say so, and the gap names the list', async () => {
    const running = await serve(usualWorld(), { deny: ['ec2:GetManagedPrefixListEntries'] });
    const { facts, gaps } = await openReader(running.env).read(nodesOf(running.world));
    const list = running.world.aws[0]!.prefixLists[0]!.id;
    const tables = facts[0]?.tables.filter((table) => table.unreadLists !== undefined) ?? [];
    expect(tables.map((table) => table.unreadLists)).toEqual(tables.map(() => [list]));
    expect(tables.length).toBeGreaterThan(0);
    expect(gaps.map((gap) => gap.subject)).toEqual([`entries of prefix list ${list} of 111122223333/eu-central-1`]);
  });

  test('without DescribeNetworkInterfaces the per-interface flag comes from the instances', async () => {
    const world = faults.inject(usualWorld(), faults.checkOn(1), faults.secondInterface(2)).world;
    const running = await serve(world, { deny: ['ec2:DescribeNetworkInterfaces'] });
    const { facts } = await openReader(running.env).read(nodesOf(running.world));
    const [expected] = expectedOf(served(running));
    expect(plainOf(facts, served(running))[0]?.interfaces).toEqual(expected?.interfaces);
  });
});

describe('servers in trouble', () => {
  test('throttled requests are repeated until they get through', async () => {
    const running = await serve(usualWorld(), { throttleEvery: 4 });
    await expectAllRead(running);
    expect(running.requests().filter((request) => request.status === 503).length).toBeGreaterThan(0);
  }, 60_000);

  test('answers that break off are asked for again', async () => {
    const running = await serve(usualWorld(), { breakOffEvery: 4 });
    await expectAllRead(running);
  }, 60_000);

  test('pages that come short, empty or one object at a time are read to their end', async () => {
    const running = await serve(usualWorld(), { sparsePages: true, pageSize: { ec2: 1 } });
    await expectAllRead(running);
  });

  test('where tables are missing from the answer, no subnet falls back to the main table', async () => {
    const world = ec2Cluster({ name: 'partly', mode: 'fabric', nodes: 3, subnets: 3 });
    const running = await serve(world, {
      pageSize: { ec2: 2 },
      onRequest: ({ operation, count }) => {
        if (operation === 'DescribeRouteTables' && count > 1) throw new Error('down');
      },
    });
    const env = { ...running.env, AWS_MAX_ATTEMPTS: '2' };
    const { facts, gaps } = await openReader(env).read(nodesOf(running.world));
    expect(gaps.map((gap) => gap.facet)).toEqual(['routes']);
    const [main, first] = world.aws[0]!.routeTables;
    expect(facts[0]?.tables.map((table) => table.id).sort()).toEqual([main!.id, first!.id].sort());
    const governed = facts[0]?.subnets.map((subnet) => [subnet.id, subnet.table]) ?? [];
    const known = new Map([[first!.subnetIds[0]!, first!.id]]);
    expect(governed).toEqual(governed.map(([id]) => [id, known.get(id!)]));
    expect(governed.length).toBe(3);
  });

  test('nobody at the endpoint', async () => {
    const running = await serve(usualWorld());
    const env = { ...running.env, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '2' };
    const { facts, gaps } = await openReader(env).read(nodesOf(running.world));
    expect(facts.map((fabric) => fabric.id)).toEqual(['aws/unknown/eu-central-1']);
    expect(gaps.map((gap) => gap.facet)).toEqual(['machines']);
    expect(gaps[0]?.reason).toMatch(/cannot be reached.*ECONNREFUSED.*network of the runner/);
  }, 30_000);

  test('when the time is over, everything that was not read is a gap', async () => {
    const running = await serve(usualWorld(), { slowMs: 400 });
    const reader = openReader(running.env, { timeoutMs: 600 });
    const { facts, gaps } = await reader.read(nodesOf(running.world));
    expect(facts[0]?.machines.length).toBe(5);
    expect(gaps.map((gap) => gap.facet).sort()).toEqual(['interfaces', 'networks', 'routes', 'subnets']);
    expect(new Set(gaps.map((gap) => gap.reason.includes('time was over')))).toEqual(new Set([true]));
  });
});

describe('credentials', () => {
  async function gapsWith(running: Lab, env: Readonly<Record<string, string>>): Promise<readonly Gap[]> {
    const { gaps } = await openReader(env).read(nodesOf(running.world));
    return gaps;
  }

  test('expired ones are named once', async () => {
    const running = await serve(usualWorld(), { expiredToken: 'aws' });
    const gaps = await gapsWith(running, running.env);
    expect(gaps.map((gap) => gap.reason)).toEqual([
      'the AWS credentials have expired (RequestExpired). Log in again right before this step',
    ]);
  });

  test('wrong ones are named once', async () => {
    const running = await serve(usualWorld());
    const gaps = await gapsWith(running, { ...running.env, AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(gaps.length).toBe(1);
    expect(gaps[0]?.reason).toMatch(/does not accept the credentials in eu-central-1 \(AuthFailure/);
  });

  test.each([
    ['absent', undefined],
    ['blanked, as a finished login action leaves them', ''],
  ])('%s: the gap says how to log in', async (_, value) => {
    const running = await serve(usualWorld());
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...rest } = running.env;
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ROLE_ARN'];
    names.push('AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_RETRY_MODE', 'AWS_DEFAULTS_MODE', 'AWS_MAX_ATTEMPTS');
    const blanked = value === undefined ? {} : Object.fromEntries(names.map((name) => [name, value]));
    Object.assign(process.env, blanked);
    const gaps = await gapsWith(running, { ...rest, ...blanked });
    expect(gaps.map(({ facet, scope }) => ({ facet, scope }))).toEqual([{ facet: 'machines', scope: 'aws' }]);
    expect(gaps[0]?.reason).toMatch(/^no AWS credentials were found\. Run aws-actions\/configure-aws-credentials/);
    expect(running.requests()).toEqual([]);
  });

  test('a web identity is exchanged for credentials', async () => {
    const running = await serve(usualWorld(), { iamPolicy: POLICY });
    Object.assign(process.env, running.webIdentityEnv);
    const { facts, gaps } = await openReader(running.webIdentityEnv).read(nodesOf(running.world));
    expect(gaps).toEqual([]);
    expect(facts[0]?.machines.length).toBe(5);
    expect(running.requests().filter((request) => request.service === 'sts').length).toBeGreaterThan(0);
  });

  test('a web identity that is not let in says so', async () => {
    const running = await serve(usualWorld());
    const env = { ...running.webIdentityEnv, AWS_ROLE_ARN: 'arn:aws:iam::999999999999:role/other' };
    Object.assign(process.env, env);
    const gaps = await gapsWith(running, env);
    expect(gaps.map((gap) => gap.reason)).toEqual([
      "the AWS role may not be assumed (AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity). Check the role's trust policy",
    ]);
  });
});

describe('where to look', () => {
  test('interfaces that the account hides are read too', async () => {
    const world = usualWorld();
    interfaceOf(world, nodeOf(world, 1)).managedHidden = true;
    const running = await serve(world);
    await expectAllRead(running);
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
    const suspects = { nodes: [], machines: [], interfaces: [], tables: [world.aws[1]!.routeTables[0]!.id] };
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
    const again = await reader.reread({ nodes: [], machines: [], interfaces: [], tables });
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
    const found = await openReader({ ...env, AWS_DEFAULT_REGION: 'eu-central-1' }).read(placeless);
    expect(found.facts[0]?.machines.length).toBe(5);
  });
});
