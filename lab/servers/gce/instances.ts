import type { google } from '@google-cloud/compute/build/protos/protos.js';

import type { GceInstanceWorld, GceNicWorld, GceTemplateWorld, GceWorld } from '../../world/gce.ts';
import {
  createdAt,
  fingerprint,
  instanceUrl,
  networkUrl,
  numericId,
  projectNumber,
  subnetworkUrl,
  urlOf,
  regionOfZone,
  type ProjectView,
} from './view.ts';

type Instance = google.cloud.compute.v1.IInstance;
type NetworkInterface = google.cloud.compute.v1.INetworkInterface;
type InstanceTemplate = google.cloud.compute.v1.IInstanceTemplate;

function nicOf(world: GceWorld, region: string, nic: GceNicWorld): NetworkInterface {
  const content = {
    network: networkUrl(world, nic.network),
    subnetwork: subnetworkUrl(world, region, nic.subnetwork),
    networkIP: nic.ip,
    name: nic.name,
    stackType: nic.ipv6 === undefined ? 'IPV4_ONLY' : 'IPV4_IPV6',
    ...(nic.ipv6 !== undefined && { ipv6Address: nic.ipv6, internalIpv6PrefixLength: 96, ipv6AccessType: 'INTERNAL' }),
    // An empty list is left out of every answer.
    ...(nic.aliasRanges.length > 0 && {
      aliasIpRanges: nic.aliasRanges.map(({ cidr, rangeName }) => ({
        ipCidrRange: cidr,
        ...(rangeName !== undefined && { subnetworkRangeName: rangeName }),
      })),
    }),
  };
  return { kind: 'compute#networkInterface', ...content, fingerprint: fingerprint(content) };
}

function metadataOf(project: string, instance: GceInstanceWorld): { key: string; value: string }[] {
  const items = Object.entries(instance.metadata).map(([key, value]) => ({ key, value }));
  if (instance.template === undefined) return items;
  // Members of a group know their template by these two keys; they say the project by its number.
  const place = `projects/${projectNumber(project)}`;
  const made = [
    { key: 'instance-template', value: `${place}/global/instanceTemplates/${instance.template}` },
    { key: 'created-by', value: `${place}/zones/${instance.zone}/instanceGroupManagers/${instance.template}-group` },
  ];
  return [...items, ...made.filter(({ key }) => instance.metadata[key] === undefined)];
}

export function instanceOf({ world, project }: ProjectView, now: string, instance: GceInstanceWorld): Instance {
  const { name, zone } = instance;
  const self = instanceUrl(project, zone, name);
  const metadata = metadataOf(project, instance);
  const content: Instance = {
    id: instance.id,
    creationTimestamp: createdAt(now, self),
    name,
    tags: {
      ...(instance.tags.length > 0 && { items: instance.tags }),
      fingerprint: fingerprint(instance.tags),
    },
    machineType: urlOf(project, 'zones', zone, 'machineTypes/e2-standard-4'),
    status: instance.status,
    zone: urlOf(project, 'zones', zone),
    canIpForward: instance.canIpForward,
    networkInterfaces: instance.nics.map((nic) => nicOf(world, regionOfZone(zone), nic)),
    disks: [
      {
        kind: 'compute#attachedDisk',
        type: 'PERSISTENT',
        mode: 'READ_WRITE',
        source: urlOf(project, 'zones', zone, 'disks', name),
        deviceName: 'persistent-disk-0',
        index: 0,
        boot: true,
        autoDelete: true,
        interface: 'SCSI',
        diskSizeGb: '50',
        architecture: 'X86_64',
      },
    ],
    metadata: {
      kind: 'compute#metadata',
      fingerprint: fingerprint(metadata),
      ...(metadata.length > 0 && { items: metadata }),
    },
    ...(instance.serviceAccount !== undefined && {
      serviceAccounts: [{ email: instance.serviceAccount, scopes: ['https://www.googleapis.com/auth/cloud-platform'] }],
    }),
    selfLink: self,
    scheduling: {
      onHostMaintenance: 'MIGRATE',
      automaticRestart: true,
      preemptible: false,
      provisioningModel: 'STANDARD',
    },
    cpuPlatform: 'Intel Broadwell',
    ...(Object.keys(instance.labels).length > 0 && { labels: instance.labels }),
    labelFingerprint: fingerprint(instance.labels),
    startRestricted: false,
    deletionProtection: false,
    shieldedInstanceConfig: { enableSecureBoot: false, enableVtpm: true, enableIntegrityMonitoring: true },
    lastStartTimestamp: createdAt(now, self),
    ...instance.undescribed,
  };
  return { kind: 'compute#instance', ...content, fingerprint: fingerprint(content) };
}

export function templateOf({ project }: ProjectView, now: string, template: GceTemplateWorld): InstanceTemplate {
  const { name, canIpForward } = template;
  const self = urlOf(project, 'global/instanceTemplates', name);
  return {
    kind: 'compute#instanceTemplate',
    id: numericId(self),
    creationTimestamp: createdAt(now, self),
    name,
    description: '',
    properties: {
      machineType: 'e2-standard-4',
      canIpForward,
      networkInterfaces: [{ kind: 'compute#networkInterface', name: 'nic0' }],
      scheduling: { onHostMaintenance: 'MIGRATE', automaticRestart: true, preemptible: false },
    },
    selfLink: self,
  };
}
