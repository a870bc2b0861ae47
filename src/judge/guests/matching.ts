/** Whether a firewall's rule is for a packet: for all packets of two ranges at once, or not yet, where it is for some of them. */
import type { GuestMatch } from '../../model/guest.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { contains, overlaps } from '../../model/prefix.ts';
import type { Mark } from './mark.ts';
import { hasMark } from './mark.ts';

/** `new`: of a connection that begins; `established`: an answer where the question came by; `lone`: where it did not. */
export type ConnectionState = 'new' | 'established' | 'lone' | 'unclear';

export interface Passing {
  readonly source: Range;
  readonly destination: Range;
  /** Absent: a link that does not exist yet, or none. */
  readonly in?: string;
  readonly out?: string;
  readonly state: ConnectionState;
}

/** A rule's prefix that holds some of the packets only. */
export interface Cut {
  readonly side: 'source' | 'destination';
  readonly prefix: Prefix;
}

/** Parsed once; the rest is as in the facts. */
export type CompiledMatch =
  | Exclude<GuestMatch, { readonly kind: 'address' | 'own' }>
  | {
      readonly kind: 'address';
      readonly side: Cut['side'];
      readonly prefixes: readonly Prefix[];
      readonly not?: true;
    };

/** Undefined: nobody knows. */
export type Fit = boolean | undefined | Cut;

export function fits(match: CompiledMatch, packet: Passing, mark: Mark): Fit {
  if (match.kind === 'other') return undefined;
  if (match.kind === 'family') return packet.destination.family === (match.family === 'ipv4' ? 4 : 6);
  const plain = fitsPlain(match, packet, mark);
  return typeof plain === 'boolean' ? plain !== (match.not === true) : plain;
}

function fitsPlain(match: Exclude<CompiledMatch, { kind: 'other' | 'family' }>, packet: Passing, mark: Mark): Fit {
  switch (match.kind) {
    case 'address': {
      const range = packet[match.side];
      const prefix = match.prefixes.find((one) => overlaps(one, range));
      if (prefix === undefined) return false;
      return contains(prefix, range) ? true : { side: match.side, prefix };
    }
    case 'link': {
      const name = packet[match.side];
      if (match.links.includes('*')) return true;
      return name === undefined ? undefined : match.links.some((link) => isNamed(name, link));
    }
    case 'mark':
      return hasMark(mark, match.value, match.mask);
    case 'state':
      return fitsState(match.states, packet.state);
  }
}

function isNamed(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** What conntrack may call a packet that answers where the question was not seen. */
const LONE = ['new', 'invalid'];
const TRACKED = ['new', 'established', 'invalid', 'related', 'untracked'];

function fitsState(states: readonly string[], state: ConnectionState): boolean | undefined {
  if (states.some((one) => !TRACKED.includes(one))) return undefined;
  switch (state) {
    case 'new':
    case 'established':
      return states.includes(state);
    case 'lone':
    case 'unclear': {
      const possible = state === 'lone' ? LONE : TRACKED;
      const some = possible.filter((one) => states.includes(one));
      return some.length === possible.length ? true : some.length === 0 ? false : undefined;
    }
  }
}
