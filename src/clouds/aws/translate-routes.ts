/** Route tables -> facts: associations, destinations, targets, and which table governs which subnet. */
import type { Route, RouteTable, Tag } from '@aws-sdk/client-ec2';
import { ownerTagged } from '../../model/owner-tags.ts';
import { canonicalPrefix } from '../../model/prefix.ts';
import type { GatewayKind, RouteFacts, RouteTarget, SubnetFacts, TableFacts } from '../../model/snapshot.ts';
import type { SubnetDraft } from './translate.ts';
import { nameOf } from './translate.ts';

/** A route by prefix list, which stands for a route per entry. */
export type ListRoute = Omit<RouteFacts, 'prefix' | 'list'> & { readonly list: string };

/** A table before prefix lists are expanded. */
export interface TableDraft {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly main: boolean;
  /** Subnets that are explicitly associated with it. */
  readonly subnets: readonly string[];
  /** Subnets whose association with it is just coming or going. */
  readonly moving: readonly string[];
  readonly routes: readonly RouteFacts[];
  readonly listRoutes: readonly ListRoute[];
  readonly owners: readonly string[];
  /** Target (interface or instance) -> the account that owns it. */
  readonly targetOwners: ReadonlyMap<string, string>;
}

/** EC2 has no routes of its own beside the local ones. */
type Origin = Exclude<RouteFacts['origin'], 'system'>;

const RANKS: Readonly<Record<Origin, number>> = {
  local: 0,
  static: 1,
  'prefix-list': 2,
  propagated: 3,
};

export function translateTable(table: RouteTable): TableDraft | undefined {
  if (table.RouteTableId === undefined) return undefined;
  const associations = (table.Associations ?? []).map((one) => ({
    main: one.Main === true,
    // A gateway association (edge routing) has a gateway's id instead and governs no subnet.
    subnet: one.SubnetId,
    state: one.AssociationState?.State ?? 'associated',
  }));
  const subnetsWhere = (states: readonly string[]): string[] =>
    associations.flatMap(({ subnet, state }) => (subnet !== undefined && states.includes(state) ? [subnet] : []));
  const routes: RouteFacts[] = [];
  const listRoutes: ListRoute[] = [];
  const targetOwners = new Map<string, string>();
  for (const route of table.Routes ?? []) {
    const { DestinationPrefixListId: list, NetworkInterfaceId: face, InstanceId: machine } = route;
    const target = face ?? machine;
    if (target !== undefined && route.InstanceOwnerId !== undefined) targetOwners.set(target, route.InstanceOwnerId);
    const cidr = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
    if (cidr !== undefined && cidr !== '') routes.push({ prefix: canonicalPrefix(cidr), ...translateRoute(route) });
    else if (list !== undefined) listRoutes.push({ list, ...translateRoute(route) });
  }
  return {
    id: table.RouteTableId,
    ...nameOf(table.Tags),
    network: table.VpcId ?? '',
    main: associations.some(({ main, state }) => main && state === 'associated'),
    subnets: subnetsWhere(['associated']),
    moving: subnetsWhere(['associating', 'disassociating']),
    routes,
    listRoutes,
    owners: ownersOf(table.Tags),
    targetOwners,
  };
}

function translateRoute(route: Route): Omit<RouteFacts, 'prefix'> {
  const target = targetOf(route);
  const origin = originOf(route, target);
  return { target, ...stateOf(route), rank: RANKS[origin], origin };
}

function originOf(route: Route, target: RouteTarget): Origin {
  if (target.kind === 'local') return 'local';
  // Advertisement: learnt from a VPC Route Server. Unknown future origins count as weakest.
  if (route.Origin === 'EnableVgwRoutePropagation' || route.Origin === 'Advertisement') return 'propagated';
  return route.DestinationPrefixListId === undefined ? 'static' : 'prefix-list';
}

function stateOf(route: Route): Pick<RouteFacts, 'state' | 'stateText'> {
  const word = route.State as string | undefined;
  if (word === 'active') return { state: 'active' };
  if (word === 'blackhole') return { state: 'dead', stateText: word };
  // `filtered` is what a Route Server's route is while it is not installed; what else may come is not known.
  return { state: 'unknown', stateText: word ?? 'not given' };
}

function targetOf(route: Route): RouteTarget {
  const machine = route.InstanceId === undefined ? {} : { machine: route.InstanceId };
  if (route.NetworkInterfaceId !== undefined) {
    return { kind: 'interface', interface: route.NetworkInterfaceId, ...machine };
  }
  // EC2 shows the interface as well; moto shows only what the route was made with.
  if (route.InstanceId !== undefined) return { kind: 'machine', machine: route.InstanceId };
  if (route.GatewayId === 'local') return { kind: 'local' };
  const gateways: readonly (readonly [GatewayKind, string | undefined])[] = [
    [kindOfGateway(route.GatewayId ?? ''), route.GatewayId],
    ['nat', route.NatGatewayId],
    ['transit', route.TransitGatewayId],
    ['peering', route.VpcPeeringConnectionId],
    ['egress-only', route.EgressOnlyInternetGatewayId],
    ['carrier', route.CarrierGatewayId],
    ['local-gateway', route.LocalGatewayId],
    ['core-network', route.CoreNetworkArn],
    ['other', route.OdbNetworkArn],
  ];
  for (const [gateway, id] of gateways) if (id !== undefined) return { kind: 'gateway', gateway, id };
  return { kind: 'unknown', text: route.IpAddress ?? 'not named by EC2' };
}

