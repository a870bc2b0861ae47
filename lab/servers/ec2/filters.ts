import type {
  InstanceWorld,
  InterfaceWorld,
  PrefixListWorld,
  RouteTableWorld,
  RouteWorld,
  SubnetWorld,
  Tagged,
  VpcWorld,
} from '../../world/world.ts';
import { Ec2Error } from './errors.ts';
import { interfacesOf, reservationId } from './instances.ts';
import { isAttached, isServiceInterface } from './interfaces.ts';
import { filterPattern, type Filter } from './query.ts';
import { describeRouteTable } from './route-tables.ts';
import { macAddress, privateDnsName, zoneId, type RegionView } from './view.ts';

/** The values that an object has for a filter; one that fits is enough. */
export type Values<T> = (view: RegionView, object: T) => (string | undefined)[];
export type FilterTable<T> = Readonly<Record<string, Values<T>>>;

export const TAG_KEY: Values<Tagged> = (_, { tags }) => Object.keys(tags);

function valuesFor<T>(name: string, known: ReadonlySet<string>, table: FilterTable<T>): Values<T> {
  if (name.startsWith('tag:') && known.has('tag-key')) {
    const key = name.slice('tag:'.length);
    return (_, object) => [(object as unknown as Tagged).tags[key]];
  }
  if (!known.has(name)) throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`);
  const values = table[name];
  // Answering "nothing fits" would be a lie: better a loud refusal that no real service gives.
  if (values === undefined) throw new Ec2Error('LabHasNoData', `lab: no data behind the filter ${name}`, 501);
  return values;
}

/** All filters have to fit, of each filter's values one. */
export function matcher<T>(
  view: RegionView,
  filters: readonly Filter[],
  known: ReadonlySet<string>,
  table: FilterTable<T>,
): (object: T) => boolean {
  const tests = filters.map(({ name, values }) => {
    const of = valuesFor(name, known, table);
    const exact = new Set(values.filter((value) => !/[*?\\]/.test(value)));
    const patterns = values.filter((value) => !exact.has(value)).map(filterPattern);
    return (object: T) =>
      of(view, object).some(
        (value) => value !== undefined && (exact.has(value) || patterns.some((fits) => fits(value))),
      );
  });
  return (object) => tests.every((fits) => fits(object));
}

export const vpcTable: FilterTable<VpcWorld> = {
  cidr: (_, vpc) => [vpc.cidrs[0]],
  'cidr-block-association.cidr-block': (_, vpc) => vpc.cidrs,
  'ipv6-cidr-block-association.ipv6-cidr-block': (_, vpc) => vpc.ipv6Cidrs,
  'is-default': () => ['false'],
  'owner-id': (view) => [view.world.accountId],
  state: () => ['available'],
  'tag-key': TAG_KEY,
  'vpc-id': (_, vpc) => [vpc.id],
};

export const subnetTable: FilterTable<SubnetWorld> = {
  'availability-zone': (_, subnet) => [subnet.zone],
  'availability-zone-id': (_, subnet) => [zoneId(subnet.zone)],
  'cidr-block': (_, subnet) => [subnet.cidr],
  'default-for-az': () => ['false'],
  'ipv6-cidr-block-association.ipv6-cidr-block': (_, subnet) => subnet.ipv6Cidrs,
  'owner-id': (view) => [view.world.accountId],
  state: () => ['available'],
  'subnet-id': (_, subnet) => [subnet.id],
  'tag-key': TAG_KEY,
  'vpc-id': (_, subnet) => [subnet.vpcId],
};

const vpcOf = (view: RegionView, subnetId: string): string | undefined => view.subnets.get(subnetId)?.vpcId;
const attachedTo = (view: RegionView, one: InterfaceWorld): string | undefined =>
  isAttached(view, one) ? one.instanceId : undefined;

export const interfaceTable: FilterTable<InterfaceWorld> = {
  'addresses.primary': (_, one) => one.privateIps.map((_ip, index) => String(index === 0)),
  'addresses.private-ip-address': (_, one) => one.privateIps,
  'attachment.device-index': (view, one) =>
    isServiceInterface(one) ? ['1'] : [attachedTo(view, one) && String(one.deviceIndex ?? 0)],
  'attachment.instance-id': (view, one) => [attachedTo(view, one)],
  'attachment.instance-owner-id': (view, one) =>
    isServiceInterface(one) ? ['amazon-aws'] : [attachedTo(view, one) && view.world.accountId],
  'attachment.status': (view, one) => (isServiceInterface(one) || isAttached(view, one) ? ['attached'] : []),
  'availability-zone': (view, one) => [view.subnets.get(one.subnetId)?.zone],
  'group-id': (_, one) => one.groupIds,
  'group-name': (view, one) => one.groupIds.map((id) => view.securityGroups.get(id)?.name),
  'interface-type': (_, one) => [one.interfaceType],
  'ipv6-addresses.ipv6-address': (_, one) => one.ipv6Addresses,
  'mac-address': (_, one) => [macAddress(one.id)],
  'network-interface-id': (_, one) => [one.id],
  'operator.managed': (_, one) => [String(one.managedHidden !== undefined)],
  'owner-id': (view) => [view.world.accountId],
  'private-dns-name': (view, one) => one.privateIps.slice(0, 1).map((ip) => privateDnsName(ip, view.world.region)),
  'private-ip-address': (_, one) => one.privateIps,
  'requester-managed': (_, one) => [String(isServiceInterface(one) || one.managedHidden !== undefined)],
  'source-dest-check': (_, one) => [String(one.sourceDestCheck)],
  status: (view, one) => [isAttached(view, one) || isServiceInterface(one) ? 'in-use' : 'available'],
  'subnet-id': (_, one) => [one.subnetId],
  'tag-key': TAG_KEY,
  'vpc-id': (view, one) => [vpcOf(view, one.subnetId)],
};

const STATE_CODES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };
const primary = (view: RegionView, instance: InstanceWorld): InterfaceWorld | undefined =>
  interfacesOf(view, instance)[0];
const each =
  (of: (one: InterfaceWorld, view: RegionView) => (string | undefined)[]): Values<InstanceWorld> =>
  (view, instance) =>
    interfacesOf(view, instance).flatMap((one) => of(one, view));

export const instanceTable: FilterTable<InstanceWorld> = {
  'availability-zone': (_, instance) => [instance.zone],
  'availability-zone-id': (_, instance) => [zoneId(instance.zone)],
  'instance-id': (_, instance) => [instance.id],
  'instance.group-id': (view, instance) => primary(view, instance)?.groupIds ?? [],
  'instance-state-code': (_, instance) => [String(STATE_CODES[instance.state])],
  'instance-state-name': (_, instance) => [instance.state],
  'instance-type': () => ['m6i.xlarge'],
  'ipv6-address': each((one) => one.ipv6Addresses),
  'launch-time': (_, instance) => [new Date(instance.launchedAt).toISOString()],
  'network-interface.addresses.private-ip-address': each((one) => one.privateIps),
  'network-interface.attachment.device-index': each((one) => [String(one.deviceIndex ?? 0)]),
  'network-interface.attachment.instance-id': each((one) => [one.instanceId]),
  'network-interface.group-id': each((one) => one.groupIds),
  'network-interface.ipv6-addresses.ipv6-address': each((one) => one.ipv6Addresses),
  'network-interface.network-interface-id': each((one) => [one.id]),
  'network-interface.private-ip-address': each((one) => one.privateIps.slice(0, 1)),
  'network-interface.source-dest-check': each((one) => [String(one.sourceDestCheck)]),
  'network-interface.subnet-id': each((one) => [one.subnetId]),
  'network-interface.vpc-id': each((one, view) => [vpcOf(view, one.subnetId)]),
  'owner-id': (view) => [view.world.accountId],
  'private-dns-name': (view, instance) => {
    const ip = primary(view, instance)?.privateIps[0];
    return [ip === undefined ? undefined : privateDnsName(ip, view.world.region)];
  },
  'private-ip-address': (view, instance) => [primary(view, instance)?.privateIps[0]],
  'reservation-id': (view, instance) => [reservationId(view, instance)],
  'source-dest-check': (view, instance) => [primary(view, instance)?.sourceDestCheck].map((on) => on?.toString()),
  'subnet-id': (view, instance) => [primary(view, instance)?.subnetId],
  'tag-key': TAG_KEY,
  'vpc-id': (view, instance) => [vpcOf(view, primary(view, instance)?.subnetId ?? '')],
};

const route =
  (of: (one: RouteWorld['target']) => string | undefined): Values<RouteTableWorld> =>
  (_, table) =>
    table.routes.map((one) => of(one.target));
const shown =
  (of: (table: ReturnType<typeof describeRouteTable>) => (string | undefined)[]): Values<RouteTableWorld> =>
  (view, table) =>
    of(describeRouteTable(view, table));

export const routeTableTable: FilterTable<RouteTableWorld> = {
  'association.gateway-id': (_, table) => [table.gatewayId],
  'association.main': shown((table) => table.Associations?.map(({ Main }) => String(Main)) ?? []),
  'association.route-table-association-id': shown(
    (table) => table.Associations?.map((one) => one.RouteTableAssociationId) ?? [],
  ),
  'association.route-table-id': shown((table) => table.Associations?.map((one) => one.RouteTableId) ?? []),
  'association.subnet-id': (_, table) => table.subnetIds,
  'owner-id': (view) => [view.world.accountId],
  'route-table-id': (_, table) => [table.id],
  'route.destination-cidr-block': shown((table) => table.Routes?.map((one) => one.DestinationCidrBlock) ?? []),
  'route.destination-ipv6-cidr-block': shown((table) => table.Routes?.map((one) => one.DestinationIpv6CidrBlock) ?? []),
  'route.destination-prefix-list-id': shown((table) => table.Routes?.map((one) => one.DestinationPrefixListId) ?? []),
  'route.egress-only-internet-gateway-id': route((to) => (to.kind === 'egress-only' ? to.id : undefined)),
  'route.gateway-id': shown((table) => table.Routes?.map((one) => one.GatewayId) ?? []),
  'route.instance-id': shown((table) => table.Routes?.map((one) => one.InstanceId) ?? []),
  'route.nat-gateway-id': route((to) => (to.kind === 'nat' ? to.id : undefined)),
  'route.origin': shown((table) => table.Routes?.map((one) => one.Origin) ?? []),
  'route.state': shown((table) => table.Routes?.map((one) => one.State) ?? []),
  'route.transit-gateway-id': route((to) => (to.kind === 'transit' ? to.id : undefined)),
  'route.vpc-peering-connection-id': route((to) => (to.kind === 'peering' ? to.id : undefined)),
  'tag-key': TAG_KEY,
  'vpc-id': (_, table) => [table.vpcId],
};

export const prefixListTable: FilterTable<PrefixListWorld> = {
  'owner-id': (_, list) => [list.ownerId],
  'prefix-list-id': (_, list) => [list.id],
  'prefix-list-name': (_, list) => [list.name],
};
