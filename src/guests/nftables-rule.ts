/** One rule of `nft -j list ruleset`; with a verdict map it is as many as the map has elements. */
import type { GuestAction, GuestFirewallRule, GuestMatch } from '../model/guest.ts';
import { parseAddress } from '../model/prefix.ts';
import type { Entry } from './json.ts';
import { isEntry, nameOf, quote } from './json.ts';
import type { NftSets } from './nftables-match.ts';
import { isMoving, parseNftElement, parseNftMatch, plainElement } from './nftables-match.ts';

interface Place {
  /** Before the names of its chains. */
  readonly table: string;
  readonly sets: NftSets;
}

const ALL_BITS = 0xffffffff;

/** Statements that look at packets and let them go on. */
const PASSING = new Set(['counter', 'log', 'dup', 'set', 'map', 'flow', 'ct helper', 'ct timeout', 'last', 'secmark']);
/** They let pass some packets and not others. */
const ASKING = new Set(['limit', 'quota', 'ct count', 'connlimit']);

export function parseNftRule(rule: Entry, place: Place): GuestFirewallRule[] {
  const { expr } = rule;
  const comment = nameOf(rule['comment']);
  const text = `${place.table} ${String(rule['chain'])} rule ${String(rule['handle'])}${comment === undefined ? '' : ` (${comment})`}`;
  const statements: readonly unknown[] = Array.isArray(expr) ? expr : [undefined];
  const matches: GuestMatch[] = [];
  const actions: GuestAction[] = [];
  const rules: GuestFirewallRule[] = [];
  for (const statement of statements) {
    const [kind, value] = statementOf(statement);
    if (kind === 'match' && isEntry(value)) {
      const found = parseNftMatch(value, place.sets);
      // What has been done to the packet before stays done, whatever is asked afterwards.
      if (actions.length > 0) rules.push({ matches: [...matches], actions: actions.splice(0), text });
      matches.push(...found);
    } else if (kind === 'vmap' && isEntry(value)) {
      if (actions.length > 0) rules.push({ matches: [...matches], actions: actions.splice(0), text });
      rules.push(...mapRules(value, place, matches, text));
    } else if (ASKING.has(kind)) matches.push({ kind: 'other', text: kind });
    else if (kind === 'xt' && isEntry(value) && value['type'] === 'match') {
      if (value['name'] !== 'comment') matches.push({ kind: 'other', text: `-m ${String(value['name'])}` });
    } else {
      if (kind === 'reject') matches.push(...rejectMatches(value));
      actions.push(...actionsOf(kind, value, place));
    }
  }
  return actions.length > 0 ? [...rules, { matches, actions, text }] : rules;
}

function statementOf(statement: unknown): readonly [string, unknown] {
  if (!isEntry(statement)) return ['nothing', undefined];
  const [first = ['nothing', undefined] as const, ...more] = Object.entries(statement);
  return more.length === 0 ? first : ['several', undefined];
}

/** Each element is a rule of its own: at most one of them fits. */
function mapRules(
  { key, data }: Entry,
  place: Place,
  before: readonly GuestMatch[],
  text: string,
): GuestFirewallRule[] {
  const named = typeof data === 'string' && data.startsWith('@') ? place.sets.get(data.slice(1)) : undefined;
  const held: unknown = named === undefined ? (isEntry(data) ? data['set'] : undefined) : (named['elem'] ?? []);
  const elements = Array.isArray(held) ? (held as readonly unknown[]) : undefined;
  if (elements === undefined || (named !== undefined && isMoving(named))) {
    const other = { kind: 'other' as const, text: 'verdict map' };
    return [{ matches: [...before, other], actions: [{ kind: 'opaque', text: 'verdict map' }], text }];
  }
  // `*`: whatever no other element fits.
  const wild = elements.filter((element) => Array.isArray(element) && element[0] === '*');
  const plain = elements.filter((element) => !wild.includes(element));
  return [...plain, ...wild].flatMap((element): GuestFirewallRule[] => {
    const [match, verdict] = Array.isArray(element) ? (element as readonly unknown[]) : [];
    const [kind, value] = statementOf(verdict);
    if (kind === 'continue') return [];
    const asks: GuestMatch[] =
      match === '*' ? [{ kind: 'other', text: 'all others' }] : parseNftElement(key, plainElement(match));
    return [{ matches: [...before, ...asks], actions: actionsOf(kind, value, place), text }];
  });
}

/** nft leaves out what follows from the kind of refusal: an ICMP message is for IPv4 only. */
function rejectMatches(value: unknown): GuestMatch[] {
  const type = isEntry(value) ? value['type'] : undefined;
  if (type === 'icmp') return [{ kind: 'family', family: 'ipv4' }];
  if (type === 'icmpv6') return [{ kind: 'family', family: 'ipv6' }];
  return type === 'tcp reset' ? [{ kind: 'other', text: 'tcp' }] : [];
}

function actionsOf(kind: string, value: unknown, { table }: Place): GuestAction[] {
  if (PASSING.has(kind)) return [];
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'return':
      return [{ kind }];
    case 'reject':
      return [{ kind: 'drop' }];
    case 'jump':
    case 'goto': {
      const target = isEntry(value) ? nameOf(value['target']) : undefined;
      return [target === undefined ? { kind: 'opaque', text: kind } : { kind, chain: `${table} ${target}` }];
    }
    case 'notrack':
      return [{ kind: 'untrack' }];
    case 'masquerade':
      return [{ kind: 'source' }];
    case 'snat':
      return [snatOf(value)];
    case 'mangle':
      return isEntry(value) ? mangleOf(value) : [{ kind: 'opaque', text: kind }];
    case 'xt':
      return [{ kind: 'opaque', text: `target ${isEntry(value) ? String(value['name']) : ''}` }];
    default:
      return [{ kind: 'opaque', text: kind }];
  }
}

function snatOf(value: unknown): GuestAction {
  const address = isEntry(value) && typeof value['addr'] === 'string' ? parseAddress(value['addr']) : undefined;
  return address === undefined
    ? { kind: 'opaque', text: `snat ${quote(value)}` }
    : { kind: 'source', address: address.text };
}

/** Only of addresses, and of the packet's mark, somebody asks here. */
function mangleOf({ key, value }: Entry): GuestAction[] {
  if (!isEntry(key)) return [{ kind: 'opaque', text: 'mangle' }];
  const { meta, payload } = key;
  if (isEntry(payload)) {
    const field = payload['field'];
    return field === 'saddr' || field === 'daddr' ? [{ kind: 'opaque', text: `mangle ${field}` }] : [];
  }
  if (!isEntry(meta) || meta['key'] !== 'mark') return [];
  return [markOf(value)];
}

function markOf(value: unknown): GuestAction {
  if (typeof value === 'number') return { kind: 'mark', value, mask: ALL_BITS };
  if (!isEntry(value)) return { kind: 'mark' };
  const operand = (operator: string): number | undefined => {
    const parts: unknown = value[operator];
    if (!Array.isArray(parts)) return undefined;
    const [what, number] = parts as readonly unknown[];
    const isMark = isEntry(what) && isEntry(what['meta']) && what['meta']['key'] === 'mark';
    return isMark && typeof number === 'number' ? number : undefined;
  };
  const [or, xor, and] = [operand('|'), operand('^'), operand('&')];
  if (or !== undefined) return { kind: 'mark', value: or, mask: or };
  if (xor !== undefined) return { kind: 'mark', value: xor, mask: 0 };
  if (and !== undefined) return { kind: 'mark', value: 0, mask: ~and >>> 0 };
  return { kind: 'mark' };
}
