/** With which rights, and which credentials, the reader reads what. */
import { describe, expect, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import { expectedOf, nodesOf, openReader, plainOf } from './expected.ts';
import { POLICY, expectAllRead, served, usualWorld, useLab } from './lab-run.ts';

const ACTIONS = POLICY.Statement.flatMap((statement) => statement.Action);
const PREFIXES: Readonly<Record<string, string>> = { quotas: 'servicequotas' };
const serve = useLab();

describe('permissions', () => {
  test('exactly the published policy is enough, and nothing that writes is tried', async () => {
    const running = await serve(usualWorld(), { iamPolicy: POLICY });
    await expectAllRead(running);
    expect(running.requests().filter((request) => request.write)).toEqual([]);
    const used = new Set(
      running.requests().map(({ service, operation }) => `${PREFIXES[service] ?? service}:${operation}`),
    );
    expect([...used].sort()).toEqual([...ACTIONS].sort());
  });

  test.each(ACTIONS)('without %s the gap names it, and the rest is read', async (action) => {
    const statements = [{ Effect: 'Allow', Resource: '*', Action: ACTIONS.filter((other) => other !== action) }];
    const running = await serve(usualWorld(), { iamPolicy: { Version: '2012-10-17', Statement: statements } });
    const { facts, gaps } = await openReader(running.env).read(nodesOf(running.world));
    expect(gaps.map((gap) => gap.permission)).toEqual([action]);
    expect(gaps[0]?.scope).toBe('aws/111122223333/eu-central-1');
    const [fabric] = facts;
    const filters = fabric?.filters === 'unread' ? [] : (fabric?.filters ?? []);
    const groups = filters.filter(({ kind }) => kind === 'security-group');
    const acls = filters.filter(({ kind }) => kind === 'network-acl');
    const counts = [
      fabric?.machines,
      fabric?.interfaces,
      fabric?.subnets,
      fabric?.networks,
      fabric?.tables,
      groups,
      acls,
    ];
    const facets = ['machines', 'interfaces', 'subnets', 'networks', 'routes', 'groups', 'ACLs'];
    const read = facets.filter((_, index) => (counts[index]?.length ?? 0) > 0);
    // Interfaces also come with the instances, and a prefix list is no list of objects.
    const lost = {
      'ec2:DescribeInstances': 'machines',
      'ec2:DescribeSubnets': 'subnets',
      'ec2:DescribeVpcs': 'networks',
    };
    const more = { 'ec2:DescribeSecurityGroups': 'groups', 'ec2:DescribeNetworkAcls': 'ACLs' };
    const missing = { ...lost, ...more, 'ec2:DescribeRouteTables': 'routes' }[action];
    expect(read).toEqual(facets.filter((facet) => facet !== missing));
  });

  test('what is denied is asked for once', async () => {
    const running = await serve(usualWorld(), { deny: ['ec2:DescribeInstances'] });
    await openReader(running.env).read(nodesOf(running.world));
    expect(running.requests().filter((request) => request.operation === 'DescribeInstances').length).toBe(1);
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
    expect(running.requests().filter(({ service }) => service === 'ec2').length).toBe(1);
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

  test('other variables that are blank count as unset too', async () => {
    const running = await serve(usualWorld());
    const { AWS_ENDPOINT_URL_EC2: endpoint, ...rest } = running.env;
    const blank = {
      AWS_ENDPOINT_URL_EC2: '',
      AWS_PROFILE: '',
      AWS_RETRY_MODE: '',
      AWS_DEFAULTS_MODE: '',
      AWS_MAX_ATTEMPTS: '',
    };
    const env = { ...rest, ...blank, AWS_ENDPOINT_URL: endpoint! };
    Object.assign(process.env, env);
    await expectAllRead({ ...running, env });
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
