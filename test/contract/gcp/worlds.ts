/** Worlds for the Compute Engine reader: everything it may meet in one, and the plain ones. */
import type { GceInstanceWorld, GceWorld } from '../../../lab/world/gce.ts';
import { firewall } from '../../../lab/world/gce-firewalls.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import type { World } from '../../../lab/world/world.ts';
import { gceOf } from './expected.ts';

export const NETWORK = 'suite-net';

export function usualWorld(): World {
  return gceCluster({ name: 'suite', mode: 'fabric', nodes: 5, subnets: 2, ipv6: true });
}

export function sharedWorld(): World {
  return gceCluster({ name: 'suite', mode: 'host-gw', nodes: 4, subnets: 2, hostProject: 'net-host' });
}

export function instanceAt(gce: GceWorld, index: number): GceInstanceWorld {
  const instance = gce.projects[0]?.instances[index];
  if (instance === undefined) throw new Error(`there is no instance ${String(index)}`);
  return instance;
}

/** Stopped and starting machines, stray routes of every kind, tags, a second interface, another network, a template. */
export function busyWorld(): World {
  const world = gceCluster({ name: 'suite', mode: 'fabric', nodes: 8, subnets: 2, ipv6: true });
  const gce = gceOf(world);
  const [service] = gce.projects;
  const first = instanceAt(gce, 0);
  const to = { kind: 'instance', project: 'shop-prod', zone: first.zone, name: first.name } as const;
  instanceAt(gce, 1).status = 'TERMINATED';
  instanceAt(gce, 2).status = 'STAGING';
  instanceAt(gce, 3).canIpForward = false;
  instanceAt(gce, 4).tags = ['zebra', 'ant'];
  for (const index of [5, 6]) instanceAt(gce, index).template = 'workers-v2';
  service?.instanceTemplates.push({ name: 'workers-v2', canIpForward: false });
  gce.networks.push({ name: 'storage' });
  gce.subnetworks.push({
    name: 'disks',
    network: 'storage',
    region: 'europe-west3',
    cidr: '172.20.0.0/24',
    secondary: [],
  });
  service?.instances.push({
    ...structuredClone(first),
    name: 'stranger',
    id: '4711',
    nics: [{ name: 'nic0', network: 'storage', subnetwork: 'disks', ip: '172.20.0.9', aliasRanges: [] }],
  });
  service?.instances.push({
    ...structuredClone(first),
    name: 'appliance',
    id: '4712',
    nics: [
      { name: 'nic0', network: NETWORK, subnetwork: 'suite-nodes-a', ip: '10.132.0.200', aliasRanges: [] },
      { name: 'nic1', network: 'storage', subnetwork: 'disks', ip: '172.20.0.10', aliasRanges: [] },
    ],
  });
  const stray = (name: string, destRange: string, target: GceWorld['routes'][number]['target']): void => {
    const tags = name === 'tagged' ? ['zebra', 'ant'] : [];
    gce.routes.push({ name, network: NETWORK, destRange, priority: 700, tags, description: '', target });
  };
  stray('gone', '10.244.90.0/24', { ...to, name: 'gone' });
  stray('nobody', '10.244.91.0/24', { kind: 'ip', ip: '10.132.0.250' });
  stray('tagged', '10.244.92.0/24', to);
  stray('balancer', '10.244.93.0/24', { kind: 'ilb', ip: '10.132.0.60' });
  stray('tunnel', '10.244.94.0/24', { kind: 'vpn-tunnel', name: 'office' });
  stray('out', '10.244.95.0/24', { kind: 'gateway' });
  stray('by-address', '10.244.96.0/24', { kind: 'ip', ip: first.nics[0]?.ip ?? '' });
  gce.routes.push({
    name: 'elsewhere',
    network: 'storage',
    destRange: '10.99.0.0/16',
    priority: 1,
    tags: [],
    description: '',
    target: { kind: 'gateway' },
  });
  return world;
}

/** Every form that a firewall rule can have. */
export function firewallWorld(): World {
  const world = usualWorld();
  const gce = gceOf(world);
  const [tcp, all] = [{ protocol: 'tcp', ports: ['80', '8000-8999'] }, { protocol: 'all' }];
  gce.firewalls.push(
    firewall('two-ways', NETWORK, { priority: 7, allowed: [tcp, { protocol: '17' }, { protocol: 'esp' }] }),
    firewall('by-tag', NETWORK, { sourceTags: ['zebra', 'ant'], sourceRanges: ['10.9.0.0/16'], targetTags: ['ant'] }),
    firewall('by-account', NETWORK, {
      sourceServiceAccounts: ['a@shop-prod.iam.gserviceaccount.com'],
      targetServiceAccounts: ['b@shop-prod.iam.gserviceaccount.com'],
      denied: [all],
    }),
    firewall('out', NETWORK, { direction: 'EGRESS', denied: [tcp] }),
    firewall('out-to', NETWORK, {
      direction: 'EGRESS',
      destinationRanges: ['10.244.0.0/16', '10.9.0.0/16'],
      sourceRanges: ['10.132.0.0/20'],
      denied: [all],
    }),
    firewall('off', NETWORK, { disabled: true, priority: 0, denied: [all] }),
  );
  return world;
}
