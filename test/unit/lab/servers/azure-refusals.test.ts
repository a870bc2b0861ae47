import { expect, test } from '@jest/globals';

import type { Lab } from '../../../../lab/servers/index.ts';
import { armError, armRaw, login, SUBSCRIPTION, smallAzure } from './small-azure.ts';
import { raw, withLab } from './support.ts';

const TABLES = '/providers/Microsoft.Network/routeTables?api-version=2026-01-01';
const VMS = '/providers/Microsoft.Compute/virtualMachines?api-version=2026-04-01';
const GROUP = '/resourceGroups/rg-cluster/providers';

test('without a token, with a forged one, with one that has expired', async () => {
  const options: { expiredToken?: 'azure' } = {};
  await withLab(smallAzure().world, options, async (lab) => {
    const none = await armRaw(lab, TABLES, { token: null });
    expect(armError(none)).toMatchObject({ status: 401, code: 'AuthenticationFailed' });
    expect(none.headers['www-authenticate']).toMatch(/^Bearer authorization_uri=/);
    expect(armError(await armRaw(lab, TABLES, { token: 'a.b.c' }))).toMatchObject({
      code: 'InvalidAuthenticationToken',
    });
    const token = String((await login(lab)).json()['access_token']);
    options.expiredToken = 'azure';
    expect(armError(await armRaw(lab, TABLES, { token }))).toMatchObject({
      status: 401,
      code: 'ExpiredAuthenticationToken',
    });
  });
});

test('versions of the API: none, unknown, of another kind of resource', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const code = async (path: string): Promise<[number, string]> => {
      const { status, code: text } = armError(await armRaw(lab, path));
      return [status, text];
    };
    expect(await code('/providers/Microsoft.Network/routeTables')).toEqual([400, 'MissingApiVersionParameter']);
    expect(await code(TABLES.replace('2026-01-01', '2026-01-02'))).toEqual([400, 'InvalidApiVersionParameter']);
    expect(await code(VMS.replace('2026-04-01', '2026-01-01'))).toEqual([400, 'InvalidApiVersionParameter']);
    const set = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/uniform/networkInterfaces?api-version`;
    expect(await code(`${set}=2026-01-01`)).toEqual([400, 'InvalidApiVersionParameter']);
    expect((await armRaw(lab, `${set}=2018-10-01`)).status).toBe(200);
  });
});

test('subscriptions, groups, objects that are not there', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const token = String((await login(lab)).json()['access_token']);
    const other = async (id: string): Promise<object> =>
      armError(await raw(lab, `${lab.urls.cloud}/subscriptions/${id}${TABLES}`, { token }));
    const stranger = '00000000-2222-4333-8444-555555555555';
    expect(await other(stranger)).toEqual({
      status: 404,
      code: 'SubscriptionNotFound',
      message: `The subscription '${stranger}' could not be found.`,
    });
    expect(await other('mine')).toMatchObject({ status: 400, code: 'InvalidSubscriptionId' });
    const code = async (path: string): Promise<string> => armError(await armRaw(lab, path)).code;
    const v = '?api-version=2026-01-01';
    expect(await code(`/resourceGroups/nope/providers/Microsoft.Network/routeTables${v}`)).toBe(
      'ResourceGroupNotFound',
    );
    expect(await code(`${GROUP}/Microsoft.Network/routeTables/nope${v}`)).toBe('ResourceNotFound');
    expect(await code(`${GROUP}/Microsoft.Network/colours${v}`)).toBe('ResourceNotFound');
    const sets = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets`;
    expect(await code(`${sets}/uniform/virtualMachines/9?api-version=2026-04-01`)).toBe('ResourceNotFound');
    expect(await code(`${sets}/uniform/virtualMachines/9/networkInterfaces?api-version=2018-10-01`)).toBe(
      'ResourceNotFound',
    );
    expect(await code(`/providers/Microsoft.Network/locations/westeurope/operations/${stranger}${v}`)).toBe(
      'OperationNotFound',
    );
    const list = await raw(lab, `${lab.urls.cloud}/subscriptions?api-version=2022-12-01`, { token });
    expect(list.json()).toMatchObject({ value: [{ subscriptionId: SUBSCRIPTION }] });
  });
});

async function next(lab: Lab, path: string): Promise<string> {
  return String((await armRaw(lab, path)).json()['nextLink']);
}

