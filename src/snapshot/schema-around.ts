/** The shapes of what stands around the routes of a fabric: its packet filters and its limits. */
import { FILTER_KINDS } from '../model/filter.ts';
import type { FilterFacts, FilterPeers, FilterRule, LimitFacts, PortRange } from '../model/snapshot.ts';
import { ID, NUMBER, PREFIX, TEXT, described, fixed, list, object, optional, words } from './shape.ts';

const PEERS = object<FilterPeers>({
  prefixes: list(PREFIX),
  groups: optional(list(TEXT)),
  network: optional(fixed(true)),
  unread: optional(list(TEXT)),
});

const FILTER_RULE = object<FilterRule>({
  direction: words(['in', 'out']),
  action: words(['allow', 'deny']),
  rank: described('The lowest decides first.', NUMBER),
  name: optional(TEXT),
  protocol: optional(described('Absent: every protocol.', TEXT)),
  ports: optional(list(object<PortRange>({ from: NUMBER, to: NUMBER }))),
  peers: PEERS,
  own: optional(PEERS),
  targets: optional(list(TEXT)),
});

export const FILTER = object<FilterFacts>({
  id: ID,
  kind: words(FILTER_KINDS),
  name: optional(TEXT),
  network: optional(TEXT),
  rules: list(FILTER_RULE),
  unread: optional(list(TEXT)),
});

export const LIMIT = object<LimitFacts>({
  kind: fixed('routes-per-table'),
  table: optional(ID),
  perFamily: optional(fixed<true>(true)),
  localMayCount: optional(fixed<true>(true)),
  allowed: NUMBER,
  source: TEXT,
});
