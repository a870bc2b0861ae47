/** The snapshot's shape, part by part as in model/snapshot.ts. */
import {
  FACETS,
  SNAPSHOT_SCHEMA_VERSION,
  type FabricFacts,
  type FilterDoubt,
  type FilterFacts,
  type FilterPeers,
  type FilterRule,
  type Gap,
  type InterfaceFacts,
  type LimitFacts,
  type MachineFacts,
  type NetworkFacts,
  type PortRange,
  type Recheck,
  type RouteFacts,
  type RouteTarget,
  type Snapshot,
  type SubnetFacts,
  type Suspects,
  type TableFacts,
  type TemplateFacts,
} from '../model/snapshot.ts';
import { FILTER_KINDS } from '../model/filter.ts';
import { CLUSTER, NODE } from './schema-cluster.ts';
import { GUEST } from './schema-guest.ts';
import { PORT_SECURITY } from './schema-port.ts';
import { ROUTER } from './schema-router.ts';
import type { Misfit, PlannedFacts } from '../model/what-if.ts';
import {
  ADDRESS,
  FLAG,
  ID,
  NUMBER,
  PREFIX,
  TEXT,
  TIME,
  described,
  dictionary,
  either,
  fixed,
  kinds,
  list,
  listBy,
  object,
  optional,
  words,
  type Shape,
} from './shape.ts';

const GAP = object<Gap>({
  facet: words(FACETS),
  subject: TEXT,
  scope: optional(TEXT),
  reason: TEXT,
  permission: optional(TEXT),
});

// ---------------------------------------------------------------- the fabric

type Target<K extends RouteTarget['kind']> = Extract<RouteTarget, { readonly kind: K }>;

export const TARGET: Shape<RouteTarget> = kinds<RouteTarget>({
  local: object<Target<'local'>>({ kind: fixed('local') }),
  interface: object<Target<'interface'>>({ kind: fixed('interface'), interface: ID, machine: optional(ID) }),
  machine: object<Target<'machine'>>({ kind: fixed('machine'), machine: ID }),
  gateway: object<Target<'gateway'>>({
    kind: fixed('gateway'),
    gateway: words([
      'internet',
      'nat',
      'egress-only',
      'carrier',
      'peering',
      'transit',
      'vpn',
      'endpoint',
      'local-gateway',
      'core-network',
      'other',
    ]),
    id: TEXT,
  }),
  address: object<Target<'address'>>({ kind: fixed('address'), address: TEXT }),
  none: object<Target<'none'>>({ kind: fixed('none') }),
  unknown: object<Target<'unknown'>>({ kind: fixed('unknown'), text: TEXT }),
});

const ROUTE = object<RouteFacts>({
  prefix: PREFIX,
  target: TARGET,
  state: words(['active', 'dead', 'unknown']),
  stateText: optional(TEXT),
  rank: described('Equal prefixes: the lowest wins.', NUMBER),
  origin: words(['local', 'static', 'prefix-list', 'propagated', 'system']),
  name: optional(TEXT),
  description: optional(TEXT),
  scopeTags: optional(list(TEXT)),
  list: optional(TEXT),
});

const TABLE = object<TableFacts>({
  id: ID,
  name: optional(TEXT),
  network: described('Empty: the table is associated with nothing yet.', TEXT),
  main: FLAG,
  implicit: optional(fixed(true)),
  routes: list(ROUTE),
  unreadLists: optional(list(TEXT)),
  owners: optional(list(TEXT)),
});

const MACHINE = object<MachineFacts>({
  id: ID,
  name: optional(TEXT),
  keys: list(ID),
  state: words(['running', 'stopped', 'terminated', 'unknown']),
  stateText: TEXT,
  zone: optional(TEXT),
  tags: optional(dictionary(TEXT)),
  planned: optional(described('The planned pool that it belongs to: it does not exist yet.', TEXT)),
  template: optional(
    object<TemplateFacts>({ id: TEXT, forwarding: words(['on', 'off', 'unknown']), applied: optional(FLAG) }),
  ),
  group: optional(TEXT),
});

