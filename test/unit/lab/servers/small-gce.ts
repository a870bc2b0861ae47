import { readFile } from 'node:fs/promises';

import type { Lab } from '../../../../lab/servers/index.ts';
import type { GceInstanceWorld, GceWorld } from '../../../../lab/world/gce.ts';
import { everything, firewall } from '../../../../lab/world/gce-firewalls.ts';
import type { World } from '../../../../lab/world/world.ts';
import { postForm, raw, smallWorld, type Raw, type RawOptions } from './support.ts';

export function vm(name: string, zone: string, ip: string, change: Partial<GceInstanceWorld> = {}): GceInstanceWorld {
  return {
    name,
    id: `71${ip.replaceAll('.', '')}00000000`,
    zone,
    status: 'RUNNING',
    canIpForward: true,
    tags: [],
    labels: {},
    metadata: {},
    serviceAccount: 'nodes@cluster-1.iam.gserviceaccount.com',
    nics: [{ name: 'nic0', network: 'pods', subnetwork: 'nodes', ip, aliasRanges: [] }],
    ...change,
  };
}

/** A Shared VPC: networks and routes in `net-host`, three nodes in two zones in `cluster-1`. */
export function smallGce(): { world: World; gce: GceWorld } {
  const to = (zone: string, name: string) => ({ kind: 'instance', project: 'cluster-1', zone, name }) as const;
  const gce: GceWorld = {
    hostProject: 'net-host',
    networks: [{ name: 'pods' }, { name: 'other' }],
    subnetworks: [
      {
        name: 'nodes',
        network: 'pods',
        region: 'europe-west1',
        cidr: '10.10.0.0/24',
        secondary: [{ name: 'pods', cidr: '10.200.0.0/16' }],
        ipv6Cidr: 'fd20:1:2:3::/64',
      },
      { name: 'spare', network: 'other', region: 'europe-west4', cidr: '10.20.0.0/24', secondary: [] },
    ],
    routes: [
      route('default', '0.0.0.0/0', { kind: 'gateway' }),
      route('pods-a', '10.244.0.0/24', to('europe-west1-b', 'node-a')),
      route('pods-b', '10.244.1.0/24', { kind: 'ip', ip: '10.10.0.3' }, ['tagged']),
    ],
    firewalls: [
      firewall('allow-pods', 'pods', { sourceRanges: ['10.244.0.0/16'], sourceTags: ['tagged'] }),
      firewall('allow-web', 'pods', { allowed: [{ protocol: 'tcp', ports: ['80', '8000-8999'] }] }),
      firewall('deny-out', 'other', { direction: 'EGRESS', denied: everything, priority: 7, disabled: true }),
    ],
    policies: [
      {
        kind: 'HIERARCHY',
        name: '4711',
        displayName: 'baseline',
        networks: ['pods'],
        rules: [
          {
            priority: 10,
            direction: 'INGRESS',
            action: 'deny',
            srcIpRanges: ['192.0.2.0/24'],
            traffic: [{ protocol: 'tcp', ports: ['22'] }],
          },
        ],
      },
      { kind: 'NETWORK_REGIONAL', name: 'west', networks: ['pods'], region: 'europe-west4', rules: [] },
    ],
    projects: [
      {
        project: 'cluster-1',
        instances: [
          vm('node-a', 'europe-west1-b', '10.10.0.2', { template: 'nodes-v1', labels: { pool: 'one' } }),
          vm('node-b', 'europe-west1-b', '10.10.0.3', { tags: ['tagged'] }),
          vm('node-c', 'europe-west1-c', '10.10.0.4', {
            nics: [
              {
                name: 'nic0',
                network: 'pods',
                subnetwork: 'nodes',
                ip: '10.10.0.4',
                ipv6: 'fd20:1:2:3:0:1::',
                aliasRanges: [{ cidr: '10.200.3.0/24', rangeName: 'pods' }],
              },
            ],
          }),
        ],
        instanceTemplates: [{ name: 'nodes-v1', canIpForward: false }],
        unreachableZones: [],
      },
    ],
  };
  const world = { ...smallWorld(), gce: [gce] };
  return { world, gce };
}

export function route(
  name: string,
  destRange: string,
  target: GceWorld['routes'][number]['target'],
  tags: string[] = [],
): GceWorld['routes'][number] {
  return { name, network: 'pods', destRange, priority: 1000, tags, description: '', target };
}

interface Credentials {
  audience: string;
  credential_source: { file: string };
}

/** The fields of a token exchange as a client sends them, with changes. */
export async function exchange(lab: Lab, change: Record<string, string> = {}): Promise<Raw> {
  const path = lab.webIdentityEnv['GOOGLE_APPLICATION_CREDENTIALS']!;
  const credentials = JSON.parse(await readFile(path, 'utf8')) as Credentials;
  return postForm(lab, '/v1/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: credentials.audience,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: await readFile(credentials.credential_source.file, 'utf8'),
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    ...change,
  });
}

/** Something below `/compute/v1/projects/`, with a good token unless another (or none) is given. */
export async function gceRaw(lab: Lab, path: string, options: RawOptions = {}): Promise<Raw> {
  const token = options.token === undefined ? String((await exchange(lab)).json()['access_token']) : options.token;
  return raw(lab, `${lab.urls.cloud}/compute/v1/projects/${path}`, { ...options, token });
}

/** What Google's error form says in short. */
export function googleError(answer: Raw): { status: number; reason: unknown; message: unknown } {
  const { error } = answer.json() as { error: { message: string; errors: { reason: string }[] } };
  return { status: answer.status, reason: error.errors[0]?.reason, message: error.message };
}
