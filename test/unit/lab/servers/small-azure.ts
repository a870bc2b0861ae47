import type { Lab } from '../../../../lab/servers/index.ts';
import type { AzureNicWorld, AzureWorld } from '../../../../lab/world/azure.ts';
import type { World } from '../../../../lab/world/world.ts';
import { postForm, raw, smallWorld, type Raw, type RawOptions } from './support.ts';

export const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';

export function nic(name: string, ip: string, change: Partial<AzureNicWorld> = {}): AzureNicWorld {
  const ipConfigurations = [{ name: 'ipconfig1', ip, vnet: 'cluster', subnet: 'nodes' }];
  return { name, primary: true, enableIPForwarding: true, ipConfigurations, ...change };
}

/** Two ordinary VMs (one of a Flexible scale set, one deallocated) and two instances of a Uniform scale set. */
export function smallAzure(): { world: World; azure: AzureWorld } {
  const azure: AzureWorld = {
    subscription: SUBSCRIPTION,
    tenant: '99999999-8888-4777-8666-555555555555',
    resourceGroup: 'rg-Cluster',
    location: 'westeurope',
    vnets: [
      {
        name: 'cluster',
        prefixes: ['10.30.0.0/16'],
        subnets: [
          { name: 'nodes', prefixes: ['10.30.0.0/24'], routeTable: 'pods', securityGroup: 'nodes' },
          { name: 'spare', prefixes: ['10.30.1.0/24', '10.30.2.0/24'] },
        ],
        peerings: [{ name: 'to-hub', remote: 'hub', allowForwardedTraffic: true }],
      },
      { name: 'hub', prefixes: ['10.31.0.0/16'], subnets: [], peerings: [] },
    ],
    routeTables: [
      {
        name: 'pods',
        disableBgpRoutePropagation: false,
        provisioningState: 'Succeeded',
        tags: { owner: 'platform' },
        routes: [
          {
            name: 'node-0',
            prefix: '10.244.0.0/24',
            nextHopType: 'VirtualAppliance',
            nextHopIp: '10.30.0.4',
            provisioningState: 'Succeeded',
          },
          { name: 'nowhere', prefix: '192.168.0.0/16', nextHopType: 'None', provisioningState: 'Succeeded' },
        ],
      },
    ],
    securityGroups: [
      {
        name: 'nodes',
        provisioningState: 'Succeeded',
        tags: { owner: 'platform' },
        rules: [
          {
            name: 'web',
            priority: 100,
            direction: 'Inbound',
            access: 'Allow',
            protocol: 'Tcp',
            source: { prefixes: ['10.0.0.0/24', '10.0.2.0/24'] },
            destination: { applicationGroups: ['web'] },
            sourcePorts: ['*'],
            destinationPorts: ['80', '8000-8999'],
            provisioningState: 'Succeeded',
          },
        ],
      },
    ],
    applicationGroups: ['web'],
    vms: [
      {
        name: 'node-0',
        vmId: 'aaaaaaaa-0000-4000-8000-000000000000',
        power: 'running',
        nics: ['node-0-nic'],
        scaleSet: 'flex',
        tags: { pool: 'one' },
      },
      {
        name: 'node-1',
        vmId: 'aaaaaaaa-0000-4000-8000-000000000001',
        power: 'deallocated',
        nics: ['node-1-nic'],
        tags: {},
      },
    ],
    nics: [nic('node-0-nic', '10.30.0.4'), nic('node-1-nic', '10.30.0.5', { enableIPForwarding: false })],
    scaleSets: [
      { name: 'flex', orchestration: 'Flexible', modelForwarding: true, instances: [], tags: {} },
      {
        name: 'uniform',
        orchestration: 'Uniform',
        modelForwarding: false,
        tags: { pool: 'two' },
        instances: ['0', '3'].map((instanceId, at) => ({
          instanceId,
          computerName: `uniform00000${instanceId}`,
          power: 'running',
          latestModelApplied: at === 0,
          nics: [nic('uniform-nic', `10.30.0.${10 + at}`)],
        })),
      },
    ],
  };
  return { world: { ...smallWorld(), azure: [azure] }, azure };
}

/** A token as a client with a secret gets it; fields of the request with changes. */
export async function login(lab: Lab, change: Record<string, string> = {}): Promise<Raw> {
  const { env } = lab;
  return postForm(lab, `/${env['AZURE_TENANT_ID']!}/oauth2/v2.0/token`, {
    grant_type: 'client_credentials',
    client_id: env['AZURE_CLIENT_ID']!,
    client_secret: env['AZURE_CLIENT_SECRET']!,
    scope: 'https://management.azure.com/.default',
    ...change,
  });
}

/** Something below the subscription, with a good token unless another (or none) is given. */
export async function armRaw(lab: Lab, path: string, options: RawOptions = {}): Promise<Raw> {
  const token = options.token === undefined ? String((await login(lab)).json()['access_token']) : options.token;
  return raw(lab, `${lab.urls.cloud}/subscriptions/${SUBSCRIPTION}${path}`, { ...options, token });
}

export function armError(answer: Raw): { status: number; code: string; message: string } {
  const { error } = answer.json() as { error: { code: string; message: string } };
  return { status: answer.status, ...error };
}