const INTERFACE = object<InterfaceFacts>({
  id: ID,
  machine: optional(ID),
  network: ID,
  subnet: ID,
  addresses: list(ADDRESS),
  assignedPrefixes: optional(list(PREFIX)),
  forwarding: words(['on', 'off', 'unknown']),
  nextHopAddresses: optional(list(ADDRESS)),
  tags: optional(list(TEXT)),
  primary: FLAG,
  type: optional(TEXT),
  owner: optional(TEXT),
  filters: optional(list(ID)),
  groups: optional(list(TEXT)),
});

const PEERS = object<FilterPeers>({
  prefixes: list(PREFIX),
  groups: optional(list(TEXT)),
  network: optional(fixed(true)),
  internet: optional(fixed(true)),
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

const DOUBT = object<FilterDoubt>({ name: TEXT, from: optional(PEERS), to: optional(PEERS) });

const FILTER = object<FilterFacts>({
  id: ID,
  kind: words(FILTER_KINDS),
  name: optional(TEXT),
  network: optional(TEXT),
  rules: list(FILTER_RULE),
  unread: optional(list(TEXT)),
  doubts: optional(list(DOUBT)),
});

const LIMIT = object<LimitFacts>({
  kind: fixed('routes-per-table'),
  table: optional(ID),
  perFamily: optional(fixed<true>(true)),
  localMayCount: optional(fixed<true>(true)),
  allowed: NUMBER,
  source: TEXT,
});

const FABRIC = object<FabricFacts>({
  id: ID,
  kind: words(['aws', 'gcp', 'azure']),
  account: TEXT,
  region: optional(TEXT),
  networks: listBy(
    'id',
    object<NetworkFacts>({ id: ID, name: optional(TEXT), prefixes: list(PREFIX), filters: optional(list(ID)) }),
  ),
  subnets: listBy(
    'id',
    object<SubnetFacts>({
      id: ID,
      name: optional(TEXT),
      network: ID,
      zone: optional(TEXT),
      prefixes: list(PREFIX),
      table: optional(ID),
      tableBy: optional(words(['association', 'main', 'network', 'none'])),
      filters: optional(list(ID)),
    }),
  ),
  tables: listBy('id', TABLE),
  machines: listBy('id', MACHINE),
  interfaces: listBy('id', INTERFACE),
  filters: either(fixed<'unread'>('unread'), listBy('id', FILTER)),
  limits: optional(described('As they are now, raises included.', list(LIMIT))),
});

// ---------------------------------------------------------------- the whole

const SUSPECTS = object<Suspects>({
  nodes: list(ID),
  machines: list(ID),
  interfaces: list(ID),
  tables: list(ID),
  filters: list(ID),
});

const RECHECK = object<Recheck>({
  takenAt: TIME,
  asked: SUSPECTS,
  nodes: listBy('name', NODE),
  fabrics: listBy('id', FABRIC),
  gaps: list(GAP),
});

const PLANNED = object<PlannedFacts>({
  nodes: list(ID),
  misfits: list(
    object<Misfit>({
      pool: TEXT,
      nodes: NUMBER,
      problem: words(['pod-range-full', 'subnet-full']),
      subject: TEXT,
      length: optional(NUMBER),
      fitting: NUMBER,
    }),
  ),
});

export const SNAPSHOT: Shape<Snapshot> = object<Snapshot>({
  schemaVersion: fixed(SNAPSHOT_SCHEMA_VERSION),
  takenAt: described('Judging time.', TIME),
  cluster: CLUSTER,
  fabrics: listBy('id', FABRIC),
  gaps: list(GAP),
  guests: optional(described('Of those nodes whose kernels were read.', listBy('node', GUEST))),
  routers: optional(described('Routers outside of clouds, of which exports were given.', listBy('name', ROUTER))),
  portSecurity: optional(described('What filters addresses at ports of nodes outside of clouds.', PORT_SECURITY)),
  planned: optional(described('What of this does not exist yet.', PLANNED)),
  recheck: optional(described('What the second reading of the suspects found.', RECHECK)),
});
