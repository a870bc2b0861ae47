import { expect, test } from '@jest/globals';
import type { Route, RouteOrigin, RouteState, RouteTable, Tag } from '@aws-sdk/client-ec2';
import { finishTable, resolveSubnets, translateTable } from '../../../../src/clouds/aws/translate-routes.ts';
import type { TableSurroundings } from '../../../../src/clouds/aws/translate-routes.ts';
import type { RouteFacts, TableFacts } from '../../../../src/model/snapshot.ts';

const NOTHING_ELSE: TableSurroundings = { lists: new Map(), isKnown: () => true, account: '111111111111' };

function read(table: RouteTable, around: TableSurroundings = NOTHING_ELSE): TableFacts {
  return finishTable(translateTable({ RouteTableId: 'rtb-0a', VpcId: 'vpc-0a', ...table })!, around);
}

function route(fields: Route, around?: TableSurroundings): RouteFacts {
  const whole: Route = { DestinationCidrBlock: '10.1.0.0/24', State: 'active', Origin: 'CreateRoute', ...fields };
  return read({ Routes: [whole] }, around).routes[0]!;
}

const TARGETS: readonly (readonly [Route, RouteFacts['target']])[] = [
  [{ GatewayId: 'local' }, { kind: 'local' }],
  [{ GatewayId: 'igw-1' }, { kind: 'gateway', gateway: 'internet', id: 'igw-1' }],
  [{ GatewayId: 'vgw-1' }, { kind: 'gateway', gateway: 'vpn', id: 'vgw-1' }],
  [{ GatewayId: 'vpce-1' }, { kind: 'gateway', gateway: 'endpoint', id: 'vpce-1' }],
  [{ GatewayId: 'new-1' }, { kind: 'gateway', gateway: 'other', id: 'new-1' }],
  [{ NatGatewayId: 'nat-1' }, { kind: 'gateway', gateway: 'nat', id: 'nat-1' }],
  [{ TransitGatewayId: 'tgw-1' }, { kind: 'gateway', gateway: 'transit', id: 'tgw-1' }],
  [{ VpcPeeringConnectionId: 'pcx-1' }, { kind: 'gateway', gateway: 'peering', id: 'pcx-1' }],
  [{ EgressOnlyInternetGatewayId: 'eigw-1' }, { kind: 'gateway', gateway: 'egress-only', id: 'eigw-1' }],
  [{ CarrierGatewayId: 'cagw-1' }, { kind: 'gateway', gateway: 'carrier', id: 'cagw-1' }],
  [{ LocalGatewayId: 'lgw-1' }, { kind: 'gateway', gateway: 'local-gateway', id: 'lgw-1' }],
  [{ CoreNetworkArn: 'arn:c' }, { kind: 'gateway', gateway: 'core-network', id: 'arn:c' }],
  [{ OdbNetworkArn: 'arn:o' }, { kind: 'gateway', gateway: 'other', id: 'arn:o' }],
  [
    { NetworkInterfaceId: 'eni-1', InstanceId: 'i-1' },
    { kind: 'interface', interface: 'eni-1', machine: 'i-1' },
  ],
  [{ NetworkInterfaceId: 'eni-1' }, { kind: 'interface', interface: 'eni-1' }],
  [{ InstanceId: 'i-1' }, { kind: 'machine', machine: 'i-1' }],
  [{ IpAddress: '10.0.0.7' }, { kind: 'unknown', text: '10.0.0.7' }],
  [{}, { kind: 'unknown', text: 'not named by EC2' }],
];

test.each(TARGETS)('%j', (fields, target) => {
  expect(route(fields).target).toEqual(target);
});

