import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';

import { exchange, gceRaw, googleError, smallGce } from './small-gce.ts';
import { raw, withLab } from './support.ts';

type Json = Record<string, unknown>;
const INSTANCES = 'cluster-1/aggregated/instances';

test('without a token, with a forged one, with one that has expired', async () => {
  const options: { expiredToken?: 'google' } = {};
  await withLab(smallGce().world, options, async (lab) => {
    const none = await gceRaw(lab, INSTANCES, { token: null });
    expect(googleError(none)).toEqual({
      status: 401,
      reason: 'required',
      message: expect.stringContaining('missing required authentication credential') as unknown,
    });
    expect(none.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
    expect(googleError(await gceRaw(lab, INSTANCES, { token: 'ya29.forged' }))).toMatchObject({ reason: 'authError' });
    const token = String((await exchange(lab)).json()['access_token']);
    expect((await gceRaw(lab, INSTANCES, { token })).status).toBe(200);
    options.expiredToken = 'google';
    expect(googleError(await gceRaw(lab, INSTANCES, { token }))).toMatchObject({ status: 401 });
    expect((await exchange(lab)).json()).toMatchObject({ error: 'invalid_grant' });
  });
});

test('what the token exchange refuses', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const refused = async (change: Record<string, string>): Promise<unknown> => {
      const answer = await exchange(lab, change);
      expect(answer.status).toBe(400);
      return answer.json()['error'];
    };
    expect(await refused({ subject_token: 'forged' })).toBe('invalid_grant');
    expect(await refused({ audience: '//iam.googleapis.com/other' })).toBe('invalid_target');
    expect(await refused({ grant_type: 'password' })).toBe('unsupported_grant_type');
    expect(await refused({ scope: '' })).toBe('invalid_request');
    expect(await refused({ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' })).toBe('invalid_request');
  });
});

test('a service account is impersonated by whoever may, and by nobody else', async () => {
  const gceDeny: string[] = [];
  await withLab(smallGce().world, { gceDeny }, async (lab) => {
    const file = await readFile(lab.env['GOOGLE_APPLICATION_CREDENTIALS']!, 'utf8');
    const url = (JSON.parse(file) as { service_account_impersonation_url: string }).service_account_impersonation_url;
    const body = JSON.stringify({ scope: ['https://www.googleapis.com/auth/cloud-platform'], lifetime: '3600s' });
    const federated = String((await exchange(lab)).json()['access_token']);
    const good = await raw(lab, url, { method: 'POST', token: federated, body });
    expect(good.json()).toMatchObject({ expireTime: expect.stringMatching(/Z$/) as unknown });
    const token = String(good.json()['accessToken']);
    expect((await gceRaw(lab, INSTANCES, { token })).status).toBe(200);
    expect((await raw(lab, url, { method: 'POST', token, body })).status).toBe(401);
    expect((await raw(lab, url, { method: 'POST', token: federated, body: '{}' })).status).toBe(400);
    const stranger = url.replace('pod-route-check@', 'other@');
    expect((await raw(lab, stranger, { method: 'POST', token: federated, body })).status).toBe(403);
    gceDeny.push('iam.serviceAccounts.getAccessToken');
    expect((await raw(lab, url, { method: 'POST', token: federated, body })).json()).toMatchObject({
      error: { status: 'PERMISSION_DENIED' },
    });
  });
});

test('unknown parameters, pages, filters, orders, masks', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const refused = async (query: string): Promise<unknown> => {
      const { status, reason, message } = googleError(await gceRaw(lab, `${INSTANCES}?${query}`));
      expect([status, typeof reason]).toEqual([400, 'string']);
      return message;
    };
    expect(await refused('colour=red')).toMatch(/Unknown name "colour": Cannot bind query parameter/);
    expect(await refused('maxResults=501')).toMatch(/^Invalid value for field 'maxResults': '501'/);
    expect(await refused('maxResults=many')).toMatch(/TYPE_UINT32/);
    expect(await refused('returnPartialSuccess=perhaps')).toMatch(/TYPE_BOOL/);
    expect(await refused('pageToken=garbage')).toMatch(/^Invalid value for field 'pageToken': 'garbage'/);
    expect(await refused('orderBy=status')).toMatch(/'orderBy'/);
    for (const fields of ['items/*/machines', 'items/instances', 'items/*/instances(name', 'kind,,id', 'name']) {
      expect(await refused(`fields=${encodeURIComponent(fields)}`)).toMatch(/^Invalid field selection /);
    }
    for (const filter of [
      'name eq node-a AND status eq RUNNING',
      'name eq node-a status eq RUNNING',
      'name = node-a OR name = node-b',
      'networkInterfaces.network = pods',
      'tags.items = tagged',
      'colour = red',
      'labels = one',
      'name:node',
      '(name = node-a',
      'name eq "["',
    ]) {
      expect(await refused(`filter=${encodeURIComponent(filter)}`)).toBe(
        `Invalid value for field 'filter': '${filter}'. Invalid list filter expression.`,
      );
    }
    // Parameters of lists are none of a get.
    const get = await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances/node-a?maxResults=2');
    expect(googleError(get)).toMatchObject({ status: 400 });
  });
});

test('a page token is good for its own list and filter only', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const first = (await gceRaw(lab, `${INSTANCES}?maxResults=1&filter=status%3DRUNNING`)).json();
    const token = String(first['nextPageToken']);
    const status = async (path: string): Promise<number> => (await gceRaw(lab, path)).status;
    expect(await status(`${INSTANCES}?filter=status%3DRUNNING&pageToken=${token}`)).toBe(200);
    expect(await status(`${INSTANCES}?pageToken=${token}`)).toBe(400);
    expect(await status(`net-host/global/routes?filter=status%3DRUNNING&pageToken=${token}`)).toBe(400);
  });
});

