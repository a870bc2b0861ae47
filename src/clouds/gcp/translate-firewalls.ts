/** VPC firewall rules -> facts, and the one filter that every network has. One object in, slim rules out. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { parsePrefix } from '../../model/prefix.ts';
import type { FilterDoubt, FilterFacts, FilterPeers, FilterRule, PortRange } from '../../model/snapshot.ts';
import { prefixOf } from './translate.ts';
import { networkId, tailOf } from './url.ts';

type IFirewall = google.cloud.compute.v1.IFirewall;
type IAllowed = google.cloud.compute.v1.IAllowed;

export interface FirewallDraft {
  /** Undefined: it may be of any network. */
  readonly network: string | undefined;
  readonly rules: readonly FilterRule[];
  /** What of the rule could not be understood, for people. */
  readonly unread?: string;
}

/** What the API takes where no priority is given. */
const DEFAULT_PRIORITY = 1000;
/** Behind every rule that anybody can make (0 to 65535). */
const IMPLIED_RANK = 65_536;

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Protocols may be given by name or number; facts name four of them. `ipip` is what Compute Engine calls number 4. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
  ipip: '4',
  esp: '50',
  ah: '51',
  sctp: '132',
};

/** `project` is where the rule was listed: the network's own. Undefined: switched off. */
export function translateFirewall(firewall: IFirewall, project: string): FirewallDraft | undefined {
  if (firewall.disabled === true) return undefined;
  const network = networkId(firewall.network, project);
  const name = firewall.name ?? 'without name';
  const doubtful = (what: string): FirewallDraft => ({
    network,
    rules: [],
    unread: `firewall rule ${name}, whose ${what} not understood`,
  });
  if (network === undefined) return doubtful('network is');
  const isOut = firewall.direction === 'EGRESS';
  const [here, there] = isOut
    ? [firewall.sourceRanges, firewall.destinationRanges]
    : [firewall.destinationRanges, firewall.sourceRanges];
  // The two kinds of names cannot be mixed in one rule; each stands beside ranges, and either is enough.
  const groups = isOut ? [] : [...(firewall.sourceTags ?? []), ...(firewall.sourceServiceAccounts ?? [])];
  const targets = [...(firewall.targetTags ?? []), ...(firewall.targetServiceAccounts ?? [])].sort();
  const base = {
    direction: isOut ? 'out' : 'in',
    rank: firewall.priority ?? DEFAULT_PRIORITY,
    name,
    peers: peersOf(there ?? [], groups),
    ...(here?.length ? { own: peersOf(here, []) } : {}),
    ...(targets.length === 0 ? {} : { targets }),
  } as const;
  const rules: FilterRule[] = [];
  for (const [action, entries] of [
    ['allow', firewall.allowed],
    ['deny', firewall.denied],
  ] as const) {
    for (const entry of entries ?? []) {
      const traffic = trafficOf(entry);
      if (traffic === undefined) return doubtful('ports are');
      rules.push({ ...base, action, ...traffic });
    }
  }
  return { network, rules };
}

/** A rule that names no peer at all is for every IPv4 address, and for no IPv6 address (VPC firewall rules, sources). */
function peersOf(ranges: readonly string[], groups: readonly string[]): FilterPeers {
  if (ranges.length === 0 && groups.length === 0) return { prefixes: ['0.0.0.0/0'] };
  const prefixes = [...new Set(ranges.map(prefixOf))].sort();
  const unread = prefixes.filter((prefix) => parsePrefix(prefix) === undefined);
  return {
    prefixes: prefixes.filter((prefix) => !unread.includes(prefix)),
    ...(groups.length === 0 ? {} : { groups: [...groups].sort() }),
    ...(unread.length === 0 ? {} : { unread }),
  };
}

/** Undefined: ports that are none. */
function trafficOf({ IPProtocol, ports }: IAllowed): Pick<FilterRule, 'protocol' | 'ports'> | undefined {
  const text = (IPProtocol ?? 'all').toLowerCase();
  const ranges = (ports ?? []).map(portsOf);
  if (ranges.includes(undefined)) return undefined;
  return {
    ...(text === 'all' ? {} : { protocol: PROTOCOLS[text] ?? text }),
    ...(ranges.length === 0 ? {} : { ports: ranges.filter((range) => range !== undefined) }),
  };
}

function portsOf(text: string): PortRange | undefined {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}

/**
 * The rules that no list shows: what no other rule decides comes not in and goes out, in both families (VPC firewall
 * rules, implied rules).
 */
const IMPLIED: readonly FilterRule[] = (['in', 'out'] as const).map((direction) => ({
  direction,
  action: direction === 'in' ? 'deny' : 'allow',
  rank: IMPLIED_RANK,
  name: direction === 'in' ? 'implied deny ingress' : 'implied allow egress',
  peers: { prefixes: ANYWHERE },
}));

/** The filter of a network: all its rules, in one order whatever the order of the list. */
export function finishFilter(
  network: string,
  drafts: readonly FirewallDraft[],
  doubts: readonly FilterDoubt[],
): FilterFacts {
  const own = drafts.filter((draft) => [network, undefined].includes(draft.network));
  const rules = own.flatMap((draft) => draft.rules).sort(compareRules);
  const unread = own.flatMap((draft) => draft.unread ?? []);
  return {
    id: network,
    kind: 'vpc-firewall',
    name: tailOf(network),
    network,
    rules: [...rules, ...IMPLIED],
    ...(unread.length === 0 ? {} : { unread: [...new Set(unread)].sort() }),
    ...(doubts.length === 0 ? {} : { doubts: sortDoubts(doubts) }),
  };
}

function compareRules(a: FilterRule, b: FilterRule): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Policies of the organization come with every region that is asked. */
function sortDoubts(doubts: readonly FilterDoubt[]): FilterDoubt[] {
  const known = new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt]));
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, doubt]) => doubt);
}
