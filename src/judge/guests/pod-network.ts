/** The network of Windows' Host Networking Service on which a node's pods hang. */
import type { GuestLink, HnsEndpoint, HnsNetwork, PodHome } from '../../model/guest.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import {
  contains,
  containsAddress,
  formatAddress,
  nextValue,
  parseAddress,
  parsePrefixes,
} from '../../model/prefix.ts';
import type { Guest } from './links.ts';
import type { Home } from './pods.ts';

export interface PodNetwork {
  readonly facts: HnsNetwork;
  /** The link of the host that hangs on it, at which its pods' packets come in; absent: there is none. */
  readonly bridge?: GuestLink;
  /** Those of its pods. */
  readonly pods: readonly HnsEndpoint[];
}

/** Undefined: none has its range. A text: why it is not known what becomes of packets there. */
export function findPodNetwork({ kernel }: Guest, podCIDR: Prefix): PodNetwork | string | undefined {
  const { networks = [], endpoints = [] } = kernel.facts.hns ?? {};
  const [facts, second] = networks.filter(({ subnets }) =>
    parsePrefixes(subnets.map(({ prefix }) => prefix)).some((prefix) => contains(prefix, podCIDR)),
  );
  if (facts === undefined) return undefined;
  const { name, type, opaque } = facts;
  if (second !== undefined) return `two HNS networks have the range of its pods: ${name} and ${second.name}`;
  if (type !== 'l2bridge') {
    return `its pods are on the HNS network ${name} of type ${type}, and what becomes of their packets there is not known`;
  }
  if (opaque !== undefined)
    return `what the HNS network ${name} does with packets of its pods is not known (${opaque})`;
  const all = endpoints.filter(({ network }) => network === name);
  const has = (link: GuestLink, address: string): boolean => link.addresses.some((one) => one.address === address);
  const bridge = kernel.facts.links.find((link) => all.some(({ address }) => has(link, address)));
  const pods = all.filter(
    ({ address }) => isAddressIn(address, podCIDR) && (bridge === undefined || !has(bridge, address)),
  );
  return { facts, pods, ...(bridge === undefined ? {} : { bridge }) };
}

/** Where packets of pods will come in that HNS does not know yet. A text: why that is not known. */
export function placeOfNewPods(
  { guest, podCIDR, pods }: Home,
  { facts, bridge }: PodNetwork,
): { readonly device: string } | string {
  if (bridge === undefined) return `no interface of it hangs on the HNS network ${facts.name}, where its pods will be`;
  if (pods === undefined) return 'HNS knows no pods there, and whether one runs is not read';
  if (pods.some((address) => isAddressIn(address, podCIDR))) {
    return 'pods run there of which HNS knew nothing when it was read';
  }
  const { wanted } = describeHome(guest, podCIDR);
  return bridge.addresses.some(({ address }) => address === wanted)
    ? { device: bridge.name }
    : `no pod runs there yet, and nobody has ${wanted}, which will be their gateway`;
}

/** The node's own link, by which the network is bridged to the others. */
export function managementLink({ kernel }: Guest, { managementIP }: HnsNetwork): string | undefined {
  return kernel.facts.links.find(({ addresses }) => addresses.some(({ address }) => address === managementIP))?.name;
}

export function describeHome({ kernel }: Guest, podCIDR: Prefix): PodHome {
  const { networks = [] } = kernel.facts.hns ?? {};
  return {
    podCIDR: podCIDR.text,
    wanted: formatAddress(podCIDR.family, nextValue(nextValue(podCIDR.first))),
    networks: networks
      .filter(({ type }) => type === 'l2bridge')
      .map(({ name, subnets }) => `${name} (${subnets.map(({ prefix }) => prefix).join(', ')})`),
  };
}

function isAddressIn(text: string, range: Range): boolean {
  const address = parseAddress(text);
  return address !== undefined && containsAddress(range, address);
}
