/** The lab's Azure changes what it is told to, and refuses what Azure refuses. */
import { expect, test } from '@jest/globals';
import type { LabOptions } from '../../../../lab/servers/index.ts';
import type { AzureWorld } from '../../../../lab/world/azure.ts';
import { armError, armRaw, smallAzure } from './small-azure.ts';
import { withLab, type Raw } from './support.ts';

const NETWORK = '/resourceGroups/rg-Cluster/providers/Microsoft.Network';
const COMPUTE = '/resourceGroups/rg-Cluster/providers/Microsoft.Compute';
const NIC = `${NETWORK}/networkInterfaces/node-1-nic`;
const ROUTES = `${NETWORK}/routeTables/pods/routes`;
const SET = `${COMPUTE}/virtualMachineScaleSets/uniform`;
const VERSIONS = { [NETWORK]: '2024-03-01', [COMPUTE]: '2024-07-01' };

type Json = Record<string, unknown>;
type Lab = Parameters<Parameters<typeof withLab>[2]>[0];
type Ask = (method: string, path: string, body?: Json, headers?: Record<string, string>) => Promise<Raw>;

function asking(lab: Lab): Ask {
  return (method, path, body, headers = {}) => {
    const version = Object.entries(VERSIONS).find(([place]) => path.startsWith(place))?.[1] ?? '';
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return armRaw(lab, `${path}?api-version=${version}`, { method, headers: { ...type, ...headers }, ...text });
  };
}

async function readNic(ask: Ask): Promise<Json & { etag: string; properties: Json }> {
  return (await ask('GET', NIC)).json() as Json & { etag: string; properties: Json };
}

