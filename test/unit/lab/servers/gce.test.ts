import { expect, jest, test } from '@jest/globals';
import { InstancesClient } from '@google-cloud/compute/build/src/v1/instances_client.js';
import { RoutesClient } from '@google-cloud/compute/build/src/v1/routes_client.js';

import type { Lab } from '../../../../lab/servers/index.ts';
import { gceRaw, route, smallGce, vm } from './small-gce.ts';
import { asProcess, withLab } from './support.ts';

// The vendors' clients take seconds to load where many tests run at once.
jest.setTimeout(60_000);

type Json = Record<string, unknown>;
type Scopes = Record<string, { instances?: Json[]; warning?: { code: string; data: Json[] } }>;

async function scopesOf(lab: Lab, query: string): Promise<{ items: Scopes; next: unknown; body: Json }> {
  const answer = await gceRaw(lab, `cluster-1/aggregated/instances${query}`);
  expect(answer.status).toBe(200);
  const body = answer.json();
  return { items: body['items'] as Scopes, next: body['nextPageToken'], body };
}

const named = (items: Scopes): string[] =>
  Object.values(items).flatMap((one) => (one.instances ?? []).map((instance) => String(instance['name'])));

test('the vendor’s own clients read it, with the credentials that a workflow has', async () => {
  const { world } = smallGce();
  await withLab(world, {}, async (lab) => {
    const port = Number(new URL(lab.urls.cloud).port);
    for (const env of [lab.env, lab.webIdentityEnv]) {
      await asProcess(lab, env, async () => {
        const options = { apiEndpoint: '127.0.0.1', port, protocol: 'https' };
        const instances = new InstancesClient(options);
        const found: unknown[] = [];
        for await (const [scope, list] of instances.aggregatedListAsync(
          { project: 'cluster-1', maxResults: 2 },
          { autoPaginate: false },
        )) {
          for (const one of list.instances ?? []) found.push([scope, one.name, one.canIpForward]);
        }
        expect(found).toEqual([
          ['zones/europe-west1-b', 'node-a', true],
          ['zones/europe-west1-b', 'node-b', true],
          ['zones/europe-west1-c', 'node-c', true],
        ]);
        const [routes] = await new RoutesClient(options).list({ project: 'net-host' }, { autoPaginate: false });
        expect(routes.filter((one) => one.nextHopNetwork === undefined).map((one) => one.name)).toEqual([
          'default',
          'pods-a',
          'pods-b',
        ]);
      });
    }
    const asked = lab.requests().filter((one) => one.service === 'google-token');
    expect(new Set(asked.map((one) => one.operation))).toEqual(
      new Set(['identity', 'exchange', 'generateAccessToken']),
    );
  });
});

test('an instance with all that a reader needs, in whole URLs', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const c = (await gceRaw(lab, 'cluster-1/zones/europe-west1-c/instances/node-c')).json();
    const host = 'https://www.googleapis.com/compute/v1/projects/net-host';
    expect(c).toMatchObject({
      kind: 'compute#instance',
      status: 'RUNNING',
      zone: 'https://www.googleapis.com/compute/v1/projects/cluster-1/zones/europe-west1-c',
      selfLink: 'https://www.googleapis.com/compute/v1/projects/cluster-1/zones/europe-west1-c/instances/node-c',
      networkInterfaces: [
        {
          name: 'nic0',
          network: `${host}/global/networks/pods`,
          subnetwork: `${host}/regions/europe-west1/subnetworks/nodes`,
          networkIP: '10.10.0.4',
          stackType: 'IPV4_IPV6',
          ipv6Address: 'fd20:1:2:3:0:1::',
          aliasIpRanges: [{ ipCidrRange: '10.200.3.0/24', subnetworkRangeName: 'pods' }],
        },
      ],
    });
    expect(c['tags']).not.toHaveProperty('items');
    const a = (await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances/node-a')).json();
    expect(JSON.stringify(a['metadata'])).toMatch(
      /"instance-template","value":"projects\/\d{12}\/global\/instanceTemplates\/nodes-v1"/,
    );
    const before = a['fingerprint'];
    lab.world.gce![0]!.projects[0]!.instances[0]!.canIpForward = false;
    const after = (await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances/node-a')).json();
    expect(after['fingerprint']).not.toBe(before);
    expect(after['canIpForward']).toBe(false);
  });
});

