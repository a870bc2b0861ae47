/** How to mend a node's own kernel: as changes, and in the words that go with them. */
import type { GuestFacts, GuestRoute } from '../model/guest.ts';
import type { HostChange, HostRoute } from '../model/host-change.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import type { GuestData } from './guest-faults.ts';

/** The routes to take off and to set; empty where that is not known, or would help nothing. */
export function fixRoute(data: GuestData): HostChange[] {
  const { fault } = data;
  const { node, os, route } = fault;
  const wrong = route === undefined ? undefined : hostRoute(route);
  const isInside = wrong !== undefined && isWithin(wrong.prefix, fault.podCIDR);
  const replaced = isInside && isReplaced(data, wrong) ? wrong : undefined;
  const wanted = wantedRoute(data, replaced, isInside);
  const isRemoved = isInside && replaced === undefined && (wrong.prefix !== fault.podCIDR || wrong.type !== undefined);
  // An agent that starts sets what is missing, and leaves alone what it does not know.
  const restarts = isRemoved ? [] : restartOf(data);
  return [
    ...restarts,
    ...(isRemoved ? [{ kind: 'delete-host-route', node, os, route: wrong } as const] : []),
    ...(wanted === undefined ? [] : [wanted]),
  ];
}

function restartOf({ fault: { node, os }, keeper }: GuestData): HostChange[] {
  if (keeper.kind !== 'agent') return [];
  return keeper.daemonSets.map(({ agent, namespace, selector }) => {
    return { kind: 'restart-agent', node, os, agent, namespace, selector };
  });
}

/** A route for the very podCIDR that leads to the wrong place is replaced; any other one is taken off, or overridden. */
function isReplaced({ fault }: GuestData, { prefix, type }: HostRoute): boolean {
  return fault.wanted !== undefined && prefix === fault.podCIDR && type === undefined;
}

function wantedRoute(
  { fault, keeper, facts }: GuestData,
  instead: HostRoute | undefined,
  isInside: boolean,
): HostChange | undefined {
  const { node, os, podCIDR, wanted, route } = fault;
  if (wanted === undefined) return undefined;
  // Beside a wider route that a policy rule prefers, only a longer one in the same table counts.
  const table = instead?.table ?? (isInside || route === undefined || route.table === 'main' ? undefined : route.table);
  const right = { prefix: podCIDR, ...wanted, ...(table === undefined ? {} : { table }) };
  if (instead === undefined && isThere(right, facts)) return undefined;
  return {
    kind: 'set-host-route',
    node,
    os,
    route: right,
    ...(instead === undefined ? {} : { instead }),
    ...(keeper.kind === 'agent' ? { keeper: keeper.agent } : keeper.kind === 'service' ? { keeper: 'flannel' } : {}),
  };
}

function isThere({ prefix, gateway, device, table = 'main' }: HostRoute, facts: GuestFacts | undefined): boolean {
  return (facts?.routes ?? []).some((route) => {
    const [hop, ...others] = route.hops;
    const leadsThere = others.length === 0 && hop?.gateway === gateway && hop?.device === device;
    return route.prefix === prefix && route.type === 'unicast' && route.table === table && leadsThere;
  });
}

/** Several next hops are one route, which its prefix, metric and table name. */
export function hostRoute({ prefix, type, hops, table, metric }: GuestRoute): HostRoute {
  const [hop, ...others] = hops;
  const only = others.length === 0 ? hop : undefined;
  return {
    prefix,
    ...(only?.gateway === undefined ? {} : { gateway: only.gateway }),
    ...(only === undefined ? {} : { device: only.device }),
    ...(table === 'main' ? {} : { table }),
    ...(metric === 0 ? {} : { metric }),
    ...(type === 'unicast' ? {} : { type }),
  };
}

function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [parsePrefix(inner), parsePrefix(outer)];
  return a !== undefined && b !== undefined && contains(b, a);
}

/** Who is to set the right route; the commands are in the changes. */
export function adviseRoute({ fault, keeper }: GuestData): string {
  const { node, podCIDR, wanted, owner, os } = fault;
  const set = wanted === undefined ? `add a route to ${podCIDR} by way of ${owner}` : 'set the route';
  const keep = isForgotten(os) ? ', and write it down where its links are configured, for a restart forgets it' : '';
  switch (keeper.kind) {
    case 'agent':
      return `Restart ${keeper.agent} on ${node}: such routes are its work. If that does not help, ${set} there by hand.`;
    case 'service':
      return `Restart the service of k3s or RKE2 on ${node}: such routes are its work. If that does not help, ${set} there by hand.`;
    case 'nobody':
      return `${set.charAt(0).toUpperCase()}${set.slice(1)} on ${node}${keep}.`;
    case 'unknown':
      return `Restart the network agent on ${node}, whose work such routes are; without one ${set} there by hand${keep}.`;
  }
}

/** Windows keeps what is set, unless it is told not to. */
function isForgotten(os: HostChange['os']): boolean {
  return os === 'linux';
}

/** The switch that is off: that of all links, or those of single ones. */
export function fixForwarding({ fault, devices, facts }: GuestData): HostChange[] {
  const { node, os, family } = fault;
  // Writing what is there already moves no link's own switch. Windows has one for each link only.
  const all = family === 6 || facts?.all.forwarding4 !== true;
  const isAlone = family === 6 || facts?.all.forwarding4 === false;
  const change = { kind: 'set-host-forwarding', node, os, family, all } as const;
  return [{ ...change, devices: isAlone && hasSwitchForAll(os) ? [] : devices }];
}

function hasSwitchForAll(os: HostChange['os']): boolean {
  return os === 'linux';
}

/** Where another route leads back the loose form is content; where none does, only no check at all is. */
export function fixReversePath({ fault, devices, facts }: GuestData): HostChange[] {
  const { node, os, route, leadsTo } = fault;
  // The node's own address is refused whatever the filter.
  if (leadsTo !== undefined) return [];
  const level = route?.type === 'unicast' ? 2 : 0;
  const all = level === 0 && facts?.all.rpFilter !== 0;
  return [{ kind: 'set-rp-filter', node, os, level, all, devices }];
}
