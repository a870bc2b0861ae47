/** SDK objects -> facts: networks, subnets, machines and interfaces. One object in, one slim object out. */
import type { Instance, InstanceNetworkInterface, NetworkInterface, Subnet, Tag, Vpc } from '@aws-sdk/client-ec2';
import { canonicalPrefix, parseAddress } from '../../model/prefix.ts';
import { awsKey } from '../../model/provider-id.ts';
import type { InterfaceFacts, MachineFacts, MachineState, NetworkFacts } from '../../model/snapshot.ts';

/** A subnet before it is known which table governs it. */
export interface SubnetDraft {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly zone?: string;
  readonly prefixes: readonly string[];
}

const STATES: Readonly<Record<string, MachineState>> = {
  pending: 'running',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'terminated',
  terminated: 'terminated',
};

export function translateMachine(instance: Instance): MachineFacts | undefined {
  const { InstanceId: id, State: state, Placement: placement } = instance;
  if (id === undefined) return undefined;
  const word = state?.Name;
  return {
    id,
    ...nameOf(instance.Tags),
    keys: [awsKey(id)],
    state: STATES[word ?? ''] ?? 'unknown',
    stateText: word ?? 'not given',
    ...(placement?.AvailabilityZone === undefined ? {} : { zone: placement.AvailabilityZone }),
    ...clusterTags(instance.Tags),
    ...groupOf(instance.Tags),
  };
}

/** Auto Scaling marks what it has made; who uses the prefix `aws:` otherwise is refused. */
function groupOf(tags: Instance['Tags']): { group?: string } {
  const group = tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
  return group === undefined || group === '' ? {} : { group };
}

/** Only what tells whether the machine is or was a node of a cluster. */
function clusterTags(tags: Instance['Tags']): { tags?: Record<string, string> } {
  const kept = (tags ?? []).flatMap(({ Key: key = '', Value: value = '' }) =>
    key === 'KubernetesCluster' || key.startsWith('kubernetes.io/cluster/') ? [[key, value] as const] : [],
  );
  return kept.length === 0 ? {} : { tags: Object.fromEntries(kept) };
}

/**
 * From either answer that shows interfaces: DescribeNetworkInterfaces, or the interfaces inside DescribeInstances
 * (`machine` is then the instance). Both show the interface's own SourceDestCheck; the flag of the instance is that of
 * one of its interfaces only, so it is never read.
 */
export function translateInterface(
  face: NetworkInterface | InstanceNetworkInterface,
  machine?: string,
): InterfaceFacts | undefined {
  const { NetworkInterfaceId: id, Attachment: attachment, SourceDestCheck: check, InterfaceType: type } = face;
  if (id === undefined) return undefined;
  const isAttached = attachment !== undefined && attachment.Status !== 'detached';
  const owner = machine ?? (attachment !== undefined && 'InstanceId' in attachment ? attachment.InstanceId : undefined);
  const delegated = [
    ...(face.Ipv4Prefixes ?? []).map((prefix) => prefix.Ipv4Prefix),
    ...(face.Ipv6Prefixes ?? []).map((prefix) => prefix.Ipv6Prefix),
  ];
  const shown = (face.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  // An instance's interface always has a group, so that none is shown says nothing; a managed service's may have none.
  const groups = shown.length === 0 && owner !== undefined ? [`groups of ${id}`] : shown;
  const assigned = delegated.flatMap((text) => (text === undefined ? [] : [canonicalPrefix(text)]));
  return {
    id,
    ...(isAttached && owner !== undefined ? { machine: owner } : {}),
    network: face.VpcId ?? '',
    subnet: face.SubnetId ?? '',
    addresses: addressesOf(face),
    ...(assigned.length === 0 ? {} : { assignedPrefixes: [...new Set(assigned)].sort() }),
    forwarding: check === undefined ? 'unknown' : check ? 'off' : 'on',
    primary: isAttached && attachment.DeviceIndex === 0 && (attachment.NetworkCardIndex ?? 0) === 0,
    ...(type === undefined || type === 'interface' ? {} : { type }),
    ...(face.Operator?.Managed === true ? { owner: face.Operator.Principal ?? 'a service of AWS' } : {}),
    ...(groups.length === 0 ? {} : { filters: [...new Set(groups)].sort() }),
  };
}

/** Primary address first, as EC2 marks it; then the others in order. */
function addressesOf(face: NetworkInterface | InstanceNetworkInterface): string[] {
  const others = [
    ...(face.PrivateIpAddresses ?? []).map((one) => one.PrivateIpAddress),
    ...(face.Ipv6Addresses ?? []).map((one) => one.Ipv6Address),
  ];
  const texts = others.flatMap((text) => parseAddress(text ?? '') ?? []);
  texts.sort((a, b) => a.family - b.family || (a.value < b.value ? -1 : 1));
  const primary = parseAddress(face.PrivateIpAddress ?? '')?.text;
  return [...new Set([...(primary === undefined ? [] : [primary]), ...texts.map(({ text }) => text)])];
}

export function translateNetwork(vpc: Vpc): NetworkFacts | undefined {
  if (vpc.VpcId === undefined) return undefined;
  const v4 = (vpc.CidrBlockAssociationSet ?? []).map((one) => ({
    text: one.CidrBlock,
    state: one.CidrBlockState?.State,
  }));
  const v6 = (vpc.Ipv6CidrBlockAssociationSet ?? []).map((one) => ({
    text: one.Ipv6CidrBlock,
    state: one.Ipv6CidrBlockState?.State,
  }));
  const primary = { text: vpc.CidrBlock, state: 'associated' };
  return { id: vpc.VpcId, ...nameOf(vpc.Tags), prefixes: prefixesOf([primary, ...v4, ...v6]) };
}

export function translateSubnet(subnet: Subnet): SubnetDraft | undefined {
  if (subnet.SubnetId === undefined) return undefined;
  const v6 = (subnet.Ipv6CidrBlockAssociationSet ?? []).map((one) => ({
    text: one.Ipv6CidrBlock,
    state: one.Ipv6CidrBlockState?.State,
  }));
  return {
    id: subnet.SubnetId,
    ...nameOf(subnet.Tags),
    network: subnet.VpcId ?? '',
    ...(subnet.AvailabilityZone === undefined ? {} : { zone: subnet.AvailabilityZone }),
    prefixes: prefixesOf([{ text: subnet.CidrBlock, state: 'associated' }, ...v6]),
  };
}

/** Blocks that are no longer, or not yet, part of the network are left out. */
function prefixesOf(
  blocks: readonly { readonly text: string | undefined; readonly state: string | undefined }[],
): string[] {
  const held = blocks.filter(({ state }) => state === undefined || state === 'associated');
  return [...new Set(held.flatMap(({ text }) => (text === undefined || text === '' ? [] : [canonicalPrefix(text)])))];
}

export function nameOf(tags: readonly Tag[] | undefined): { readonly name?: string } {
  const name = tags?.find((tag) => tag.Key === 'Name')?.Value;
  return name === undefined || name === '' ? {} : { name };
}