test('pages run over all scopes, and scopes without results say so', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const one = await scopesOf(lab, '?maxResults=2');
    expect(named(one.items)).toEqual(['node-a', 'node-b']);
    expect(one.items['zones/europe-west1-c']).toEqual({
      warning: {
        code: 'NO_RESULTS_ON_PAGE',
        message: "There are no results for scope 'zones/europe-west1-c' on this page.",
        data: [{ key: 'scope', value: 'zones/europe-west1-c' }],
      },
    });
    const two = await scopesOf(lab, `?maxResults=2&pageToken=${String(one.next)}`);
    expect(named(two.items)).toEqual(['node-c']);
    expect(two.next).toBeUndefined();
  });
  await withLab(smallGce().world, { pageSize: { gce: 1 } }, async (lab) => {
    expect(named((await scopesOf(lab, '')).items)).toEqual(['node-a']);
  });
});

test('an empty list has no items at all', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    expect((await gceRaw(lab, 'cluster-1/global/routes')).json()).toEqual({
      kind: 'compute#routeList',
      id: 'projects/cluster-1/global/routes',
      selfLink: 'https://www.googleapis.com/compute/v1/projects/cluster-1/global/routes',
    });
  });
});

test('a mask gives what it names and nothing else', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const fields = 'items/*/instances(name,networkInterfaces/aliasIpRanges/ipCidrRange)';
    const { body } = await scopesOf(lab, `?fields=${encodeURIComponent(fields)}&maxResults=1`);
    expect(body).toEqual({
      items: expect.objectContaining({
        'zones/europe-west1-b': { instances: [{ name: 'node-a', networkInterfaces: [{}] }] },
        'zones/europe-west1-c': {},
      }) as object,
    });
    const whole = await scopesOf(
      lab,
      '?fields=items/*/instances/tags,items/*(instances/name,warning/code),nextPageToken&maxResults=1',
    );
    expect(whole.next).toBeDefined();
    expect(whole.items['zones/europe-west1-c']).toEqual({ warning: { code: 'NO_RESULTS_ON_PAGE' } });
    expect(Object.keys(whole.items['zones/europe-west1-b']!.instances![0]!)).toEqual(['name', 'tags']);
    const header = await gceRaw(lab, 'net-host/global/routes', { headers: { 'x-goog-fieldmask': 'items.destRange' } });
    expect(header.json()).toEqual({ items: expect.arrayContaining([{ destRange: '10.244.0.0/24' }]) as object });
  });
});

test('filters of both grammars', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const matching = async (filter: string): Promise<string[]> =>
      named((await scopesOf(lab, `?filter=${encodeURIComponent(filter)}`)).items);
    expect(await matching('name eq node-[ab]')).toEqual(['node-a', 'node-b']);
    expect(await matching('name eq node')).toEqual([]);
    expect(await matching('(name ne node-a) (status eq RUNNING)')).toEqual(['node-b', 'node-c']);
    expect(await matching('name = "node-a"')).toEqual(['node-a']);
    expect(await matching('name != node-a AND canIpForward = true')).toEqual(['node-b', 'node-c']);
    expect(await matching('(labels.pool = one) AND (status = RUNNING)')).toEqual(['node-a']);
    expect(await matching('labels.pool:*')).toEqual(['node-a']);
  });
});

async function routesOf(lab: Lab): Promise<Record<string, Json>> {
  const { items } = (await gceRaw(lab, 'net-host/global/routes')).json() as { items: { name: string }[] };
  return Object.fromEntries(items.map((one) => [one.name, one]));
}

test('every range of a subnetwork has a route of its own', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const subnets = Object.values(await routesOf(lab)).filter((one) => one['nextHopNetwork'] !== undefined);
    expect(subnets.map((one) => one['destRange']).sort()).toEqual([
      '10.10.0.0/24',
      '10.20.0.0/24',
      '10.200.0.0/16',
      'fd20:1:2:3::/64',
    ]);
    for (const one of subnets) expect(one['name']).toMatch(/^default-route-[0-9a-f]{16}$/);
  });
});