const hop = (addressPrefix: string, more: Json = {}): Json => ({
  properties: { addressPrefix, nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.30.0.5', ...more },
});

async function inLab<T>(options: LabOptions, use: (ask: Ask, azure: AzureWorld) => Promise<T>): Promise<T> {
  const { world, azure } = smallAzure();
  return withLab(world, { writable: true, ...options }, (lab) => use(asking(lab), azure));
}

test.each<[string, (ask: Ask) => Promise<Raw>, number, string]>([
  [
    'an interface without its configurations',
    (ask) => ask('PUT', NIC, { location: 'westeurope', properties: {} }),
    400,
    'NetworkInterfaceMustHaveAtLeastOneIpConfiguration',
  ],
  [
    'an interface elsewhere',
    (ask) => ask('PUT', NIC, { location: 'eastus', properties: {} }),
    409,
    'InvalidResourceLocation',
  ],
  [
    'an interface with something that nobody knows',
    async (ask) => {
      const shown = await readNic(ask);
      return ask('PUT', NIC, { ...shown, properties: { ...shown.properties, wings: 2 } });
    },
    400,
    'InvalidRequestContent',
  ],
  [
    'an interface that is not as it was',
    async (ask) => ask('PUT', NIC, await readNic(ask), { 'if-match': 'W/"old"' }),
    412,
    'PreconditionFailed',
  ],
  ['a second route for a range', (ask) => ask('PUT', `${ROUTES}/b`, hop('10.244.0.0/24')), 400, 'RouteConflict'],
  ['a range with host bits', (ask) => ask('PUT', `${ROUTES}/b`, hop('10.244.1.7/24')), 400, 'InvalidCIDRNotation'],
  [
    'an address beside another type',
    (ask) => ask('PUT', `${ROUTES}/b`, hop('10.244.1.0/24', { nextHopType: 'Internet' })),
    400,
    'InvalidNextHopIpAddress',
  ],
  [
    'a next hop of another family',
    (ask) => ask('PUT', `${ROUTES}/b`, hop('fd00:1::/64')),
    400,
    'InvalidNextHopIpAddress',
  ],
  [
    'a route that was to be new',
    (ask) => ask('PUT', `${ROUTES}/node-0`, hop('10.244.0.0/24'), { 'if-none-match': '*' }),
    412,
    'PreconditionFailed',
  ],
  [
    'an upgrade of an instance that is not there',
    (ask) => ask('POST', `${SET}/manualupgrade`, { instanceIds: ['9'] }),
    400,
    'InvalidParameter',
  ],
  [
    'an upgrade of a Flexible set',
    (ask) => ask('POST', `${COMPUTE}/virtualMachineScaleSets/flex/manualupgrade`, { instanceIds: ['0'] }),
    409,
    'OperationNotAllowed',
  ],
  [
    'a body that is no JSON',
    (ask) => ask('PUT', NIC, undefined, { 'content-type': 'text/plain' }),
    415,
    'UnsupportedMediaType',
  ],
])('%s is refused, and nothing is changed', async (_, send, status, code) => {
  await inLab({}, async (ask, azure) => {
    const before = structuredClone(azure);
    expect(armError(await send(ask))).toMatchObject({ status, code });
    expect(azure).toEqual(before);
  });
});

test('more routes than a table may hold are refused', async () => {
  await inLab({}, async (ask, azure) => {
    azure.routesPerTable = 2;
    expect(armError(await ask('PUT', `${ROUTES}/b`, hop('10.244.1.0/24'))).status).toBe(400);
    expect(azure.routeTables[0]?.routes.length).toBe(2);
  });
});

test('what a PUT leaves out is gone', async () => {
  await inLab({}, async (ask, azure) => {
    Object.assign(azure.nics[1]!, { securityGroup: 'nodes', tags: { a: 'b' } });
    const { location, properties } = await readNic(ask);
    const { ipConfigurations } = properties;
    expect((await ask('PUT', NIC, { location, properties: { ipConfigurations } })).status).toBe(200);
    expect(azure.nics[1]).toEqual(expect.not.objectContaining({ securityGroup: 'nodes', tags: { a: 'b' } }));
    expect(azure.nics[1]?.ipConfigurations).toEqual(smallAzure().azure.nics[1]?.ipConfigurations);
  });
});

test('a change takes its time, and whoever comes meanwhile is turned away', async () => {
  await inLab({ azurePolls: 2 }, async (ask, azure) => {
    const first = await ask('PUT', `${ROUTES}/b`, hop('10.244.1.0/24'));
    expect([first.status, first.json()['properties']]).toEqual([
      201,
      expect.objectContaining({ provisioningState: 'Updating' }),
    ]);
    expect(armError(await ask('DELETE', `${ROUTES}/node-0`))).toMatchObject({ status: 429, code: 'RetryableError' });
    const seen: unknown[] = [];
    for (let times = 0; times < 3; times += 1) {
      seen.push(((await ask('GET', `${ROUTES}/b`)).json()['properties'] as Json)['provisioningState']);
    }
    expect(seen).toEqual(['Updating', 'Updating', 'Succeeded']);
    expect(azure.routeTables[0]?.provisioningState).toBe('Succeeded');
    expect((await ask('DELETE', `${ROUTES}/nobody`)).status).toBe(204);
  });
});

test('what may not be linked to may not be written either', async () => {
  await inLab({ azureDeny: ['Microsoft.Network/virtualNetworks/subnets/join/action'] }, async (ask) => {
    const { status, code, message } = armError(await ask('PUT', NIC, await readNic(ask)));
    expect([status, code]).toEqual([403, 'LinkedAuthorizationFailed']);
    expect(message).toMatch(
      /'Microsoft\.Network\/virtualNetworks\/subnets\/join\/action' on the linked scope\(s\) '\S+nodes'/,
    );
  });
});

test('a lab that is not writable refuses every change', async () => {
  await inLab({ writable: false }, async (ask, azure) => {
    const before = structuredClone(azure);
    expect(armError(await ask('PUT', NIC, await readNic(ask)))).toMatchObject({
      status: 403,
      code: 'AuthorizationFailed',
    });
    expect(azure).toEqual(before);
  });
});
