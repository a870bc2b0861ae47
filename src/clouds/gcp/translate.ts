/** SDK objects -> facts: machines, their interfaces, subnetworks. One object in, one slim object out. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { canonicalPrefix, hostPrefix, parseAddress } from '../../model/prefix.ts';
import type { InterfaceFacts, MachineFacts, MachineState } from '../../model/snapshot.ts';
import { networkId, subnetId, tailOf } from './url.ts';

type IInstance = google.cloud.compute.v1.IInstance;
type INetworkInterface = google.cloud.compute.v1.INetworkInterface;
type ISubnetwork = google.cloud.compute.v1.ISubnetwork;

/** A machine with its interfaces; whose networks they are is settled when all is read. */
export interface InstanceDraft {
  readonly project: string;
  readonly machine: MachineFacts;
  /** nic0 first. */
  readonly interfaces: readonly InterfaceFacts[];
  /** A managed group made it. */
  readonly isManaged: boolean;
}

export interface SubnetDraft {
  readonly id: string;
  readonly name: string;
  readonly network: string;
  readonly prefixes: readonly string[];
}

/** TERMINATED is what gcloud shows for a stopped machine: a deleted one is not listed any more. */
const STATES: Readonly<Record<string, MachineState>> = {
  PROVISIONING: 'running',
  STAGING: 'running',
  RUNNING: 'running',
  PENDING_STOP: 'running',
  REPAIRING: 'stopped',
  STOPPING: 'stopped',
  SUSPENDING: 'stopped',
  SUSPENDED: 'stopped',
  TERMINATED: 'stopped',
};

/** Set by the group that made the machine. */
const TEMPLATE_KEY = 'instance-template';

export function translateInstance(instance: IInstance, project: string, zoneHint: string): InstanceDraft | undefined {
  const name = instance.name ?? '';
  const zone = tailOf(instance.zone) || tailOf(zoneHint);
  if (name === '' || zone === '') return undefined;
  const id = `${project}/${zone}/${name}`;
  const status = instance.status ?? '';
  // A boolean that is false may be left out of an answer; one that is true never is.
  const forwarding = instance.canIpForward === true ? 'on' : 'off';
  const tags = [...(instance.tags?.items ?? [])].sort();
  const accounts = (instance.serviceAccounts ?? []).flatMap(({ email }) => (email ? [email] : [])).sort();
  return {
    project,
    machine: {
      id,
      name,
      keys: [`gcp:${id}`],
      state: STATES[status] ?? 'unknown',
      stateText: status === '' ? 'not given' : status,
      zone,
    },
    interfaces: (instance.networkInterfaces ?? []).map((nic, index) =>
      translateInterface(nic, { id, project, index, forwarding, tags, accounts }),
    ),
    isManaged: (instance.metadata?.items ?? []).some((item) => item.key === TEMPLATE_KEY),
  };
}

interface Bearer {
  readonly id: string;
  readonly project: string;
  readonly index: number;
  readonly forwarding: 'on' | 'off';
  readonly tags: readonly string[];
  readonly accounts: readonly string[];
}

function translateInterface(
  nic: INetworkInterface,
  { id, project, index, forwarding, tags, accounts }: Bearer,
): InterfaceFacts {
  const name = nic.name ?? `nic${String(index)}`;
  const external = (nic.ipv6AccessConfigs ?? []).map((one) => one.externalIpv6);
  const addresses = [nic.networkIP, nic.ipv6Address, ...external].flatMap(
    (text) => parseAddress(text ?? '')?.text ?? [],
  );
  const assigned = assignedPrefixes(nic);
  return {
    id: `${id}/${name}`,
    machine: id,
    network: networkId(nic.network, project) ?? '',
    subnet: subnetId(nic.subnetwork, project) ?? '',
    addresses: [...new Set(addresses)],
    ...(assigned.length === 0 ? {} : { assignedPrefixes: assigned }),
    forwarding,
    // Addresses of alias ranges are no next hops (VPC documentation, "Static routes", next-hop-address).
    nextHopAddresses: [...new Set(addresses)],
    ...(tags.length === 0 ? {} : { tags }),
    ...(accounts.length === 0 ? {} : { groups: accounts }),
    primary: name === 'nic0',
  };
}

/** Alias ranges, and the /96 that comes with an IPv6 address. */
function assignedPrefixes(nic: INetworkInterface): string[] {
  const aliases = [...(nic.aliasIpRanges ?? []), ...(nic.aliasIpv6Ranges ?? [])].map((range) => range.ipCidrRange);
  const internal = withLength(nic.ipv6Address, nic.internalIpv6PrefixLength);
  const external = (nic.ipv6AccessConfigs ?? []).map((one) =>
    withLength(one.externalIpv6, one.externalIpv6PrefixLength),
  );
  const texts = [...aliases, internal, ...external].flatMap((text) => (text ? [prefixOf(text)] : []));
  return [...new Set(texts)].sort();
}

function withLength(address: string | null | undefined, length: number | null | undefined): string | undefined {
  return address && length && length < 128 ? `${address}/${String(length)}` : undefined;
}

/** A range may be written as a single address. Canonical, or the text itself where it is neither. */
export function prefixOf(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? canonicalPrefix(text) : hostPrefix(address).text;
}

export function translateSubnetwork(
  subnetwork: ISubnetwork,
  project: string,
  placeHint: string,
): SubnetDraft | undefined {
  const name = subnetwork.name ?? '';
  const region = tailOf(subnetwork.region) || tailOf(placeHint);
  const network = networkId(subnetwork.network, project);
  if (name === '' || region === '' || network === undefined) return undefined;
  const ranges = [
    subnetwork.ipCidrRange,
    ...(subnetwork.secondaryIpRanges ?? []).map((range) => range.ipCidrRange),
    subnetwork.ipv6CidrRange,
    subnetwork.internalIpv6Prefix,
    subnetwork.externalIpv6Prefix,
  ];
  const prefixes = ranges.flatMap((text) => (text ? [canonicalPrefix(text)] : []));
  return { id: `${project}/${region}/${name}`, name, network, prefixes: [...new Set(prefixes)] };
}