function kindOfGateway(id: string): GatewayKind {
  const kinds: Readonly<Record<string, GatewayKind>> = {
    igw: 'internet',
    vgw: 'vpn',
    vpce: 'endpoint',
    nat: 'nat',
    tgw: 'transit',
    eigw: 'egress-only',
    cagw: 'carrier',
    lgw: 'local-gateway',
    pcx: 'peering',
  };
  return kinds[id.split('-')[0] ?? ''] ?? 'other';
}

/** Who marks the table as theirs. The tags are conventions of the tools; EC2 itself knows no owner but the account. */
function ownersOf(tags: readonly Tag[] | undefined): string[] {
  const owners = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags ?? []) {
    const cluster = /^kubernetes\.io\/cluster\/(.+)$/.exec(key)?.[1];
    const tool = ownerTagged(key, value);
    if (cluster !== undefined) owners.add(`cluster ${cluster}`);
    else if (key === 'KubernetesCluster') owners.add(`cluster ${value}`);
    // No controller goes by it, so it must not pass for the cluster's own tag.
    else if (key === 'alpha.eksctl.io/cluster-name') owners.add(`eksctl cluster ${value}`);
    else if (key === 'aws:cloudformation:stack-name') owners.add(`CloudFormation stack ${value}`);
    else if (tool !== undefined) owners.add(tool);
  }
  return [...owners].sort();
}

/** What is known beyond the tables when they are finished. */
export interface TableSurroundings {
  /** Entries of prefix lists; a list that is not in here was not read. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Targets that exist in this account and region. */
  readonly isKnown: (target: string) => boolean;
  readonly account: string;
}

export function finishTable(draft: TableDraft, around: TableSurroundings): TableFacts {
  const routes = draft.routes.map((route) => ({ ...route, target: checkOwner(route.target, draft, around) }));
  const unread = new Set<string>();
  for (const route of draft.listRoutes) {
    const entries = around.lists.get(route.list);
    const target = checkOwner(route.target, draft, around);
    if (entries === undefined) unread.add(route.list);
    for (const entry of entries ?? []) routes.push({ ...route, target, prefix: canonicalPrefix(entry) });
  }
  return {
    id: draft.id,
    ...(draft.name === undefined ? {} : { name: draft.name }),
    network: draft.network,
    main: draft.main,
    routes: routes.sort(compareRoutes),
    ...(unread.size === 0 ? {} : { unreadLists: [...unread].sort() }),
    ...(draft.owners.length === 0 ? {} : { owners: draft.owners }),
  };
}

/** EC2 lists only what the account owns, so a target of another account (shared VPC) is not missing but unseen. */
function checkOwner(target: RouteTarget, draft: TableDraft, { isKnown, account }: TableSurroundings): RouteTarget {
  if (target.kind !== 'interface' && target.kind !== 'machine') return target;
  const id = target.kind === 'interface' ? target.interface : target.machine;
  const owner = draft.targetOwners.get(id);
  if (owner === undefined || owner === account || isKnown(id)) return target;
  return { kind: 'unknown', text: `${id} of account ${owner}` };
}

function compareRoutes(a: RouteFacts, b: RouteFacts): number {
  if (a.prefix !== b.prefix) return a.prefix < b.prefix ? -1 : 1;
  if (a.rank !== b.rank) return a.rank - b.rank;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/**
 * The table that governs each subnet: its explicit association, else the network's main table. Left open while an
 * association is in motion, and where tables may be missing from the answer (`complete` false), because then an
 * explicit association may be among what is missing.
 */
export function resolveSubnets(
  subnets: readonly SubnetDraft[],
  tables: readonly Pick<TableDraft, 'id' | 'network' | 'main' | 'subnets' | 'moving'>[],
  complete: boolean,
): SubnetFacts[] {
  const explicit = new Map(tables.flatMap((table) => table.subnets.map((subnet) => [subnet, table.id] as const)));
  const moving = new Set(tables.flatMap((table) => table.moving));
  const main = new Map(tables.filter((table) => table.main).map((table) => [table.network, table.id]));
  return subnets.map((subnet): SubnetFacts => {
    const associated = explicit.get(subnet.id);
    if (associated !== undefined) return { ...subnet, table: associated, tableBy: 'association' };
    const fallback = complete && !moving.has(subnet.id) ? main.get(subnet.network) : undefined;
    return fallback === undefined ? { ...subnet } : { ...subnet, table: fallback, tableBy: 'main' };
  });
}