test('projects, objects, scopes and paths that are not there', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const error = async (path: string): Promise<object> => googleError(await gceRaw(lab, path));
    expect(await error('nobody/global/routes')).toEqual({
      status: 404,
      reason: 'notFound',
      message: 'Failed to find project nobody',
    });
    expect(await error('net-host/global/networks/nope')).toMatchObject({
      message: "The resource 'projects/net-host/global/networks/nope' was not found",
    });
    expect(await error('cluster-1/zones/mars-north1-a/instances')).toMatchObject({
      message: "The resource 'projects/cluster-1/zones/mars-north1-a' was not found",
    });
    expect(await error('cluster-1/zones/europe-west1-c/instances/node-a')).toMatchObject({ status: 404 });
    expect(await error('net-host/global/networks/nope/listPeeringRoutes')).toMatchObject({ status: 404 });
    const page = await gceRaw(lab, 'net-host/global/colours');
    expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=UTF-8']);
  });
});

test('permissions: denied by name, denied in one project, granted by a role only', async () => {
  const gceDeny = ['compute.routes.list net-host'];
  await withLab(smallGce().world, { gceDeny }, async (lab) => {
    expect(googleError(await gceRaw(lab, 'net-host/global/routes'))).toEqual({
      status: 403,
      reason: 'forbidden',
      message: "Required 'compute.routes.list' permission for 'projects/net-host'",
    });
    expect((await gceRaw(lab, 'cluster-1/global/routes')).status).toBe(200);
  });
  const gceRole = { title: 'reader', includedPermissions: ['compute.instances.list'] };
  await withLab(smallGce().world, { gceRole }, async (lab) => {
    expect((await gceRaw(lab, INSTANCES)).status).toBe(200);
    expect(googleError(await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances/node-a'))).toMatchObject({
      message:
        "Required 'compute.instances.get' permission for 'projects/cluster-1/zones/europe-west1-b/instances/node-a'",
    });
  });
});

test('a zone that does not answer is a warning in its place, and named where partial success is asked for', async () => {
  const { world, gce } = smallGce();
  gce.projects[0]!.unreachableZones.push('europe-west1-b');
  const options: { unreachableZones?: 'failure' } = {};
  await withLab(world, options, async (lab) => {
    const silent = (await gceRaw(lab, INSTANCES)).json();
    const items = silent['items'] as Record<string, { warning?: { code: string }; instances?: Json[] }>;
    expect(items['zones/europe-west1-b']).toMatchObject({ warning: { code: 'UNREACHABLE' } });
    expect(items['zones/europe-west1-c']!.instances).toHaveLength(1);
    expect(silent).not.toHaveProperty('unreachables');
    const partial = (await gceRaw(lab, `${INSTANCES}?returnPartialSuccess=true`)).json();
    expect(partial['unreachables']).toEqual(['zones/europe-west1-b']);
    expect((await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances')).status).toBe(503);
    expect((await gceRaw(lab, 'cluster-1/zones/europe-west1-b/instances/node-a')).status).toBe(503);
    options.unreachableZones = 'failure';
    expect(googleError(await gceRaw(lab, INSTANCES))).toMatchObject({ status: 503, reason: 'backendError' });
    expect((await gceRaw(lab, `${INSTANCES}?returnPartialSuccess=true`)).status).toBe(200);
  });
});

test('a project whose API is not enabled, and a parameter that the service does not know', async () => {
  const options = { gceDisabled: ['net-host'], gceUnknownParameters: ['returnPartialSuccess'] };
  await withLab(smallGce().world, options, async (lab) => {
    const disabled = await gceRaw(lab, 'net-host/global/routes');
    expect(googleError(disabled)).toMatchObject({ status: 403, reason: 'accessNotConfigured' });
    expect(disabled.json()).toMatchObject({ error: { details: [{ reason: 'SERVICE_DISABLED' }] } });
    const unknown = await gceRaw(lab, `${INSTANCES}?returnPartialSuccess=true`);
    expect(googleError(unknown).message).toMatch(/Unknown name "returnPartialSuccess"/);
    expect((await gceRaw(lab, INSTANCES)).status).toBe(200);
  });
});

test('throttling is a 403 with a reason', async () => {
  await withLab(smallGce().world, { throttleEvery: 2 }, async (lab) => {
    const token = String((await exchange(lab)).json()['access_token']);
    expect((await gceRaw(lab, INSTANCES, { token })).status).toBe(200);
    expect(googleError(await gceRaw(lab, INSTANCES, { token }))).toMatchObject({
      status: 403,
      reason: 'rateLimitExceeded',
    });
  });
});

test('whatever would change something is refused and noted', async () => {
  await withLab(smallGce().world, {}, async (lab) => {
    const vm = 'cluster-1/zones/europe-west1-b/instances/node-a';
    const put = await gceRaw(lab, vm, { method: 'PUT', body: '{}' });
    expect(googleError(put)).toEqual({
      status: 403,
      reason: 'forbidden',
      message: `Required 'compute.instances.update' permission for 'projects/${vm}'`,
    });
    await gceRaw(lab, 'net-host/global/routes', { method: 'POST', body: '{}' });
    await gceRaw(lab, 'net-host/global/routes/pods-a', { method: 'DELETE' });
    await gceRaw(lab, 'net-host/global/routes');
    const asked = lab.requests().filter((one) => one.service === 'gce');
    expect(asked.map((one) => [one.operation, one.status, one.write])).toEqual([
      ['instances.update cluster-1/node-a', 403, true],
      ['routes.insert net-host/', 403, true],
      ['routes.delete net-host/pods-a', 403, true],
      ['routes.list net-host', 200, false],
    ]);
  });
});
