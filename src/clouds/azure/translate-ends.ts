/** The two ends of a security rule -> whom it is about. Service tags, as far as they can be told. Pure. */
import { hostPrefix, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { FilterPeers, FilterRule } from '../../model/snapshot.ts';
import { groupsOf } from './translate.ts';
import type { Reference, WireSecurityRule } from './wire.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
/** What the tag AzureLoadBalancer stands for: where probes come from ("Virtual IP of the host node"). Never a pod. */
const HOST = '168.63.129.16/32';

/** Tags that have a field of their own. */
const TOLD = ['virtualnetwork', 'internet'];

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
  const tags = texts.filter((text) => prefixOf(text).length === 0 && !TOLD.includes(plainWord(text)));
  const members = groupsOf(groups);
  const isNothing = texts.length + members.length === 0;
  return {
    prefixes: [...new Set(prefixes)].sort(),
    ...(members.length === 0 ? {} : { groups: members }),
    ...(words.includes('virtualnetwork') ? { network: true as const } : {}),
    ...(words.includes('internet') ? { internet: true as const } : {}),
    ...(isNothing ? { unread: ['addresses that are not given'] } : tags.length === 0 ? {} : { unread: tags }),
  };
}

/** Tags once had other spellings: VIRTUAL_NETWORK. */
function plainWord(text: string): string {
  return text.toLowerCase().replaceAll('_', '');
}

function prefixOf(text: string): string[] {
  if (plainWord(text) === 'azureloadbalancer') return [HOST];
  const address = parseAddress(text);
  const prefix = address === undefined ? parsePrefix(text) : hostPrefix(address);
  return prefix === undefined ? [] : [prefix.text];
}
