/**
 * Addresses and prefixes of both families, strict: what `net.isIP` refuses is refused here.
 * A large cluster has tens of thousands of them, so IPv4 is read by character codes and never touches BigInt.
 */
import { isIPv6 } from 'node:net';

export type Family = 4 | 6;

/**
 * An address as a number: IPv4 a number, IPv6 a BigInt. Values of one family compare with `<` and `===`; `nextValue` and
 * `previousValue` step through them.
 */
export type AddressValue = number | bigint;

export interface Address {
  readonly family: Family;
  readonly value: AddressValue;
  /** Canonical text: dotted quad, or RFC 5952 for IPv6. */
  readonly text: string;
}

/** Inclusive range of addresses of one family. */
export interface Range {
  readonly family: Family;
  readonly first: AddressValue;
  readonly last: AddressValue;
}

/** A network: host bits are always cleared, so equal networks have equal text. */
export interface Prefix extends Range {
  /** In bits: 0 to 32 or 0 to 128. */
  readonly length: number;
  /** Canonical text `network/length`. */
  readonly text: string;
}

const BITS = { 4: 32, 6: 128 } as const;

export function nextValue(value: AddressValue): AddressValue {
  return typeof value === 'number' ? value + 1 : value + 1n;
}

export function previousValue(value: AddressValue): AddressValue {
  return typeof value === 'number' ? value - 1 : value - 1n;
}

/** The bits of an IPv4 network; a shift by 32 would shift by none. */
function mask4(length: number): number {
  return length === 0 ? 0 : -1 << (32 - length);
}

/** The first address of the network of this length that the address lies in. */
export function networkValue(value: AddressValue, length: number): AddressValue {
  if (typeof value === 'number') return (value & mask4(length)) >>> 0;
  const hostBits = BigInt(128 - length);
  return (value >> hostBits) << hostBits;
}

function lastValue(first: AddressValue, length: number): AddressValue {
  if (typeof first === 'number') return (first | ~mask4(length)) >>> 0;
  return first | ((1n << BigInt(128 - length)) - 1n);
}

/** Has the range more addresses than a network of this length? */
export function isWider(range: Range, length: number): boolean {
  const { first, last } = range;
  if (typeof first === 'number') return Number(last) - first >= 2 ** (32 - length);
  return BigInt(last) - first >= 1n << BigInt(128 - length);
}

/** Could the range be written as one prefix? */
export function isNetwork({ first, last }: Range): boolean {
  if (typeof first === 'number') {
    const size = Number(last) - first + 1;
    return first % size === 0 && Number.isInteger(Math.log2(size));
  }
  const bits = first ^ BigInt(last);
  // All the bits that differ are the last ones, and those of the first address are clear.
  return (bits & (bits + 1n)) === 0n && (first & bits) === 0n;
}

const ZERO = 48;
const DOT = 46;

/** The dotted quad in the text before `end`; -1: there is none, or more than that. */
function parseIPv4Value(text: string, end: number): number {
  let value = 0;
  let dots = 0;
  /** -1: no digit yet. */
  let part = -1;
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (part < 0) return -1;
      value = value * 256 + part;
      dots += 1;
      part = -1;
      continue;
    }
    const digit = code - ZERO;
    // Behind a leading zero nothing may follow: some read it as octal.
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

function parseIPv6Value(text: string): bigint {
  let source = text;
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.')) {
    const dotted = text.slice(lastColon + 1);
    const v4 = parseIPv4Value(dotted, dotted.length);
    source = `${text.slice(0, lastColon + 1)}${Math.floor(v4 / 65536).toString(16)}:${(v4 % 65536).toString(16)}`;
  }
  const [head = '', tail] = source.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

function formatIPv4(value: number): string {
  return `${String(Math.floor(value / 16777216))}.${String((value >>> 16) & 255)}.${String((value >>> 8) & 255)}.${String(value & 255)}`;
}

/** RFC 5952: the longest run of two or more zero groups is compressed, the first one where several are longest. */
function formatIPv6(value: bigint): string {
  const groups: string[] = [];
  const digits = value.toString(16).padStart(32, '0');
  for (let at = 0; at < 32; at += 4) groups.push(Number.parseInt(digits.slice(at, at + 4), 16).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

export function formatAddress(family: Family, value: AddressValue): string {
  return family === 4 ? formatIPv4(Number(value)) : formatIPv6(BigInt(value));
}

/** An address without zone or prefix length; undefined for anything else (octal, short forms, garbage). */
export function parseAddress(text: string): Address | undefined {
  const v4 = parseIPv4Value(text, text.length);
  if (v4 >= 0) return { family: 4, value: v4, text };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = parseIPv6Value(text);
  return { family: 6, value, text: formatIPv6(value) };
}

function prefixOf(family: Family, value: AddressValue, length: number): Prefix {
  const first = networkValue(value, length);
  const text = `${formatAddress(family, first)}/${String(length)}`;
  return { family, length, first, last: lastValue(first, length), text };
}

/**
 * `address/length`; host bits are cleared, because API servers store podCIDRs such as `10.1.0.5/24` as they came.
 * Undefined for everything that is not exactly that.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const length = parseLength(text, slash + 1);
  if (length < 0) return undefined;
  const v4 = parseIPv4Value(text, slash);
  if (v4 >= 0) {
    if (length > 32) return undefined;
    // A dotted quad has one form only, so without host bits the text is canonical as it is.
    if (networkValue(v4, length) !== v4) return prefixOf(4, v4, length);
    return { family: 4, length, first: v4, last: lastValue(v4, length), text };
  }
  const address = parseAddress(text.slice(0, slash));
  return address === undefined || length > BITS[address.family]
    ? undefined
    : prefixOf(address.family, address.value, length);
}

/** The prefixes among these texts. */
export function parsePrefixes(texts: readonly string[]): Prefix[] {
  const prefixes: Prefix[] = [];
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) prefixes.push(prefix);
  }
  return prefixes;
}

/** One to three digits up to the end, without a leading zero; -1: something else. */
function parseLength(text: string, start: number): number {
  const digits = text.length - start;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(start) === ZERO)) return -1;
  let length = 0;
  for (let index = start; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** The prefix that holds just this address. */
export function hostPrefix(address: Address): Prefix {
  const { family, value } = address;
  const length = BITS[family];
  return { family, length, first: value, last: value, text: `${address.text}/${String(length)}` };
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
  let { first } = range;
  while (first <= range.last) {
    let length: number = BITS[range.family];
    // One bit shorter for as long as the network still starts here and does not reach beyond the range.
    while (length > 0 && networkValue(first, length - 1) === first && lastValue(first, length - 1) <= range.last) {
      length -= 1;
    }
    const prefix = prefixOf(range.family, first, length);
    result.push(prefix);
    first = nextValue(prefix.last);
  }
  return result;
}

/** By family, then network, then length: an order without locale. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}