test('links to the next page are good for their own list only', async () => {
  await withLab(smallAzure().world, { pageSize: { azure: 1 } }, async (lab) => {
    const token = String((await login(lab)).json()['access_token']);
    const link = await next(lab, VMS);
    expect(link).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/subscriptions\/.*api-version=2026-04-01/);
    const second = (await raw(lab, link, { token })).json();
    expect(second).toMatchObject({ value: [{ name: 'node-1' }] });
    expect(second).not.toHaveProperty('nextLink');
    const misused = link.replace('virtualMachines', 'virtualMachineScaleSets');
    expect(armError(await raw(lab, misused, { token }))).toMatchObject({ status: 400, code: 'InvalidSkipToken' });
  });
});

test('parameters that lists do not take', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const message = async (path: string): Promise<string> => {
      const { status, code, message: text } = armError(await armRaw(lab, path));
      expect([status, code]).toEqual([400, 'BadRequest']);
      return text;
    };
    expect(await message(`${VMS}&$expand=instanceView`)).toMatch(/only be specified if a valid '\$filter'/);
    expect(await message(`${VMS}&$expand=colours`)).toMatch(/'colours' is not supported/);
    expect(await message(`${VMS}&statusOnly=yes`)).toMatch(/'yes'/);
    expect(await message(`${VMS}&$filter=name eq 'x'`.replaceAll(' ', '%20'))).toMatch(/is not supported/);
    expect(await message(`${TABLES}&$top=1`)).toMatch(/has no parameter \$top/);
    const instances = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/uniform/virtualMachines?api-version=2026-04-01`;
    expect(await message(`${instances}&$select=name`)).toMatch(/\$select/);
  });
});

test('actions: denied by name, and granted by a role only', async () => {
  await withLab(smallAzure().world, { azureDeny: ['microsoft.network/*/read'] }, async (lab) => {
    const denied = armError(await armRaw(lab, TABLES));
    expect([denied.status, denied.code]).toEqual([403, 'AuthorizationFailed']);
    expect(denied.message).toMatch(
      new RegExp(
        `^The client '[0-9a-f-]{36}' with object id '[0-9a-f-]{36}' does not have authorization to perform action ` +
          `'Microsoft.Network/routeTables/read' over scope '/subscriptions/${SUBSCRIPTION}' or the scope is invalid\\.`,
      ),
    );
    expect((await armRaw(lab, VMS)).status).toBe(200);
  });
  const azureRole = { Name: 'reader', Actions: ['Microsoft.Compute/*/read'], NotActions: ['*/networkInterfaces/read'] };
  await withLab(smallAzure().world, { azureRole }, async (lab) => {
    expect((await armRaw(lab, VMS)).status).toBe(200);
    expect((await armRaw(lab, TABLES)).status).toBe(403);
    const set = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/uniform`;
    expect(armError(await armRaw(lab, `${set}/networkInterfaces?api-version=2018-10-01`)).message).toContain(
      `'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read' over scope '/subscriptions/${SUBSCRIPTION}${set}/networkInterfaces'`,
    );
    const nic = `${set}/virtualMachines/0/networkInterfaces?api-version=2018-10-01`;
    expect(armError(await armRaw(lab, nic)).message).toContain(
      "'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read'",
    );
    const effective = `${GROUP}/Microsoft.Network/networkInterfaces/node-0-nic/effectiveRouteTable?api-version=2026-01-01`;
    expect(armError(await armRaw(lab, effective, { method: 'POST' })).message).toContain(
      "'Microsoft.Network/networkInterfaces/effectiveRouteTable/action'",
    );
  });
});

test('throttling says how long to wait', async () => {
  await withLab(smallAzure().world, { throttleEvery: 1 }, async (lab) => {
    const answer = await armRaw(lab, TABLES, { token: 'whatever' });
    expect(armError(answer)).toMatchObject({ status: 429, code: 'SubscriptionRequestsThrottled' });
    expect(answer.headers['retry-after']).toBe('1');
    expect((await login(lab)).status).toBe(429);
  });
});

test('whatever would change something is refused and noted', async () => {
  await withLab(smallAzure().world, {}, async (lab) => {
    const nic = `${GROUP}/Microsoft.Network/networkInterfaces/node-0-nic?api-version=2026-01-01`;
    expect(armError(await armRaw(lab, nic, { method: 'PUT', body: '{}' })).message).toContain(
      "'Microsoft.Network/networkInterfaces/write'",
    );
    const route = `${GROUP}/Microsoft.Network/routeTables/pods/routes/node-0?api-version=2026-01-01`;
    expect(armError(await armRaw(lab, route, { method: 'DELETE' })).message).toContain(
      "'Microsoft.Network/routeTables/routes/delete'",
    );
    await armRaw(lab, nic.replace('?', '/effectiveRouteTable?'), { method: 'POST' });
    const asked = lab.requests().filter((one) => one.service === 'arm');
    expect(asked.map((one) => [one.status, one.write])).toEqual([
      [403, true],
      [403, true],
      [202, false],
    ]);
  });
});
