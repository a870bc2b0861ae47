/** The three nodes of guest-cluster.ts with nothing but a default route to a router, which knows their pods. */
import { parseExport } from '../../src/clouds/segment/index.ts';
import type { GuestFacts, RouterFacts, Snapshot } from '../../src/model/snapshot.ts';
import type { Change, Name } from './guest-cluster.ts';
import { addressOf, both, guestCluster, podsOf, route, withRoute, without } from './guest-cluster.ts';

export const ROUTER = '192.168.1.254';

/** Names of the nodes, in order. */
const NAMES: readonly Name[] = ['a', 'b', 'c'];

/** As FRR prints it; `changes`: prefix -> the line's end instead, or nothing to leave it out. */
export function torText(
  changes: Readonly<Record<string, string | undefined>> = {},
  more: readonly string[] = [],
): string {
  const routes = new Map<string, string | undefined>(
    NAMES.map((name) => [podsOf(name), `[1/0] via ${addressOf(name)}, Vlan1, weight 1, 00:01:00`]),
  );
  for (const [prefix, rest] of Object.entries(changes)) routes.set(prefix, rest);
  return [
    'tor-1# show ip route',
    'Codes: K - kernel route, C - connected, L - local, S - static,',
    '       > - selected route, * - FIB route, q - queued, r - rejected, b - backup',
    '',
    'C>* 192.168.1.0/24 is directly connected, Vlan1, 1d02h03m',
    `L>* ${ROUTER}/32 is directly connected, Vlan1, 1d02h03m`,
    ...[...routes].flatMap(([prefix, rest]) => (rest === undefined ? [] : [`S>* ${prefix} ${rest}`])),
    ...more,
  ].join('\n');
}

export function torRouters(text: string): readonly RouterFacts[] {
  return parseExport(text, 'tor-1.txt');
}

/** Only a default route, which is the router's affair. */
export const throughTor: Change = (guest: GuestFacts) =>
  both(
    ...NAMES.filter((name) => name !== guest.node).map((name) => without(podsOf(name))),
    withRoute(route('0.0.0.0/0', ROUTER)),
  )(guest);

export function torCluster(
  text = torText(),
  changes: Partial<Record<Name, Change>> = {},
  more: readonly string[] = [],
): Snapshot {
  const through = (name: Name): Change => both(throughTor, changes[name] ?? ((guest) => guest));
  const snapshot = guestCluster({ a: through('a'), b: through('b'), c: through('c') });
  return {
    ...snapshot,
    routers: [text, ...more].flatMap((one, index) => parseExport(one, `tor-${String(index + 1)}.txt`)),
  };
}
