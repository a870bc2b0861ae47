/** One rule as iptables-save writes it: `-A FORWARD ! -i eth0 -s 10.244.0.0/16 -m mark --mark 0x4000/0x4000 -j ACCEPT`. */
import type { GuestAction, GuestMatch } from '../model/guest.ts';
import { hostPrefix, parseAddress, parsePrefix, rangeToPrefixes } from '../model/prefix.ts';

export interface SavedRule {
  readonly chain: string;
  readonly matches: readonly GuestMatch[];
  /** What a built-in target does; for the name of a chain this is what is done if there is no such chain. */
  readonly actions: readonly GuestAction[];
  readonly target?: string;
  readonly isGoto: boolean;
}

/** Undefined: it is no such rule. */
export function parseSaved(line: string): SavedRule | undefined {
  const words = splitWords(line.replace(/^\[\d+:\d+\] /, ''));
  const [append, chain, ...rest] = words ?? [];
  if (append !== '-A' || chain === undefined) return undefined;
  const matches: GuestMatch[] = [];
  for (let at = 0; at < rest.length;) {
    const not = rest[at] === '!';
    if (not) at += 1;
    const option = rest[at] ?? '';
    if (option === '-j' || option === '-g') {
      const [target = '', ...options] = rest.slice(at + 1);
      return { chain, matches, actions: actionsOf(target, options), target, isGoto: option === '-g' };
    }
    const values = valuesOf(rest, at + 1);
    matches.push(...matchOf(option, values, not));
    at += 1 + values.length;
  }
  // Without a target it only counts.
  return { chain, matches, actions: [], isGoto: false };
}

/** What follows an option, up to the next one. */
function valuesOf(words: readonly string[], from: number): readonly string[] {
  let to = from;
  while (to < words.length && words[to] !== '!' && !/^--?[a-z]/.test(words[to] ?? '')) to += 1;
  return words.slice(from, to);
}

type Reader = (value: string) => GuestMatch | undefined;

const prefixed =
  (side: 'source' | 'destination'): Reader =>
  (value) => {
    const [text = '', mask] = value.split('/');
    const address = parseAddress(text);
    if (address === undefined) return undefined;
    const prefix = mask === undefined ? hostPrefix(address) : parsePrefix(`${text}/${mask}`);
    return prefix === undefined ? undefined : { kind: 'address', side, prefixes: [prefix.text] };
  };

const ranged =
  (side: 'source' | 'destination'): Reader =>
  (value) => {
    const [first, last] = value.split('-').map((text) => parseAddress(text));
    if (first === undefined || first.family !== last?.family) return undefined;
    const range = { family: first.family, first: first.value, last: last.value };
    return { kind: 'address', side, prefixes: rangeToPrefixes(range).map(({ text }) => text) };
  };

const linked =
  (side: 'in' | 'out'): Reader =>
  (value) => ({ kind: 'link', side, links: [value.replace(/\+$/, '*')] });

const own =
  (side: 'source' | 'destination'): Reader =>
  (value) =>
    value === 'LOCAL' ? { kind: 'own', side } : undefined;

const stated: Reader = (value) => ({ kind: 'state', states: value.toLowerCase().split(',') });

const READERS: Readonly<Record<string, Reader>> = {
  '-s': prefixed('source'),
  '-d': prefixed('destination'),
  '-i': linked('in'),
  '-o': linked('out'),
  '--src-range': ranged('source'),
  '--dst-range': ranged('destination'),
  '--src-type': own('source'),
  '--dst-type': own('destination'),
  '--ctstate': stated,
  '--state': stated,
  '--mark': (value) => {
    const [number, mask] = value.split('/').map(numberOf);
    return number === undefined || Number.isNaN(number) || Number.isNaN(mask)
      ? undefined
      : { kind: 'mark', value: number, mask: mask ?? ALL_BITS };
  },
};

const ALL_BITS = 0xffffffff;

/** Nothing of them is a question. */
const SILENT = new Set(['--comment']);
/** Modules whose options say all. */
const PLAIN_MODULES = new Set(
  'comment mark conntrack state iprange addrtype tcp udp udplite sctp dccp icmp icmp6 ipv6-icmp multiport'.split(' '),
);

/** Several: what a module asks that has no options, too. */
function matchOf(option: string, values: readonly string[], not: boolean): GuestMatch[] {
  const [value = ''] = values;
  if (SILENT.has(option)) return [];
  if (option === '-m') return PLAIN_MODULES.has(value) ? [] : [{ kind: 'other', text: `-m ${value}` }];
  const text = [...(not ? ['!'] : []), option, ...values].join(' ');
  const read = values.length === 1 && Object.hasOwn(READERS, option) ? READERS[option] : undefined;
  const match = read?.(value);
  if (match === undefined || match.kind === 'other' || match.kind === 'family') return [{ kind: 'other', text }];
  return [not ? { ...match, not: true } : match];
}

/** They look at packets and let them go on. */
const PASSING = new Set(
  'LOG NFLOG ULOG TCPMSS CLASSIFY DSCP TOS CHECKSUM TRACE CONNSECMARK SECMARK AUDIT SET ECN RATEEST IDLETIMER TEE'.split(
    ' ',
  ),
);

function actionsOf(target: string, options: readonly string[]): GuestAction[] {
  if (PASSING.has(target)) return options.includes('--map-mark') ? [{ kind: 'mark' }] : [];
  switch (target) {
    case 'ACCEPT':
      return [{ kind: 'accept' }];
    case 'DROP':
    case 'REJECT':
      return [{ kind: 'drop' }];
    case 'RETURN':
      return [{ kind: 'return' }];
    case 'NOTRACK':
      return [{ kind: 'untrack' }];
    case 'CT':
      return options.includes('--notrack') ? [{ kind: 'untrack' }] : [];
    case 'CONNMARK':
      return options.includes('--restore-mark') ? [{ kind: 'mark' }] : [];
    case 'MARK':
      return [markOf(options)];
    case 'MASQUERADE':
      return [{ kind: 'source' }];
    case 'SNAT':
      return [snatOf(options)];
    default:
      return [{ kind: 'opaque', text: `target ${target}` }];
  }
}

function markOf([option, value = '']: readonly string[]): GuestAction {
  const [number, mask = ALL_BITS] = value.split('/').map(numberOf);
  if (number === undefined || Number.isNaN(number) || Number.isNaN(mask)) return { kind: 'mark' };
  if (option === '--set-xmark') return { kind: 'mark', value: number, mask };
  return option === '--set-mark' ? { kind: 'mark', value: number, mask: (mask | number) >>> 0 } : { kind: 'mark' };
}

/** Of several addresses any may be taken. */
function snatOf([option, value = '']: readonly string[]): GuestAction {
  const address = parseAddress(value) ?? parseAddress(value.replace(/^\[(.*)\]:[\d-]+$|:[\d-]+$/, '$1'));
  if (option !== '--to-source' || address === undefined) return { kind: 'opaque', text: `target SNAT ${value}` };
  return { kind: 'source', address: address.text };
}

function numberOf(text: string): number {
  return /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : NaN;
}

/** As a shell would, with quotes; undefined: a quote does not end. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|([^\s"]\S*))/y;
  while (pattern.lastIndex < line.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(line);
    if (found === null) return line.slice(at).trim() === '' ? words : undefined;
    const [, quoted, plain = ''] = found;
    // The quote stays on what would look like an option without it.
    words.push(quoted === undefined ? plain : /^[-!]/.test(quoted) ? `"${quoted}` : quoted);
  }
  return words;
}
