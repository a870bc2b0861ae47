/** Static routes in the words of routers: what makes one, what takes it away, and a whole configuration from nodes. */
import type { NodeFacts, RouterSystem } from '../model/snapshot.ts';
import { parseAddress, parsePrefix } from '../model/prefix.ts';

export interface StaticRoute {
  /** Canonical. */
  readonly prefix: string;
  readonly gateway: string;
}

/** Lines for the configuration mode; the name of a router of a VRF ends in `vrf NAME`. */
export function routeLines(system: RouterSystem, router: string, route: StaticRoute): string[] {
  return inVrf(system, router, (vrf) => command(system, vrf, route));
}

export function removalLines(system: RouterSystem, router: string, route: StaticRoute): string[] {
  return inVrf(system, router, (vrf) => `no ${command(system, vrf, route)}`);
}

/** How to keep it over a restart. */
export function savingCommand(system: RouterSystem): string {
  switch (system) {
    case 'frr':
    case 'ios':
    case 'eos':
      return 'write memory';
    case 'nxos':
      return 'copy running-config startup-config';
    case 'json':
      return 'save it there';
  }
}

/** A route per podCIDR to its node: all that a router needs for nodes in its own networks. */
export function configOf(system: RouterSystem, router: string, nodes: readonly NodeFacts[]): string[] {
  const lines = nodes.flatMap(({ podCIDRs, internalIPs }) =>
    podCIDRs.flatMap((prefix) => {
      const family = parsePrefix(prefix)?.family;
      const gateway = internalIPs.find((text) => parseAddress(text)?.family === family);
      return gateway === undefined ? [] : routeLines(system, router, { prefix, gateway });
    }),
  );
  // Of NX-OS each route of a VRF comes with the line that opens it.
  return [...new Set(lines)];
}

function inVrf(system: RouterSystem, router: string, write: (vrf: string | undefined) => string): string[] {
  const vrf = / vrf (\S+)$/.exec(router)?.[1];
  if (vrf === undefined || system !== 'nxos') return [write(vrf)];
  return [`vrf context ${vrf}`, write(undefined)];
}

function command(system: RouterSystem, vrf: string | undefined, { prefix, gateway }: StaticRoute): string {
  const parsed = parsePrefix(prefix);
  const word = parsed?.family === 6 ? 'ipv6 route' : 'ip route';
  switch (system) {
    case 'frr':
      return `${word} ${prefix} ${gateway}${vrf === undefined ? '' : ` vrf ${vrf}`}`;
    case 'ios': {
      const within = vrf === undefined ? '' : ` vrf ${vrf}`;
      if (parsed?.family === 6) return `${word}${within} ${prefix.toUpperCase()} ${gateway.toUpperCase()}`;
      return `${word}${within} ${prefix.split('/')[0] ?? ''} ${maskOf(parsed?.length ?? 32)} ${gateway}`;
    }
    case 'eos':
      return `${word}${vrf === undefined ? '' : ` vrf ${vrf}`} ${prefix} ${gateway}`;
    case 'nxos':
    case 'json':
      return `${word} ${prefix} ${gateway}`;
  }
}

/** 24 -> 255.255.255.0 */
function maskOf(length: number): string {
  return [0, 8, 16, 24].map((done) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - done)))).join('.');
}