test('what is wrong with a next hop is a warning on the route', async () => {
  const { world, gce } = smallGce();
  const to = (name: string) => ({ kind: 'instance', project: 'cluster-1', zone: 'europe-west1-b', name }) as const;
  const elsewhere = { name: 'nic0', network: 'other', subnetwork: 'spare', ip: '10.20.0.9', aliasRanges: [] };
  gce.projects[0]!.instances.push(
    vm('closed', 'europe-west1-b', '10.10.0.6', { canIpForward: false, status: 'TERMINATED' }),
    vm('elsewhere', 'europe-west1-b', '10.20.0.9', { nics: [elsewhere] }),
  );
  gce.routes.push(
    route('w-gone', '10.244.9.0/24', to('gone')),
    route('w-closed', '10.244.10.0/24', to('closed')),
    route('w-elsewhere', '10.244.11.0/24', to('elsewhere')),
    route('w-six', 'fd00:1::/64', to('node-a')),
    route('w-nobody', '10.244.12.0/24', { kind: 'ip', ip: '10.10.0.99' }),
    // An alias address is no next hop.
    route('w-alias', '10.244.13.0/24', { kind: 'ip', ip: '10.200.3.1' }),
    route('w-ip-closed', '10.244.14.0/24', { kind: 'ip', ip: '10.10.0.6' }),
    route('w-ilb', '10.244.15.0/24', { kind: 'ilb', ip: '10.10.0.50' }),
  );
  await withLab(world, {}, async (lab) => {
    const routes = await routesOf(lab);
    const codes = (name: string): string[] =>
      ((routes[name]!['warnings'] ?? []) as { code: string }[]).map((one) => one.code);
    expect(codes('pods-a')).toEqual([]);
    expect(routes['pods-a']).not.toHaveProperty('warnings');
    expect(codes('pods-b')).toEqual([]);
    expect(codes('w-gone')).toEqual(['NEXT_HOP_INSTANCE_NOT_FOUND']);
    expect(codes('w-closed')).toEqual(['NEXT_HOP_CANNOT_IP_FORWARD', 'NEXT_HOP_NOT_RUNNING']);
    expect(codes('w-elsewhere')).toEqual(['NEXT_HOP_INSTANCE_NOT_ON_NETWORK']);
    expect(codes('w-six')).toEqual(['NEXT_HOP_INSTANCE_HAS_NO_IPV6_INTERFACE']);
    expect(codes('w-nobody')).toEqual(['NEXT_HOP_ADDRESS_NOT_ASSIGNED']);
    expect(codes('w-alias')).toEqual(['NEXT_HOP_ADDRESS_NOT_ASSIGNED']);
    expect(codes('w-ip-closed')).toEqual(['NEXT_HOP_CANNOT_IP_FORWARD', 'NEXT_HOP_NOT_RUNNING']);
    expect(routes['w-ilb']).toMatchObject({ nextHopIlb: '10.10.0.50' });
    expect(routes['default']!['nextHopGateway']).toMatch(/net-host\/global\/gateways\/default-internet-gateway$/);
    expect(routes['pods-b']).toMatchObject({ tags: ['tagged'], nextHopIp: '10.10.0.3', priority: 1000 });
  });
});

test('networks, subnetworks, templates, places, the project', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const json = async (path: string): Promise<Json> => (await gceRaw(lab, path)).json();
    expect(await json('net-host/global/networks/pods')).toMatchObject({
      kind: 'compute#network',
      subnetworks: [expect.stringMatching(/regions\/europe-west1\/subnetworks\/nodes$/)],
    });
    const { items } = await json('net-host/aggregated/subnetworks');
    expect(Object.keys(items as object)).toEqual(['regions/europe-west1', 'regions/europe-west4', 'regions/us-west8']);
    expect(await json('net-host/regions/europe-west1/subnetworks/nodes')).toMatchObject({
      ipCidrRange: '10.10.0.0/24',
      gatewayAddress: '10.10.0.1',
      secondaryIpRanges: [{ rangeName: 'pods', ipCidrRange: '10.200.0.0/16' }],
      ipv6CidrRange: 'fd20:1:2:3::/64',
    });
    expect(await json('cluster-1/global/instanceTemplates/nodes-v1')).toMatchObject({
      properties: { canIpForward: false },
    });
    const templates = await json('cluster-1/aggregated/instanceTemplates?fields=items/*/instanceTemplates/name');
    expect(templates['items']).toMatchObject({ global: { instanceTemplates: [{ name: 'nodes-v1' }] } });
    expect(await json('net-host')).toMatchObject({ kind: 'compute#project', xpnProjectStatus: 'HOST' });
    expect((await json('cluster-1/zones'))['items']).toHaveLength(9);
    expect((await json('cluster-1/regions'))['items']).toHaveLength(3);
    expect(await json('net-host/global/networks/pods/listPeeringRoutes?direction=INCOMING')).toMatchObject({
      kind: 'compute#exchangedPeeringRoutesList',
    });
  });
});
