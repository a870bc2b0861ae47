/** The shape of exports of routers, part by part as in model/router.ts. */
import {
  ROUTER_SYSTEMS,
  type RouterAddress,
  type RouterFacts,
  type RouterHop,
  type RouterInterface,
  type RouterRoute,
} from '../model/router.ts';
import type { Family } from '../model/prefix.ts';
import type { Shape } from './shape.ts';
import { ADDRESS, ID, NUMBER, PREFIX, TEXT, TIME, described, list, listBy, object, optional, words } from './shape.ts';

const FAMILY: Shape<Family> = { schema: { type: 'number' } };

const INTERFACE = object<RouterInterface>({
  name: ID,
  addresses: list(object<RouterAddress>({ address: ADDRESS, length: NUMBER })),
  mac: optional(TEXT),
});

const ROUTE = object<RouterRoute>({
  prefix: PREFIX,
  hops: described(
    'Several share the flows; none: packets are dropped.',
    list(object<RouterHop>({ gateway: optional(ADDRESS), interface: optional(ID) })),
  ),
  protocol: optional(TEXT),
  opaque: optional(described('What of it is not understood.', TEXT)),
});

export const ROUTER = object<RouterFacts>({
  name: ID,
  source: TEXT,
  system: words(ROUTER_SYSTEMS),
  readAt: optional(TIME),
  families: described('Of which the export holds routes.', list(FAMILY)),
  interfaces: listBy('name', INTERFACE),
  routes: list(ROUTE),
  outside: described('Next hops that lead out of the site.', list(ADDRESS)),
  unread: described('Lines of which not even the prefix is understood.', list(TEXT)),
});
