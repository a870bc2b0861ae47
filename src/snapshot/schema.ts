/** The snapshot's shape, part by part as in model/snapshot.ts. */
import {
  AGENTS,
  FACETS,
  SNAPSHOT_SCHEMA_VERSION,
  type CalicoPool,
  type CiliumConfig,
  type ClusterFacts,
  type CniFacts,
  type FabricFacts,
  type FlannelAnnotations,
  type FlannelConfig,
  type Gap,
  type InterfaceFacts,
  type MachineFacts,
  type NetworkFacts,
  type NodeFacts,
  type Recheck,
  type RouteControllerFacts,
  type RouteFacts,
  type RouteTarget,
  type Snapshot,
  type SubnetFacts,
  type Suspects,
  type TableFacts,
  type TemplateFacts,
} from '../model/snapshot.ts';
import { FILTER, LIMIT } from './schema-around.ts';
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

// ---------------------------------------------------------------- the cluster

const FLANNEL_ANNOTATIONS = object<FlannelAnnotations>({
  backendType: optional(TEXT),
  backendData: optional(TEXT),
  publicIP: optional(TEXT),
  publicIPv6: optional(TEXT),
});

const NODE = object<NodeFacts>({
  name: ID,
  uid: optional(TEXT),
  providerID: optional(TEXT),
  podCIDRs: list(PREFIX),
  invalidPodCIDRs: optional(list(TEXT)),
  internalIPs: list(TEXT),
  os: words(['linux', 'windows', 'unknown']),
  arch: optional(TEXT),
  ready: words(['True', 'False', 'Unknown']),
  unschedulable: FLAG,
  taints: list(TEXT),
  createdAt: optional(TIME),
  deletingSince: optional(TIME),
  selected: optional(fixed<false>(false)),
  virtual: optional(words(['fargate', 'hybrid', 'virtual-kubelet'])),
  networkUnavailable: optional(
    object<{ readonly status: string; readonly reason: string }>({ status: TEXT, reason: TEXT }),
  ),
  flannel: optional(FLANNEL_ANNOTATIONS),
  k3sNodeArgs: optional(list(TEXT)),
  labels: dictionary(TEXT),
});

const CNI = object<CniFacts>({
  agents: listBy('node', object<CniFacts['agents'][number]>({ node: ID, agents: list(words(AGENTS)) })),
  complete: FLAG,
  flannel: optional(
    object<FlannelConfig>({ source: TEXT, networks: list(TEXT), backendType: TEXT, directRouting: FLAG }),
  ),
  calicoPools: optional(
    list(object<CalicoPool>({ name: TEXT, cidr: TEXT, ipipMode: TEXT, vxlanMode: TEXT, disabled: FLAG })),
  ),
  cilium: optional(object<CiliumConfig>({ source: TEXT, routingMode: TEXT, ipam: TEXT, autoDirectNodeRoutes: FLAG })),
});

const CLUSTER = object<ClusterFacts>({
  id: TEXT,
  version: optional(TEXT),
  nodes: listBy('name', NODE),
  cni: CNI,
  serviceCIDRs: optional(list(PREFIX)),
  routeController: optional(
    object<RouteControllerFacts>({
      source: TEXT,
      configuresRoutes: FLAG,
      provider: optional(TEXT),
      clusterName: optional(TEXT),
    }),
  ),
});

// ---------------------------------------------------------------- the fabric

type Target<K extends RouteTarget['kind']> = Extract<RouteTarget, { readonly kind: K }>;

const TARGET: Shape<RouteTarget> = kinds<RouteTarget>({
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
  template: optional(
    object<TemplateFacts>({ id: TEXT, forwarding: words(['on', 'off', 'unknown']), applied: optional(FLAG) }),
  ),
  group: optional(TEXT),
  planned: optional(described('The planned pool that it belongs to: it does not exist yet.', TEXT)),
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
  filters: optional(list(ID)),
  groups: optional(list(TEXT)),
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
  planned: optional(described('What of this does not exist yet.', PLANNED)),
  recheck: optional(described('What the second reading of the suspects found.', RECHECK)),
});
