/** What a rule of nftables asks of a packet. Whatever is not understood may hold or not. */
import type { FirewallFamily, GuestMatch } from '../model/guest.ts';
import type { Range } from '../model/prefix.ts';
import { hostPrefix, parseAddress, parsePrefix, rangeToPrefixes } from '../model/prefix.ts';
import type { Entry } from './json.ts';
import { isEntry, quote } from './json.ts';

/** Sets and maps of a table, by name. */
export type NftSets = ReadonlyMap<string, Entry>;

const ALL_BITS = 0xffffffff;

/** `{"match": {"op", "left", "right"}}`: all of them have to hold. */
export function parseNftMatch({ op, left, right }: Entry, sets: NftSets): GuestMatch[] {
  const values = valuesOf(right, sets);
  const other = (): GuestMatch[] => [...familyOf(left), { kind: 'other', text: wordsOf(left) }];
  if (values === undefined || (op !== '==' && op !== '!=' && op !== 'in')) return other();
  return matchValues(left, values, op === '!=') ?? other();
}

/** A key of a verdict map with one of its elements. */
export function parseNftElement(key: unknown, element: unknown): GuestMatch[] {
  const keys = isEntry(key) && Array.isArray(key['concat']) ? (key['concat'] as readonly unknown[]) : [key];
  const parts =
    isEntry(element) && Array.isArray(element['concat']) ? (element['concat'] as readonly unknown[]) : [element];
  return keys.flatMap((one, index) => {
    const match = keys.length === parts.length ? matchValues(one, [parts[index]], false) : undefined;
    return match ?? [...familyOf(one), { kind: 'other' as const, text: wordsOf(one) }];
  });
}

/** A set may hold elements with a time or a comment: `{"elem": {"val": ...}}`. */
export function plainElement(element: unknown): unknown {
  return isEntry(element) && isEntry(element['elem']) ? element['elem']['val'] : element;
}

/** Undefined: nobody knows what is in there. */
export function valuesOf(right: unknown, sets: NftSets): readonly unknown[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) {
    const set = sets.get(right.slice(1));
    if (set === undefined || isMoving(set)) return undefined;
    const { elem = [] } = set;
    return Array.isArray(elem) ? elem.map(plainElement) : undefined;
  }
  if (isEntry(right) && Array.isArray(right['set'])) return right['set'].map(plainElement);
  return Array.isArray(right) ? (right as readonly unknown[]) : [right];
}

/** Packets, or time, change what it holds. */
export function isMoving(set: Entry): boolean {
  const { flags = [], timeout } = set;
  return (
    timeout !== undefined || !Array.isArray(flags) || flags.some((flag) => flag !== 'interval' && flag !== 'constant')
  );
}

function matchValues(left: unknown, values: readonly unknown[], isInverted: boolean): GuestMatch[] | undefined {
  const not = isInverted ? { not: true as const } : {};
  if (!isEntry(left)) return undefined;
  const { payload, meta, ct, fib } = left;
  if (isEntry(payload)) {
    const side = payload['field'] === 'saddr' ? 'source' : payload['field'] === 'daddr' ? 'destination' : undefined;
    const family = familyOf(left);
    const prefixes = prefixesOf(values);
    if (side === undefined || family.length === 0 || prefixes === undefined) return undefined;
    // Of a packet of the other family nothing is asked: the rule is not for it, inverted or not.
    return [...family, { kind: 'address', side, prefixes, ...not }];
  }
  if (isEntry(meta)) return matchMeta(meta['key'], values, isInverted);
  if (isEntry(ct) && ct['key'] === 'state' && ct['dir'] === undefined) {
    return values.every((one) => typeof one === 'string') ? [{ kind: 'state', states: values, ...not }] : undefined;
  }
  if (isEntry(fib)) {
    const { result, flags } = fib;
    const [flag, ...more] = Array.isArray(flags) ? (flags as readonly unknown[]) : [flags];
    const side = flag === 'saddr' ? 'source' : flag === 'daddr' ? 'destination' : undefined;
    const isLocal = values.length === 1 && values[0] === 'local';
    return result === 'type' && side !== undefined && more.length === 0 && isLocal
      ? [{ kind: 'own', side, ...not }]
      : undefined;
  }
  const masked = left['&'];
  if (!Array.isArray(masked)) return undefined;
  const [what, mask] = masked as readonly unknown[];
  const [value] = values;
  const isMark = isEntry(what) && isEntry(what['meta']) && what['meta']['key'] === 'mark';
  return isMark && typeof mask === 'number' && typeof value === 'number' && values.length === 1
    ? [{ kind: 'mark', value, mask, ...not }]
    : undefined;
}

