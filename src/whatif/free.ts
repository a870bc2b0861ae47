/** What is still free: networks of a length in a range, addresses in a subnet. */
import type { Address, AddressValue, Prefix } from '../model/prefix.ts';
import { comparePrefixes, formatAddress, nextValue, overlaps, parsePrefix, previousValue } from '../model/prefix.ts';

/** The networks of this length in the range that share no address with those in use, in order. */
export function* freeNetworks(range: Prefix, length: number, used: readonly Prefix[]): Generator<Prefix, undefined> {
  if (length < range.length) return undefined;
  const taken = used.filter((prefix) => overlaps(prefix, range)).sort(comparePrefixes);
  let at = 0;
  let next: AddressValue | undefined = range.first;
  while (next !== undefined && next <= range.last) {
    const network = parsePrefix(`${formatAddress(range.family, next)}/${String(length)}`);
    if (network === undefined) return undefined;
    let after: AddressValue = network.last;
    while (at < taken.length && (taken[at]?.last ?? 0) < network.first) at += 1;
    const blocker = taken.slice(at).find((prefix) => overlaps(prefix, network));
    if (blocker === undefined) yield network;
    else if (blocker.last > after) after = blocker.last;
    next = after >= range.last ? undefined : nextValue(after);
  }
  return undefined;
}

/**
 * Addresses of a subnet that no known interface has, from the end. Clouds keep the first four and the last of a subnet
 * for themselves (EC2 and Azure five, Compute Engine four).
 */
export function* freeAddresses(subnet: Prefix, used: ReadonlySet<string>): Generator<Address, undefined> {
  let first: AddressValue = subnet.first;
  for (let step = 0; step < 4; step += 1) first = nextValue(first);
  for (let value = previousValue(subnet.last); value >= first; value = previousValue(value)) {
    const text = formatAddress(subnet.family, value);
    if (!used.has(text)) yield { family: subnet.family, value, text };
  }
  return undefined;
}
