import { expect, jest, test } from '@jest/globals';

import { gceRaw, googleError, smallGce } from './small-gce.ts';
import { withLab } from './support.ts';

// The vendor's description of all messages, by which masks are checked, takes seconds to load on a busy machine.
jest.setTimeout(60_000);

type Json = Record<string, unknown>;
const HOST = 'https://www.googleapis.com/compute/v1/projects/net-host';
const LIST = 'net-host/global/firewalls';
const EFFECTIVE = 'net-host/regions/europe-west1/firewallPolicies/getEffectiveFirewalls';
const POLICIES = 'fields=firewallPolicys(type,displayName,rules(priority,action))';

test('rules, with what the service writes into them itself', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const list = (await gceRaw(lab, LIST)).json();
    expect(list).toMatchObject({ kind: 'compute#firewallList', selfLink: `${HOST}/global/firewalls` });
    const items = list['items'] as Json[];
    expect(items.map(({ name }) => name)).toEqual(['allow-pods', 'allow-web', 'deny-out']);
    expect(items[0]).toMatchObject({
      kind: 'compute#firewall',
      network: `${HOST}/global/networks/pods`,
      direction: 'INGRESS',
      priority: 1000,
      sourceRanges: ['10.244.0.0/16'],
      sourceTags: ['tagged'],
      allowed: [{ IPProtocol: 'all' }],
      disabled: false,
    });
    expect(Object.keys(items[0]!)).not.toContain('targetTags');
    expect(items[1]).toMatchObject({
      sourceRanges: ['0.0.0.0/0'],
      allowed: [{ IPProtocol: 'tcp', ports: ['80', '8000-8999'] }],
    });
    expect(items[2]).toMatchObject({ destinationRanges: ['0.0.0.0/0'], denied: [{ IPProtocol: 'all' }] });
    expect((await gceRaw(lab, `${LIST}/allow-web`)).json()).toEqual(items[1]);
    expect((await gceRaw(lab, 'cluster-1/global/firewalls')).json()['items']).toBeUndefined();
  });
});

test('pages, filters by a network whatever its host, masks', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const first = (await gceRaw(lab, `${LIST}?maxResults=2`)).json();
    expect((first['items'] as Json[]).length).toBe(2);
    const second = (await gceRaw(lab, `${LIST}?maxResults=2&pageToken=${String(first['nextPageToken'])}`)).json();
    expect([(second['items'] as Json[]).length, second['nextPageToken']]).toEqual([1, undefined]);
    const filter = encodeURIComponent('network eq ".*/networks/other"');
    const masked = (await gceRaw(lab, `${LIST}?filter=${filter}&fields=items(name,denied)`)).json();
    expect(masked).toEqual({ items: [{ name: 'deny-out', denied: [{ IPProtocol: 'all' }] }] });
    const odd = await gceRaw(lab, `${LIST}?filter=${encodeURIComponent('sourceRanges eq "10.*"')}`);
    expect(googleError(odd)).toMatchObject({ status: 400, reason: 'invalid' });
    expect(googleError(await gceRaw(lab, `${LIST}?fields=items(names)`))).toMatchObject({ status: 400 });
  });
});

test('what bears upon a network in a region: its rules, and the policies of organization, network and region', async () => {
  const { world, gce } = smallGce();
  await withLab(world, {}, async (lab) => {
    const ask = async (region: string, network: string, more = ''): Promise<Json> => {
      const path = EFFECTIVE.replace('europe-west1', region);
      return (await gceRaw(lab, `${path}?network=${encodeURIComponent(network)}${more}`)).json();
    };
    const last = [0, 1, 2, 3].map((index) => ({ priority: 2_147_483_644 + index, action: 'goto_next' }));
    const base = { type: 'HIERARCHY', displayName: 'baseline', rules: [{ priority: 10, action: 'deny' }, ...last] };
    const near = await ask('europe-west1', `${HOST}/global/networks/pods`, `&${POLICIES}`);
    expect(near).toEqual({ firewallPolicys: [base] });
    const far = await ask('europe-west4', 'projects/net-host/global/networks/pods', `&${POLICIES}`);
    expect(far).toEqual({ firewallPolicys: [base, { type: 'NETWORK_REGIONAL', rules: last }] });
    const whole = await ask('europe-west1', `${HOST}/global/networks/pods`);
    expect((whole['firewalls'] as Json[]).map(({ name }) => name)).toEqual(['allow-pods', 'allow-web']);
    gce.firewalls = [];
    expect(await ask('europe-west1', `${HOST}/global/networks/other`)).toEqual({});
  });
});

test('refusals: parameters, networks, regions, other methods', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const refused = async (path: string): Promise<unknown> => {
      const { status, message } = googleError(await gceRaw(lab, path));
      return [status, message];
    };
    expect(await refused(EFFECTIVE)).toEqual([400, "Required field 'network' not specified"]);
    expect(await refused(`${EFFECTIVE}?network=pods`)).toEqual([
      400,
      "Invalid value for field 'network': 'pods'. The URL is malformed.",
    ]);
    expect(await refused(`${EFFECTIVE}?network=${HOST}/global/networks/none`)).toEqual([
      404,
      "The resource 'projects/net-host/global/networks/none' was not found",
    ]);
    expect(await refused(`${EFFECTIVE}?network=${HOST}/global/networks/pods&maxResults=2`)).toEqual([
      400,
      expect.stringMatching(/Unknown name "maxResults"/),
    ]);
    const elsewhere = EFFECTIVE.replace('europe-west1', 'mars-north1');
    expect(await refused(`${elsewhere}?network=${HOST}/global/networks/pods`)).toEqual([
      404,
      "The resource 'projects/net-host/regions/mars-north1' was not found",
    ]);
    expect((await gceRaw(lab, 'net-host/regions/europe-west1/firewallPolicies')).status).toBe(404);
  });
});

test('permissions by their names, for the project or for the network', async () => {
  const gceDeny = ['compute.firewalls.list', 'compute.networks.getRegionEffectiveFirewalls'];
  await withLab(smallGce().world, { gceDeny }, async (lab) => {
    expect(googleError(await gceRaw(lab, LIST))).toEqual({
      status: 403,
      reason: 'forbidden',
      message: "Required 'compute.firewalls.list' permission for 'projects/net-host'",
    });
    expect(googleError(await gceRaw(lab, `${EFFECTIVE}?network=${HOST}/global/networks/pods`))).toMatchObject({
      status: 403,
      message:
        "Required 'compute.networks.getRegionEffectiveFirewalls' permission for 'projects/net-host/global/networks/pods'",
    });
  });
});

test('the machine’s service account, or none', async () => {
  const { world, gce } = smallGce();
  delete gce.projects[0]!.instances[1]!.serviceAccount;
  await withLab(world, {}, async (lab) => {
    const accountsOf = async (name: string): Promise<unknown> =>
      (await gceRaw(lab, `cluster-1/zones/europe-west1-b/instances/${name}`)).json()['serviceAccounts'];
    expect(await accountsOf('node-a')).toMatchObject([{ email: 'nodes@cluster-1.iam.gserviceaccount.com' }]);
    expect(await accountsOf('node-b')).toBeUndefined();
  });
});
