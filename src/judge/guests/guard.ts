/** A kernel's netfilter on a packet's way: it may drop the packet, or give it another source. */
import type { GuestHook } from '../../model/guest.ts';
import { contains, formatAddress, hostPrefix, parseAddress } from '../../model/prefix.ts';
import type { End, Flight, Journey, Place } from './ends.ts';
import { doubtOf, lost, unknown } from './ends.ts';
import type { Ruling } from './firewall.ts';

/** How the packet goes on. */
type Next = (flight: Flight) => End[];

/** Before the kernel looks for a route. An answer gets back the destination that the question had as its source. */
export function comeIn(journey: Journey, at: Place, flight: Flight, next: Next): End[] {
  const ask = (late: boolean, then: Next) => (packet: Flight) =>
    guard(journey, at, packet, { hook: 'prerouting', late }, then);
  return ask(false, (packet) => ask(true, next)(restore(at, packet)))(flight);
}

/** By this link, absent: by one that does not exist yet. `nextHop`: that, or else the destination, decides on a masquerading address. */
export function goOut(
  journey: Journey,
  at: Place,
  flight: Flight,
  way: { readonly out?: string; readonly nextHop?: string },
  next: Next,
): End[] {
  return guard(journey, at, flight, { hook: 'forward', ...way }, (packet) =>
    guard(journey, at, packet, { hook: 'postrouting', ...way }, next),
  );
}

function restore({ guest }: Place, flight: Flight): Flight {
  const [due, ...restores] = flight.restores;
  if (due?.guest !== guest || !contains(due.address, flight.destination)) return flight;
  return { ...flight, destination: due.origin, restores };
}

interface Asked {
  readonly hook: GuestHook['hook'];
  readonly late?: boolean;
  readonly out?: string;
  readonly nextHop?: string;
}

function guard(journey: Journey, at: Place, flight: Flight, asked: Asked, next: Next): End[] {
  const { guest, device } = at;
  const { hook, late, out } = asked;
  const firewall = guest.kernel.firewall(flight.destination.family);
  if (typeof firewall === 'string') return next(inDoubt(flight, at, firewall, hook));
  const packet = {
    source: flight.source,
    destination: flight.destination,
    ...(device === undefined ? {} : { in: device }),
    ...(out === undefined ? {} : { out }),
    state: journey.state(guest),
  };
  return firewall
    .ask(hook, packet, flight.mark, late)
    .flatMap((ruling) => follow(journey, at, flight, asked, ruling, next));
}

function follow(
  journey: Journey,
  at: Place,
  flight: Flight,
  { hook, out, nextHop }: Asked,
  { source, destination, mark, fate }: Ruling,
  next: Next,
): End[] {
  const { guest } = at;
  const on: Flight = { ...flight, source, destination, mark };
  switch (fate.kind) {
    case 'passes':
      return next(on);
    case 'dropped':
      return [lost(journey, at, on, 'filtered', { filter: fate.by })];
    case 'unclear':
      // It may get another destination there.
      if (hook === 'prerouting') return [unknown(on, guest, fate.reason)];
      return next(inDoubt(on, at, fate.reason, hook));
    case 'rewritten': {
      const chosen =
        fate.address ??
        (out === undefined
          ? undefined
          : guest.kernel.addressTowards(out, nextHop ?? formatAddress(destination.family, destination.first)));
      const address = chosen === undefined ? undefined : parseAddress(chosen);
      if (address === undefined) return [unknown(on, guest, `which source “${fate.by.text}” gives is not certain`)];
      const rewrite = { guest, by: fate.by, origin: source, address: hostPrefix(address) };
      return next({ ...on, source: rewrite.address, rewrites: [...on.rewrites, rewrite] });
    }
  }
}

function inDoubt(flight: Flight, { guest }: Place, reason: string, hook: GuestHook['hook']): Flight {
  const doubt = doubtOf(guest, reason);
  const isNew = !flight.doubts.some(({ detail }) => detail.kind === 'gap' && detail.gap.reason === reason);
  return {
    ...flight,
    doubts: isNew ? [...flight.doubts, doubt] : flight.doubts,
    isSourceSure: flight.isSourceSure && hook !== 'postrouting',
  };
}