function matchMeta(key: unknown, values: readonly unknown[], isInverted: boolean): GuestMatch[] | undefined {
  const not = isInverted ? { not: true as const } : {};
  const texts = values.filter((one) => typeof one === 'string');
  const [value] = values;
  switch (key) {
    case 'iif':
    case 'iifname':
    case 'oif':
    case 'oifname': {
      const links = texts.filter((name) => name !== '');
      if (links.length < values.length) return undefined;
      return [{ kind: 'link', side: key.startsWith('i') ? 'in' : 'out', links, ...not }];
    }
    case 'mark':
      return typeof value === 'number' && values.length === 1
        ? [{ kind: 'mark', value, mask: ALL_BITS, ...not }]
        : undefined;
    case 'nfproto':
    case 'protocol': {
      const families = new Set(texts.map((name) => FAMILIES[name]));
      const [family, ...more] = families;
      if (family === undefined || more.length > 0 || texts.length < values.length) return undefined;
      return [{ kind: 'family', family: isInverted ? (family === 'ipv4' ? 'ipv6' : 'ipv4') : family }];
    }
    default:
      return undefined;
  }
}

const FAMILIES: Readonly<Record<string, FirewallFamily>> = { ipv4: 'ipv4', ipv6: 'ipv6', ip: 'ipv4', ip6: 'ipv6' };

/** Whoever looks into a header of one family asks for that family, too. */
function familyOf(left: unknown): GuestMatch[] {
  if (!isEntry(left)) return [];
  const { payload } = left;
  const masked: unknown = left['&'];
  if (Array.isArray(masked)) return familyOf(masked[0]);
  const family =
    isEntry(payload) && typeof payload['protocol'] === 'string' ? FAMILIES[payload['protocol']] : undefined;
  return family === undefined ? [] : [{ kind: 'family', family }];
}

/** Undefined: one is no address. */
function prefixesOf(values: readonly unknown[]): string[] | undefined {
  const prefixes: string[] = [];
  for (const value of values) {
    const found = prefixesOfOne(value);
    if (found === undefined) return undefined;
    prefixes.push(...found);
  }
  return prefixes;
}

function prefixesOfOne(value: unknown): string[] | undefined {
  if (typeof value === 'string') {
    const address = parseAddress(value);
    return address === undefined ? undefined : [hostPrefix(address).text];
  }
  if (!isEntry(value)) return undefined;
  const { prefix, range } = value;
  if (isEntry(prefix)) {
    const parsed = parsePrefix(`${String(prefix['addr'])}/${String(prefix['len'])}`);
    return parsed === undefined ? undefined : [parsed.text];
  }
  const span = Array.isArray(range) ? spanOf(range) : undefined;
  return span === undefined ? undefined : rangeToPrefixes(span).map(({ text }) => text);
}

function spanOf([from, to]: readonly unknown[]): Range | undefined {
  const first = typeof from === 'string' ? parseAddress(from) : undefined;
  const last = typeof to === 'string' ? parseAddress(to) : undefined;
  if (first === undefined || first.family !== last?.family || first.value > last.value) return undefined;
  return { family: first.family, first: first.value, last: last.value };
}

/** `tcp dport`, for people. */
function wordsOf(left: unknown): string {
  if (!isEntry(left)) return quote(left);
  const [[kind, value] = []] = Object.entries(left);
  if (!isEntry(value)) return kind ?? 'something';
  const { protocol, field, key } = value;
  const words = [protocol ?? kind, field ?? key].filter((word) => typeof word === 'string');
  return words.join(' ');
}
