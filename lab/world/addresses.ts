/**
 * Address arithmetic of the lab: small, slow and its own, so that the product's prefix code is never checked by itself.
 * Everything malformed throws: a world with a typing error must not look like a network fault.
 */

/** What was asked for does not fit: no such node, table or network, or a route that is there already. */
export class DoesNotFit extends Error {}

export type Family = 4 | 6;

export interface Address {
  family: Family;
  value: bigint;
}

/** A network: `first` and `last` are inclusive; `length` is the prefix length in bits. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  readonly length: number;
}

// The same few thousand texts are read again for each of 40,000 pairs of nodes.
const knownRanges = new Map<string, Range>();

function parseV4(text: string): bigint {
  const parts = text.split('.');
  if (parts.length !== 4) throw new Error(`not an IPv4 address: ${text}`);
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) throw new Error(`not an IPv4 address: ${text}`);
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint {
  const halves = text.split('::');
  if (halves.length > 2) throw new Error(`not an IPv6 address: ${text}`);
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) throw new Error(`not an IPv6 address: ${text}`);
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  let value = 0n;
  for (const group of all) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) throw new Error(`not an IPv6 address: ${text}`);
    value = value * 65536n + BigInt(`0x${group}`);
  }
  return value;
}

/** @throws Error when the text is no address. */
export function addressOf(text: string): Address {
  return text.includes(':') ? { family: 6, value: parseV6(text) } : { family: 4, value: parseV4(text) };
}

function bits(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** The network that a CIDR names; host bits are cleared, as every router does. @throws Error when malformed. */
export function rangeOf(cidr: string): Range {
  const known = knownRanges.get(cidr) ?? parseRange(cidr);
  knownRanges.set(cidr, known);
  return known;
}

function parseRange(cidr: string): Range {
  const slash = cidr.indexOf('/');
  if (slash < 0) throw new Error(`not a prefix: ${cidr}`);
  const { family, value } = addressOf(cidr.slice(0, slash));
  const length = Number(cidr.slice(slash + 1));
  if (!/^\d{1,3}$/.test(cidr.slice(slash + 1)) || length > bits(family)) throw new Error(`not a prefix: ${cidr}`);
  const size = 1n << BigInt(bits(family) - length);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n, length };
}

/** The range of one address alone. */
export function hostRange(text: string): Range {
  return rangeOf(`${text}/${text.includes(':') ? '128' : '32'}`);
}

function formatV6(value: bigint): string {
  const groups: string[] = [];
  for (let i = 7; i >= 0; i--) groups.push(((value >> BigInt(i * 16)) & 0xffffn).toString(16));
  // RFC 5952: the longest run of at least two zero groups is shortened, the first one on a tie.
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  if (bestStart < 0) return groups.join(':');
  return `${groups.slice(0, bestStart).join(':')}::${groups.slice(bestStart + bestLength).join(':')}`;
}

export function formatAddress(address: Address): string {
  const { family, value } = address;
  if (family === 6) return formatV6(value);
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
}

/** Canonical CIDR text of a range. */
export function cidrOf(range: Range): string {
  return `${formatAddress({ family: range.family, value: range.first })}/${String(range.length)}`;
}

/** Canonical text of a CIDR that may have host bits set. */
export function canonical(cidr: string): string {
  return cidrOf(rangeOf(cidr));
}

export function holds(range: Range, address: Address): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Whether every address of `inner` is one of `outer`. */
export function covers(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** The `index`-th network of the given length inside a CIDR. @throws DoesNotFit when it lies outside. */
export function subnetOf(cidr: string, length: number, index: number): string {
  const outer = rangeOf(cidr);
  const size = 1n << BigInt(bits(outer.family) - length);
  const first = outer.first + size * BigInt(index);
  if (length < outer.length || first + size - 1n > outer.last) {
    throw new DoesNotFit(`${cidr} has no network number ${String(index)} of length ${String(length)}`);
  }
  return cidrOf({ family: outer.family, first, last: first + size - 1n, length });
}

/** The address at `offset` from the start of a CIDR. @throws DoesNotFit when it lies outside. */
export function addressAt(cidr: string, offset: number | bigint): string {
  const range = rangeOf(cidr);
  const value = range.first + BigInt(offset);
  if (value > range.last) throw new DoesNotFit(`${cidr} has no address number ${String(offset)}`);
  return formatAddress({ family: range.family, value });
}

export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}
