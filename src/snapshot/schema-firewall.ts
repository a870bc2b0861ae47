/** The shape of what filters and rewrites packets on nodes, part by part as in model/firewall.ts. */
import {
  FIREWALL_FAMILIES,
  GUEST_HOOKS,
  type GuestAction,
  type GuestChain,
  type GuestFirewallRule,
  type GuestHook,
  type GuestMatch,
} from '../model/firewall.ts';
import { ADDRESS, ID, NUMBER, PREFIX, TEXT, fixed, kinds, list, object, optional, words } from './shape.ts';

type MatchOf<K extends GuestMatch['kind']> = Extract<GuestMatch, { kind: K }>;
type ActionOf<K extends GuestAction['kind']> = Extract<GuestAction, { kind: K }>;

const NOT = optional(fixed<true>(true));
const SIDE = words(['source', 'destination']);

const MATCH = kinds<GuestMatch>({
  address: object<MatchOf<'address'>>({ kind: fixed('address'), side: SIDE, prefixes: list(PREFIX), not: NOT }),
  link: object<MatchOf<'link'>>({ kind: fixed('link'), side: words(['in', 'out']), links: list(ID), not: NOT }),
  mark: object<MatchOf<'mark'>>({ kind: fixed('mark'), value: NUMBER, mask: NUMBER, not: NOT }),
  state: object<MatchOf<'state'>>({ kind: fixed('state'), states: list(ID), not: NOT }),
  own: object<MatchOf<'own'>>({ kind: fixed('own'), side: SIDE, not: NOT }),
  family: object<MatchOf<'family'>>({ kind: fixed('family'), family: words(FIREWALL_FAMILIES) }),
  other: object<MatchOf<'other'>>({ kind: fixed('other'), text: TEXT }),
});

const ACTION = kinds<GuestAction>({
  accept: object<ActionOf<'accept'>>({ kind: fixed('accept') }),
  drop: object<ActionOf<'drop'>>({ kind: fixed('drop') }),
  return: object<ActionOf<'return'>>({ kind: fixed('return') }),
  jump: object<ActionOf<'jump'>>({ kind: fixed('jump'), chain: ID }),
  goto: object<ActionOf<'goto'>>({ kind: fixed('goto'), chain: ID }),
  mark: object<ActionOf<'mark'>>({ kind: fixed('mark'), value: optional(NUMBER), mask: optional(NUMBER) }),
  untrack: object<ActionOf<'untrack'>>({ kind: fixed('untrack') }),
  source: object<ActionOf<'source'>>({ kind: fixed('source'), address: optional(ADDRESS) }),
  opaque: object<ActionOf<'opaque'>>({ kind: fixed('opaque'), text: TEXT }),
});

export const CHAIN = object<GuestChain>({
  id: ID,
  family: optional(words(FIREWALL_FAMILIES)),
  base: optional(
    object<GuestHook>({
      hook: words(GUEST_HOOKS),
      type: words(['filter', 'nat']),
      priority: NUMBER,
      policy: words(['accept', 'drop']),
    }),
  ),
  rules: list(object<GuestFirewallRule>({ matches: list(MATCH), actions: list(ACTION), text: TEXT })),
});
