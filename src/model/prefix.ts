/**
 * Addresses and prefixes of both families, strict: what `net.isIP` refuses is refused here.
 * Values are BigInt so that one arithmetic serves IPv4 and IPv6.
 */
import { isIPv4, isIPv6 } from 'node:net';

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
  /** Canonical text: dotted quad, or RFC 5952 for IPv6. */
  readonly text: string;
}

/** A network: host bits are always cleared, so equal networks have equal text. */
export interface Prefix {
  readonly family: Family;
  /** In bits: 0 to 32 or 0 to 128. */
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
  /** Canonical text `network/length`. */
  readonly text: string;
}

/** Inclusive range of addresses of one family. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

function parseIPv4Value(text: string): bigint {
  let value = 0;
  for (const part of text.split('.')) value = value * 256 + Number(part);
  return BigInt(value);
}

function parseIPv6Value(text: string): bigint {
  let source = text;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(source);
  if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
    const v4 = parseIPv4Value(dotted[2]);
    source = `${dotted[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const [head = '', tail] = source.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

function formatIPv4(value: bigint): string {
  const number = Number(value);
  return `${String(Math.floor(number / 16777216))}.${String((number >>> 16) & 255)}.${String((number >>> 8) & 255)}.${String(number & 255)}`;
}

/** RFC 5952: the longest run of two or more zero groups is compressed, the first one where several are longest. */
function formatIPv6(value: bigint): string {
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((value >> shift) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

export function formatAddress(family: Family, value: bigint): string {
  return family === 4 ? formatIPv4(value) : formatIPv6(value);
}

/** An address without zone or prefix length; undefined for anything else (octal, short forms, garbage). */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: parseIPv4Value(text), text };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = parseIPv6Value(text);
  return { family: 6, value, text: formatIPv6(value) };
}

function prefixOf(family: Family, value: bigint, length: number): Prefix {
  const hostBits = BigInt(BITS[family] - length);
  const first = (value >> hostBits) << hostBits;
  return {
    family,
    length,
    first,
    last: first + (1n << hostBits) - 1n,
    text: `${formatAddress(family, first)}/${String(length)}`,
  };
}

/**
 * `address/length`; host bits are cleared, because API servers store podCIDRs such as `10.1.0.5/24` as they came.
 * Undefined for everything that is not exactly that.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length <= BITS[address.family] ? prefixOf(address.family, address.value, length) : undefined;
}

/** The prefix that holds just this address. */
export function hostPrefix(address: Address): Prefix {
  return prefixOf(address.family, address.value, BITS[address.family]);
}

/** The canonical text of a prefix, or the text itself where it is none. */
export function canonicalPrefix(text: string): string {
  return parsePrefix(text)?.text ?? text;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function containsAddress(outer: Range, address: Address): boolean {
  return outer.family === address.family && outer.first <= address.value && address.value <= outer.last;
}

/** The smallest prefix that contains all given ones of one family; undefined for none or mixed families. */
export function smallestCovering(prefixes: readonly Prefix[]): Prefix | undefined {
  const [head] = prefixes;
  if (head === undefined || prefixes.some((prefix) => prefix.family !== head.family)) return undefined;
  let { first, last } = head;
  for (const prefix of prefixes) {
    if (prefix.first < first) first = prefix.first;
    if (prefix.last > last) last = prefix.last;
  }
  for (let length = head.length; length >= 0; length -= 1) {
    const candidate = prefixOf(head.family, first, length);
    if (candidate.last >= last) return candidate;
  }
  return undefined;
}

/** The fewest prefixes that make up exactly this range, in order. */
export function rangeToPrefixes(range: Range): Prefix[] {
  const result: Prefix[] = [];
  const bits = BITS[range.family];
  let first = range.first;
  while (first <= range.last) {
    let hostBits = 0;
    while (
      hostBits < bits &&
      (first & ((1n << BigInt(hostBits + 1)) - 1n)) === 0n &&
      first + (1n << BigInt(hostBits + 1)) - 1n <= range.last
    ) {
      hostBits += 1;
    }
    result.push(prefixOf(range.family, first, bits - hostBits));
    first += 1n << BigInt(hostBits);
  }
  return result;
}

/** By family, then network, then length: an order without locale. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}
