/** The shape of what nodes' own kernels say, part by part as in model/guest.ts. */
import {
  GUEST_PARTS,
  GUEST_ROUTE_TYPES,
  NEIGHBOUR_STATES,
  type GuestAddress,
  type GuestFacts,
  type GuestHop,
  type GuestLink,
  type GuestNeighbour,
  type GuestRoute,
  type GuestRule,
  type GuestSwitches,
  type GuestUnread,
  type HnsEndpoint,
  type HnsFacts,
  type HnsNetwork,
} from '../model/guest.ts';
import { CHAIN } from './schema-firewall.ts';
import {
  ADDRESS,
  FLAG,
  ID,
  NUMBER,
  PREFIX,
  TEXT,
  TIME,
  described,
  fixed,
  list,
  listBy,
  object,
  optional,
  words,
} from './shape.ts';

const SWITCHES = {
  forwarding4: optional(FLAG),
  forwarding6: optional(FLAG),
  rpFilter: optional(NUMBER),
  arpIgnore: optional(NUMBER),
  proxyArp: optional(FLAG),
};

const LINK = object<GuestLink>({
  name: ID,
  up: FLAG,
  carrier: FLAG,
  mac: optional(TEXT),
  kind: optional(TEXT),
  addresses: list(object<GuestAddress>({ address: ADDRESS, length: NUMBER })),
  ...SWITCHES,
});

const HOP = object<GuestHop>({
  gateway: optional(ADDRESS),
  device: ID,
  onlink: optional(fixed<true>(true)),
  dead: optional(fixed<true>(true)),
});

const ROUTE = object<GuestRoute>({
  table: ID,
  prefix: PREFIX,
  type: words(GUEST_ROUTE_TYPES),
  metric: described('Equal prefixes: the lowest wins, then the first.', NUMBER),
  stored: optional(FLAG),
  hops: list(HOP),
  scope: optional(TEXT),
  protocol: optional(TEXT),
  opaque: optional(described('What of it is not understood.', TEXT)),
});

const RULE = object<GuestRule>({
  priority: NUMBER,
  from: optional(PREFIX),
  to: optional(PREFIX),
  device: optional(ID),
  inverted: optional(fixed<true>(true)),
  action: words(['lookup', 'blackhole', 'unreachable', 'prohibit']),
  table: optional(ID),
  suppress: optional(NUMBER),
  opaque: optional(TEXT),
});

const NEIGHBOUR = object<GuestNeighbour>({
  address: ADDRESS,
  device: ID,
  mac: optional(TEXT),
  state: words(NEIGHBOUR_STATES),
});

const HNS = object<HnsFacts>({
  networks: list(
    object<HnsNetwork>({
      name: ID,
      type: ID,
      managementIP: optional(ADDRESS),
      subnets: list(object<HnsNetwork['subnets'][number]>({ prefix: PREFIX, gateway: optional(ADDRESS) })),
      opaque: optional(TEXT),
    }),
  ),
  endpoints: list(
    object<HnsEndpoint>({
      network: ID,
      address: ADDRESS,
      gateway: optional(ADDRESS),
      natExceptions: optional(list(PREFIX)),
      policyRoutes: optional(list(PREFIX)),
      opaque: optional(TEXT),
    }),
  ),
});

export const GUEST = object<GuestFacts>({
  node: ID,
  os: words(['linux', 'windows']),
  source: TEXT,
  readAt: TIME,
  links: listBy('name', LINK),
  routes: list(ROUTE),
  rules4: list(RULE),
  rules6: list(RULE),
  neighbours: list(NEIGHBOUR),
  all: object<GuestSwitches>(SWITCHES),
  fresh: object<GuestSwitches>(SWITCHES),
  hns: optional(HNS),
  firewall: optional(listBy('id', CHAIN)),
  bridgeCallsIptables: optional(FLAG),
  unread: list(object<GuestUnread>({ part: words(GUEST_PARTS), reason: TEXT })),
});
