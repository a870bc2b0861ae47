/** What Windows' Host Networking Service has made: the networks that pods hang on. */
import type { HnsEndpoint, HnsNetwork } from '../model/guest.ts';
import { parseAddress, parsePrefix } from '../model/prefix.ts';
import type { Entry, Parsed } from './json.ts';
import { isEntry, quote } from './json.ts';
import { isCutOff, listOf, parseObjects, textOf } from './powershell.ts';

export interface IdentifiedNetwork extends HnsNetwork {
  readonly id: string;
}

/** `Get-HnsNetwork` */
export function parseHnsNetworks(text: string): Parsed<IdentifiedNetwork> {
  return parseObjects(text, (entry) => {
    const name = textOf(entry['Name']);
    const type = textOf(entry['Type']).toLowerCase();
    if (name === '' || type === '') return `an HNS network ${quote(entry['Name'])}`;
    const subnets = listOf(entry['Subnets']).map(parseSubnet);
    const strange = subnets.find((one) => typeof one === 'string');
    if (strange !== undefined) return `subnet ${strange} of HNS network ${name}`;
    return {
      id: textOf(entry['ID'] ?? entry['Id']).toLowerCase(),
      name,
      type,
      ...addressField('managementIP', entry['ManagementIP']),
      subnets: subnets.filter((one) => typeof one === 'object'),
      ...networkPolicies(listOf(entry['Policies'])),
    };
  });
}

/** A virtual LAN, an encapsulation: whatever is there may change what becomes of packets. */
function networkPolicies(policies: readonly unknown[]): Pick<HnsNetwork, 'opaque'> {
  if (policies.length === 0) return {};
  const names = policies.map((policy) => (isEntry(policy) ? textOf(policy['Type']) : '') || 'one without a type');
  return { opaque: `policies ${[...new Set(names)].sort().join(', ')}` };
}

function parseSubnet(value: unknown): HnsNetwork['subnets'][number] | string {
  const prefix = isEntry(value) ? parsePrefix(textOf(value['AddressPrefix'])) : undefined;
  if (!isEntry(value) || prefix === undefined) return quote(value);
  return { prefix: prefix.text, ...addressField('gateway', value['GatewayAddress']) };
}

/** `Get-HnsEndpoint`. Those of other nodes, which kube-proxy makes, are left out. */
export function parseHnsEndpoints(text: string, networks: readonly IdentifiedNetwork[]): Parsed<HnsEndpoint> {
  return parseObjects(text, (entry) => {
    if (entry['IsRemoteEndpoint'] === true) return undefined;
    const address = parseAddress(textOf(entry['IPAddress']));
    // It has not got one yet.
    if (address === undefined && textOf(entry['IPAddress']) === '') return undefined;
    const network = networkOf(entry, networks);
    if (address === undefined || network === undefined) return `an HNS endpoint ${quote(entry['Name'])}`;
    return {
      network,
      address: address.text,
      ...addressField('gateway', entry['GatewayAddress']),
      ...parsePolicies(listOf(entry['Policies'])),
    };
  });
}

function networkOf(entry: Entry, networks: readonly IdentifiedNetwork[]): string | undefined {
  const id = textOf(entry['VirtualNetwork']).toLowerCase();
  const name = textOf(entry['VirtualNetworkName']);
  return networks.find((one) => (id === '' ? one.name === name : one.id === id))?.name;
}

/** They say nothing about where packets between pods go. */
const HARMLESS = new Set(['l2driver', 'nat', 'portmapping', 'qos', 'pa']);

function parsePolicies(policies: readonly unknown[]): Pick<HnsEndpoint, 'natExceptions' | 'policyRoutes' | 'opaque'> {
  const doubts = new Set<string>();
  const routes: string[] = [];
  const nats: (readonly string[])[] = [];
  for (const policy of policies) {
    if (!isEntry(policy)) {
      doubts.add(isCutOff(policy) ? 'policies that the collector cut off' : `policy ${quote(policy)}`);
      continue;
    }
    const type = textOf(policy['Type']).toLowerCase();
    // The newer form of HNS keeps the same fields one level deeper.
    const settings = isEntry(policy['Settings']) ? policy['Settings'] : policy;
    if (type === 'outboundnat') {
      const exceptions = parseExceptions(settings);
      if (exceptions === undefined) doubts.add('policy OutBoundNAT');
      else nats.push(exceptions);
    } else if (type === 'route' || type === 'sdnroute') {
      const prefix = parsePrefix(textOf(settings['DestinationPrefix']));
      if (prefix === undefined) doubts.add('policy ROUTE');
      else routes.push(prefix.text);
    } else if (!HARMLESS.has(type)) doubts.add(`policy ${textOf(policy['Type']) || 'without a type'}`);
  }
  if (nats.length > 1) doubts.add('several policies OutBoundNAT');
  return {
    ...(nats[0] === undefined ? {} : { natExceptions: nats[0] }),
    ...(routes.length === 0 ? {} : { policyRoutes: routes }),
    ...(doubts.size === 0 ? {} : { opaque: [...doubts].sort().join(', ') }),
  };
}

/** Undefined: not understood. */
function parseExceptions(settings: Entry): readonly string[] | undefined {
  const conditions = ['Destinations', 'RemotePort', 'LocalPort', 'Protocol', 'Protocols'];
  if (conditions.some((name) => listOf(settings[name]).some((value) => value !== '' && value !== 0))) return undefined;
  const texts = listOf(settings['ExceptionList'] ?? settings['Exceptions']);
  // A list beyond -Depth comes as its words in one text.
  const prefixes = texts.map((text) => parsePrefix(textOf(text)));
  return prefixes.every((one) => one !== undefined) ? prefixes.map(({ text }) => text) : undefined;
}

function addressField<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  const address = parseAddress(textOf(value));
  return address === undefined || address.text === '0.0.0.0' || address.text === '::'
    ? {}
    : ({ [key]: address.text } as Record<K, string>);
}
