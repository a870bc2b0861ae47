/** The two ends of a security rule -> whom it is about. Service tags, as far as they can be told. Pure. */
import { contains, hostPrefix, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { FilterFacts, FilterPeers, FilterRule } from '../../model/snapshot.ts';
import { groupsOf } from './translate.ts';
import { RESERVED } from './translate-routes.ts';
import type { Reference, WireSecurityRule } from './wire.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
/** What the tag AzureLoadBalancer stands for: where probes come from ("Virtual IP of the host node"). Never a pod. */
const HOST = '168.63.129.16/32';
const INTERNET = 'Internet';

/** As it comes: one address, range or tag, several of the first two, or application security groups. */
interface WireEnd {
  readonly one: string | undefined;
  readonly several: readonly string[] | undefined;
  readonly groups: readonly Reference[] | undefined;
}

/** Inbound rules are about sources, outbound ones about destinations; the other end is the machine's own. */
export function translateEnds(
  properties: NonNullable<WireSecurityRule['properties']>,
  direction: FilterRule['direction'],
  doubts: readonly string[],
): Pick<FilterRule, 'peers' | 'own'> {
  const source = peersOf({
    one: properties.sourceAddressPrefix,
    several: properties.sourceAddressPrefixes,
    groups: properties.sourceApplicationSecurityGroups,
  });
  const destination = peersOf({
    one: properties.destinationAddressPrefix,
    several: properties.destinationAddressPrefixes,
    groups: properties.destinationApplicationSecurityGroups,
  });
  const [peers, own] = direction === 'in' ? [source, destination] : [destination, source];
  const ends = doubts.length === 0 ? { peers, own } : hedge(peers, own, doubts);
  return { peers: ends.peers ?? { prefixes: EVERYWHERE }, ...(ends.own === undefined ? {} : { own: ends.own }) };
}

/**
 * A rule that holds for a part of what it names (some source ports), or about which something is not known, may or may
 * not decide a packet. So one of its ends is written as not read: that is never certain to match, and never certain not
 * to. The one that names any address, where there is one, so that the other still says whom the rule is about.
 */
function hedge(
  peers: FilterPeers | undefined,
  own: FilterPeers | undefined,
  doubts: readonly string[],
): { readonly peers: FilterPeers | undefined; readonly own: FilterPeers | undefined } {
  const doubtful: FilterPeers = { prefixes: [], unread: doubts };
  return peers === undefined && own !== undefined ? { peers: doubtful, own } : { peers, own: doubtful };
}

/** Undefined: any address. Tags stand for addresses that only Azure knows, but for those that can be told here. */
function peersOf({ one, several = [], groups }: WireEnd): FilterPeers | undefined {
  const texts = [...new Set([...(one === undefined || one === '' ? [] : [one]), ...several])];
  const words = texts.map(plainWord);
  if (words.includes('*') || words.includes('any')) return undefined;
  const prefixes = texts.flatMap(prefixOf);
  const tags = texts.filter((text) => prefixOf(text).length === 0 && plainWord(text) !== 'virtualnetwork');
  const members = groupsOf(groups);
  const isNothing = texts.length + members.length === 0;
  return {
    prefixes: [...new Set(prefixes)].sort(),
    ...(members.length === 0 ? {} : { groups: members }),
    ...(words.includes('virtualnetwork') ? { network: true as const } : {}),
    ...(isNothing
      ? { unread: ['addresses that are not given'] }
      : tags.length === 0
        ? {}
        : { unread: tags.map(spellTag) }),
  };
}

/** Tags once had other spellings: VIRTUAL_NETWORK. */
function plainWord(text: string): string {
  return text.toLowerCase().replaceAll('_', '');
}

function spellTag(text: string): string {
  return plainWord(text) === INTERNET.toLowerCase() ? INTERNET : text;
}

function prefixOf(text: string): string[] {
  if (plainWord(text) === 'azureloadbalancer') return [HOST];
  const address = parseAddress(text);
  const prefix = address === undefined ? parsePrefix(text) : hostPrefix(address);
  return prefix === undefined ? [] : [prefix.text];
}

/** Never reachable from the internet: private and shared addresses, unique local and link-local ones. */
const NEVER_INTERNET = [...RESERVED, '169.254.0.0/16', 'fc00::/7', 'fe80::/10'].flatMap(
  (text) => parsePrefix(text) ?? [],
);

/** Whether the tag Internet could stand for an address of the prefix. */
export function mayBeInternet(text: string): boolean {
  const prefix = parsePrefix(text);
  return prefix !== undefined && !NEVER_INTERNET.some((range) => contains(range, prefix));
}

/**
 * The tag Internet is "the address space that's outside the virtual network and reachable by the public internet". Where
 * no pod and no node has such an address, it stands for none of them, and that much is certain.
 */
export function settleInternet(filter: FilterFacts): FilterFacts {
  return {
    ...filter,
    rules: filter.rules.map(({ peers, own, ...rest }) => ({
      ...rest,
      peers: withoutInternet(peers),
      ...(own === undefined ? {} : { own: withoutInternet(own) }),
    })),
  };
}

function withoutInternet({ unread = [], ...peers }: FilterPeers): FilterPeers {
  const others = unread.filter((name) => name !== INTERNET);
  return others.length === 0 ? peers : { ...peers, unread: others };
}
