/** What the reader makes of everything that can go wrong between it and Compute Engine. */
import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import { enter, expectedOf, gceOf, leave, nodesOf, openReader, plainOf, serveGce } from './expected.ts';
import { busyWorld, instanceAt, sharedWorld, usualWorld } from './worlds.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

// The descriptions that the clients load are 12 MB of JSON, which a busy machine takes its time over.
jest.setTimeout(60_000);

interface Role {
  readonly includedPermissions: readonly string[];
}

const ROLE_FILE = new URL('../../../docs/permissions/gcp-check.json', import.meta.url);
const ROLE = JSON.parse(readFileSync(ROLE_FILE, 'utf8')) as Role;
const PERMISSIONS = ROLE.includedPermissions;
/** Only advice hangs on what these read. */
const FOR_TEMPLATES = ['compute.instanceTemplates.get', 'compute.instances.get'];

function permissionOf(method: string): string {
  const isAboutPolicies = method === 'regionNetworkFirewallPolicies.getEffectiveFirewalls';
  const name = isAboutPolicies ? 'networks.getRegionEffectiveFirewalls' : method.replace('aggregatedList', 'list');
  return `compute.${name}`;
}

const serve = labPerTest(serveGce, leave);

async function expectAllRead(running: Lab, world: World): Promise<void> {
  const { facts, gaps } = await openReader(running).read(nodesOf(world));
  expect(gaps).toEqual([]);
  expect(plainOf(facts)).toEqual(expectedOf(world));
}

describe('permissions', () => {
  test('exactly the published role is enough, all of it is used, and nothing that writes is tried', async () => {
    const world = busyWorld();
    const running = await serve(world, { gceRole: ROLE });
    await expectAllRead(running, world);
    const asked = running.requests().filter(({ service }) => service === 'gce');
    expect(asked.filter(({ write }) => write)).toEqual([]);
    const used = new Set(asked.map(({ operation }) => permissionOf(operation.split(' ')[0] ?? '')));
    expect([...used].sort()).toEqual([...PERMISSIONS].sort());
  });

  const needed = PERMISSIONS.filter((permission) => !FOR_TEMPLATES.includes(permission));
  test.each(needed)('without %s the gap names it, and the rest is read', async (permission) => {
    const world = busyWorld();
    const running = await serve(world, {
      gceRole: { ...ROLE, includedPermissions: PERMISSIONS.filter((other) => other !== permission) },
    });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps.map((gap) => gap.permission)).toEqual([permission]);
    const [fabric] = facts;
    const lists = [fabric?.machines, fabric?.subnets, fabric?.tables, fabric?.filters];
    expect(lists.map((list) => (list?.length ?? 0) > 0)).toEqual(
      {
        'compute.instances.list': [false, false, false, false],
        'compute.subnetworks.list': [true, false, true, true],
        'compute.routes.list': [true, true, false, true],
        'compute.firewalls.list': [true, true, true, false],
        'compute.networks.getRegionEffectiveFirewalls': [true, true, true, true],
      }[permission],
    );
  });

  test.each(FOR_TEMPLATES)('without %s only the templates are left out', async (permission) => {
    const world = busyWorld();
    const running = await serve(world, { gceDeny: [permission] });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps).toEqual([]);
    const [expected] = expectedOf(world);
    const bare = expected?.machines.map(({ template: _, ...machine }) => machine);
    expect(plainOf(facts)).toEqual([{ ...expected, machines: bare }]);
  });

  test('without routes no subnet claims to know its table', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceDeny: ['compute.routes.list'] });
    const { facts } = await openReader(running).read(nodesOf(world));
    expect(facts[0]?.subnets.map(({ table }) => table)).toEqual([undefined, undefined]);
  });

  test('a host project that grants nothing is named as such', async () => {
    const world = sharedWorld();
    const running = await serve(world, { gceDeny: ['compute.* net-host'] });
    const { gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps.map(({ facet, scope, permission }) => [facet, scope, permission])).toEqual([
      ['filters', 'gcp/net-host', 'compute.networks.getRegionEffectiveFirewalls'],
      ['filters', 'gcp/net-host', 'compute.firewalls.list'],
      ['routes', 'gcp/net-host', 'compute.routes.list'],
      ['subnets', 'gcp/net-host', 'compute.subnetworks.list'],
    ]);
    for (const { reason } of gaps) expect(reason).toMatch(/; net-host is the host project of the nodes' network$/);
  });

  test('one of two projects that is closed leaves its nodes open, and only them', async () => {
    const world = sharedWorld();
    const gce = gceOf(world);
    const [service] = gce.projects;
    gce.projects.push({
      project: 'closed',
      instances: service!.instances.splice(3),
      instanceTemplates: [],
      unreachableZones: [],
    });
    const nodes = nodesOf(world).map((node, index) =>
      index === 3 ? { ...node, providerID: node.providerID!.replace('shop-prod', 'closed') } : node,
    );
    const running = await serve(world, { gceDeny: ['compute.instances.list closed'] });
    const { facts, gaps } = await openReader(running).read(nodes);
    expect(facts.map(({ id, machines }) => [id, machines.length])).toEqual([['gcp/net-host', 3]]);
    expect(gaps.map(({ facet, scope, subject }) => [facet, scope, subject])).toEqual([
      ['machines', 'gcp/net-host', 'instances of project closed'],
    ]);
  });
});