test.each([
  ['active', { state: 'active' }],
  ['blackhole', { state: 'dead', stateText: 'blackhole' }],
  ['filtered', { state: 'unknown', stateText: 'filtered' }],
  ['invented-later', { state: 'unknown', stateText: 'invented-later' }],
  [undefined, { state: 'unknown', stateText: 'not given' }],
])('state %s', (word, facts) => {
  const { state, stateText } = route({ NetworkInterfaceId: 'eni-1', State: word as RouteState });
  expect({ state, stateText }).toEqual({ stateText: undefined, ...facts });
});

test.each([
  ['CreateRouteTable', { GatewayId: 'local' }, 'local', 0],
  ['CreateRoute', { GatewayId: 'igw-1' }, 'static', 1],
  // The local route's target can be replaced by a middlebox; then it is local no more.
  ['CreateRouteTable', { NetworkInterfaceId: 'eni-1' }, 'static', 1],
  ['EnableVgwRoutePropagation', { GatewayId: 'vgw-1' }, 'propagated', 3],
  ['Advertisement', { NetworkInterfaceId: 'eni-1' }, 'propagated', 3],
])('origin %s of %j is %s', (origin, fields, expected, rank) => {
  const facts = route({ ...fields, Origin: origin as RouteOrigin });
  expect([facts.origin, facts.rank]).toEqual([expected, rank]);
});

test('destinations become networks, of both families', () => {
  const table = read({
    Routes: [
      { DestinationCidrBlock: '10.1.2.9/24', GatewayId: 'igw-1', State: 'active' },
      { DestinationIpv6CidrBlock: 'FD00:0::/64', GatewayId: 'igw-1', State: 'active' },
    ],
  });
  expect(table.routes.map(({ prefix }) => prefix)).toEqual(['10.1.2.0/24', 'fd00::/64']);
});

const BY_LIST: Route = {
  DestinationPrefixListId: 'pl-1',
  NetworkInterfaceId: 'eni-1',
  State: 'active',
  Origin: 'CreateRoute',
};

test('a route by prefix list is a weaker route per entry', () => {
  const lists = new Map([['pl-1', ['10.2.0.5/24', '10.1.0.0/24']]]);
  const { routes, unreadLists } = read({ Routes: [BY_LIST] }, { ...NOTHING_ELSE, lists });
  const target = { kind: 'interface', interface: 'eni-1' };
  const rest = { list: 'pl-1', origin: 'prefix-list', rank: 2, state: 'active', target };
  expect(routes).toEqual([
    { prefix: '10.1.0.0/24', ...rest },
    { prefix: '10.2.0.0/24', ...rest },
  ]);
  expect(unreadLists).toBeUndefined();
});

test('a prefix list that was not read is named once; an empty one is no gap', () => {
  expect(read({ Routes: [BY_LIST, BY_LIST] }).unreadLists).toEqual(['pl-1']);
  const empty = read({ Routes: [BY_LIST] }, { ...NOTHING_ELSE, lists: new Map([['pl-1', []]]) });
  expect([empty.routes, empty.unreadLists]).toEqual([[], undefined]);
});

test('a target of another account is not missing but unseen', () => {
  const fields = { NetworkInterfaceId: 'eni-1', InstanceId: 'i-1', InstanceOwnerId: '222222222222' };
  const unseen: TableSurroundings = { ...NOTHING_ELSE, isKnown: () => false };
  expect(route(fields, unseen).target).toEqual({ kind: 'unknown', text: 'eni-1 of account 222222222222' });
  expect(route(fields).target.kind).toBe('interface');
  expect(route({ ...fields, InstanceOwnerId: '111111111111' }, unseen).target.kind).toBe('interface');
});

