/** What the parsers of routing tables as text share: the tables that a text falls into, and words for trouble. */
import type { Family } from '../../model/prefix.ts';
import { parsePrefix } from '../../model/prefix.ts';
import type { RouterHop, RouterInterface, RouterRoute } from '../../model/router.ts';

/** The table of one VRF and family, as far as a text holds it. */
export interface TextTable {
  /** `default` is the global one. */
  readonly vrf: string;
  readonly routes: RouterRoute[];
  readonly families: Set<Family>;
  /** Found among the routes themselves. */
  readonly addresses: { readonly interface: string; readonly address: string; readonly length: number }[];
  readonly troubles: string[];
}

export interface TextRouter {
  /** As the prompt says it. */
  readonly hostname?: string;
  readonly tables: readonly TextTable[];
}

export function emptyTable(vrf: string): TextTable {
  return { vrf, routes: [], families: new Set(), addresses: [], troubles: [] };
}

/** The table of a VRF, made when it is first heard of. */
export function tableOf(tables: Map<string, TextTable>, vrf: string): TextTable {
  let table = tables.get(vrf);
  if (table === undefined) {
    table = emptyTable(vrf);
    tables.set(vrf, table);
  }
  return table;
}

/** A route while its lines are read. */
export interface Draft {
  readonly prefix: string;
  readonly protocol?: string;
  readonly hops: RouterHop[];
  readonly strange: string[];
  /** It says that it drops. */
  isDiscard: boolean;
}

export function finishRoute({ prefix, protocol, hops, strange, isDiscard }: Draft): RouterRoute {
  const opaque = [...strange];
  if (hops.length === 0 && !isDiscard && opaque.length === 0) opaque.push('no next hop');
  // What drops some flows and sends others is nothing that a table says plainly.
  if (hops.length > 0 && isDiscard) opaque.push('a next hop beside Null0');
  return {
    prefix,
    hops,
    ...(protocol === undefined || protocol === '' ? {} : { protocol }),
    ...(opaque.length === 0 ? {} : { opaque: [...new Set(opaque)].join(', ') }),
  };
}

export function quoteLine(line: string): string {
  const text = line.trim().replace(/\s+/g, ' ');
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** Addresses of one interface are told apart by the networks that the table has there. */
export function joinInterfaces(
  found: readonly { readonly interface: string; readonly address: string; readonly length?: number }[],
  routes: readonly RouterRoute[],
): RouterInterface[] {
  const named = found.filter((one) => one.interface !== '');
  return [...Map.groupBy(named, (one) => one.interface)].map(([name, all]) => ({
    name,
    addresses: [...new Map(all.map((one) => [one.address, one])).values()].map(({ address, length }) => ({
      address,
      length: widerLength(address, length, name, routes),
    })),
  }));
}

/** A local route has the length of one address; the network is that of the connected route beside it. */
function widerLength(
  address: string,
  length: number | undefined,
  name: string,
  routes: readonly RouterRoute[],
): number {
  const whole = address.includes(':') ? 128 : 32;
  if (length !== undefined && length < whole) return length;
  const networks = routes.flatMap(({ prefix, hops }) => {
    const parsed = parsePrefix(prefix);
    const isHere = hops.some((hop) => hop.gateway === undefined && hop.interface === name);
    return parsed !== undefined && isHere && parsePrefix(`${address}/${String(parsed.length)}`)?.text === parsed.text
      ? [parsed.length]
      : [];
  });
  const inside = networks.filter((one) => one < whole);
  return inside.length === 0 ? whole : Math.max(...inside);
}