describe('zones that do not answer', () => {
  test.each(['warning', 'failure'] as const)('are a gap, never missing machines (%s)', async (unreachableZones) => {
    const world = usualWorld();
    const gce = gceOf(world);
    const { zone } = instanceAt(gce, 0);
    gce.projects[0]!.unreachableZones.push(zone);
    const running = await serve(world, { unreachableZones });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(plainOf(facts)).toEqual(expectedOf(world));
    expect(facts[0]!.machines.some((machine) => machine.zone === zone)).toBe(false);
    expect(gaps.map(({ facet, scope, subject }) => [facet, scope, subject])).toEqual([
      ['machines', 'gcp/shop-prod', `instances in ${zone} of project shop-prod`],
    ]);
    expect(gaps[0]?.reason).toContain(`could not reach ${zone}`);
  });

  test('are no news at the second reading unless a suspect is there', async () => {
    const world = usualWorld();
    const gce = gceOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    await reader.read(nodesOf(world));
    const [here, there] = [
      instanceAt(gce, 0),
      gce.projects[0]!.instances.find(({ zone }) => zone !== instanceAt(gce, 0).zone)!,
    ];
    gce.projects[0]!.unreachableZones.push(there.zone);
    const reread = async (zone: string, name: string): Promise<readonly Gap[]> => {
      const machines = [`shop-prod/${zone}/${name}`];
      return (await reader.reread({ nodes: [], machines, interfaces: [], tables: [], filters: [] })).gaps;
    };
    expect(await reread(here.zone, here.name)).toEqual([]);
    expect((await reread(there.zone, there.name)).map(({ facet }) => facet)).toEqual(['machines']);
  });
});

describe('servers in trouble', () => {
  test('throttled requests are repeated until they get through', async () => {
    const world = usualWorld();
    const running = await serve(world, { throttleEvery: 3 });
    await expectAllRead(running, world);
    expect(running.requests().filter(({ service, status }) => service === 'gce' && status === 403).length).toBe(2);
  });

  test('answers that break off are asked for again', async () => {
    const world = usualWorld();
    const running = await serve(world, { breakOffEvery: 2 });
    await expectAllRead(running, world);
  });

  test('a server that is not there is named with what to check', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const reader = openReader(running, { gcpEndpoint: 'https://127.0.0.1:9' });
    const { gaps } = await reader.read(nodesOf(world));
    expect(gaps.map(({ facet, scope }) => [facet, scope])).toEqual([['machines', 'gcp']]);
    expect(gaps[0]?.reason).toMatch(/^the Compute Engine API cannot be reached .* gcp-endpoint if it is set$/);
  });

  test('a certificate that nobody knows is named with the variable that helps', async () => {
    const world = usualWorld();
    const running = await serve(world);
    leave();
    Object.assign(process.env, running.env);
    const { gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps[0]?.reason).toMatch(/certificate of .* is not trusted .* NODE_EXTRA_CA_CERTS$/);
  });
});

describe('credentials', () => {
  async function gapsOf(running: Lab, world: World): Promise<readonly Gap[]> {
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(facts).toEqual([]);
    expect(gaps.map(({ facet, scope }) => [facet, scope])).toEqual([['machines', 'gcp']]);
    return gaps;
  }

  test('none: the gap says how to log in, and nothing is asked', async () => {
    const world = usualWorld();
    const running = await serve(world);
    Reflect.deleteProperty(process.env, 'GOOGLE_APPLICATION_CREDENTIALS');
    const [gap] = await gapsOf(running, world);
    expect(gap?.reason).toMatch(/^no Google Cloud credentials were found\. Run google-github-actions\/auth/);
    expect(running.requests()).toEqual([]);
  });

  test('a file that is not there', async () => {
    const world = usualWorld();
    const running = await serve(world);
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = '/nowhere/credentials.json';
    const [gap] = await gapsOf(running, world);
    expect(gap?.reason).toMatch(/^a file that the Google Cloud credentials name is not there .*nowhere/);
  });

  test('a workload identity that is not let in', async () => {
    const world = usualWorld();
    const running = await serve(world, { expiredToken: 'google' });
    const [gap] = await gapsOf(running, world);
    expect(gap?.reason).toMatch(/^no access token could be had .*attribute condition/);
  });

  test('a service account that may not be impersonated', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceDeny: ['iam.serviceAccounts.getAccessToken'] });
    const [gap] = await gapsOf(running, world);
    expect(gap?.permission).toBe('iam.serviceAccounts.getAccessToken');
    expect(gap?.reason).toMatch(/^the service account may not be impersonated/);
  });

  test('a workload identity without service account reads all the same', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceRole: ROLE });
    enter(running, running.webIdentityEnv);
    await expectAllRead(running, world);
    const asked = running.requests().map(({ operation }) => operation);
    expect(asked).not.toContain('generateAccessToken');
    expect(asked.filter((operation) => operation === 'exchange')).toEqual(['exchange']);
  });

  test('a token that ends in the middle of a run is named once', async () => {
    const world = usualWorld();
    const options: Parameters<typeof serveGce>[1] = {};
    const running = await serve(world, options);
    const reader = openReader(running);
    await reader.read(nodesOf(world));
    options.expiredToken = 'google';
    const suspects = { nodes: [], machines: ['shop-prod/x/y'], interfaces: [], tables: [], filters: [] };
    const { gaps } = await reader.reread(suspects);
    expect(gaps.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/does not accept the credentials|expired/),
    ]);
  });
});