test('routes come in one order, whatever the answer had', () => {
  const routes: Route[] = [
    { DestinationCidrBlock: '10.1.0.0/24', GatewayId: 'vgw-1', State: 'active', Origin: 'EnableVgwRoutePropagation' },
    { DestinationCidrBlock: '10.1.0.0/24', GatewayId: 'igw-1', State: 'active', Origin: 'CreateRoute' },
    { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active', Origin: 'CreateRouteTable' },
  ];
  const forth = read({ Routes: routes }).routes;
  expect(forth.map(({ prefix, rank }) => [prefix, rank])).toEqual([
    ['10.0.0.0/16', 0],
    ['10.1.0.0/24', 1],
    ['10.1.0.0/24', 3],
  ]);
  expect(read({ Routes: [...routes].reverse() }).routes).toEqual(forth);
});

test.each<[Tag, string[]]>([
  [{ Key: 'kubernetes.io/cluster/blue', Value: 'owned' }, ['cluster blue']],
  [{ Key: 'KubernetesCluster', Value: 'blue' }, ['cluster blue']],
  [{ Key: 'alpha.eksctl.io/cluster-name', Value: 'blue' }, ['eksctl cluster blue']],
  [{ Key: 'aws:cloudformation:stack-name', Value: 'net' }, ['CloudFormation stack net']],
  [{ Key: 'Terraform', Value: 'true' }, ['Terraform']],
  [{ Key: 'terraform', Value: 'false' }, []],
  [{ Key: 'ManagedBy', Value: 'terraform' }, ['Terraform']],
  [{ Key: 'managed-by', Value: 'pulumi' }, ['pulumi']],
  [{ Key: 'Name', Value: 'x' }, []],
])('tag %j: owners %j', (tag, owners) => {
  expect(read({ Tags: [tag] }).owners ?? []).toEqual(owners);
});

const SUBNETS = ['subnet-a', 'subnet-b'].map((id) => ({ id, network: 'vpc-0a', prefixes: [] }));

function tablesOf(...tables: RouteTable[]): NonNullable<ReturnType<typeof translateTable>>[] {
  return tables.map((table) => translateTable({ VpcId: 'vpc-0a', ...table })!);
}

const MAIN: RouteTable = {
  RouteTableId: 'rtb-main',
  Associations: [{ Main: true, AssociationState: { State: 'associated' } }],
};

function associated(
  subnet: string,
  state?: 'associated' | 'associating' | 'disassociating' | 'disassociated',
): RouteTable {
  const AssociationState = state === undefined ? {} : { AssociationState: { State: state } };
  return { RouteTableId: 'rtb-own', Associations: [{ Main: false, SubnetId: subnet, ...AssociationState }] };
}

function governing(tables: RouteTable[], complete = true): (string | undefined)[][] {
  return resolveSubnets(SUBNETS, tablesOf(...tables), complete).map(({ table, tableBy }) => [table, tableBy]);
}

const [OWN, BY_MAIN, OPEN] = [
  ['rtb-own', 'association'],
  ['rtb-main', 'main'],
  [undefined, undefined],
];

test('a subnet uses its own table, else the main one of its network', () => {
  expect(governing([MAIN, associated('subnet-a', 'associated')])).toEqual([OWN, BY_MAIN]);
  expect(governing([MAIN, associated('subnet-a')])).toEqual([OWN, BY_MAIN]);
  expect(governing([{ ...MAIN, VpcId: 'vpc-other' }])).toEqual([OPEN, OPEN]);
});

test('an association that has gone counts for nothing, one in motion leaves it open', () => {
  expect(governing([MAIN, associated('subnet-a', 'disassociated')])).toEqual([BY_MAIN, BY_MAIN]);
  expect(governing([MAIN, associated('subnet-a', 'associating')])).toEqual([OPEN, BY_MAIN]);
  expect(governing([MAIN, associated('subnet-a', 'disassociating')])).toEqual([OPEN, BY_MAIN]);
});

test('a gateway association governs no subnet', () => {
  const edge: RouteTable = { RouteTableId: 'rtb-edge', Associations: [{ Main: false, GatewayId: 'igw-1' }] };
  expect(governing([MAIN, edge])).toEqual([BY_MAIN, BY_MAIN]);
});

test('where tables may be missing, only what is seen counts', () => {
  expect(governing([MAIN, associated('subnet-a')], false)).toEqual([OWN, OPEN]);
});
