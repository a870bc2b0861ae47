import { describe, expect, test } from '@jest/globals';
import type { TableSurroundings } from '../../../../src/clouds/gcp/translate-routes.ts';
import { finishTable, translateRoute } from '../../../../src/clouds/gcp/translate-routes.ts';
import type { RouteFacts } from '../../../../src/model/snapshot.ts';

const PROJECTS = 'https://www.googleapis.com/compute/v1/projects';
const network = `${PROJECTS}/net-host/global/networks/pods`;
const instance = `${PROJECTS}/shop/zones/europe-west3-a/instances/vm`;

type IRoute = Parameters<typeof translateRoute>[0];

function routeOf(route: IRoute): RouteFacts | undefined {
  return translateRoute({ name: 'r', network, destRange: '10.244.1.0/24', priority: 1000, ...route }, 'net-host')
    ?.route;
}

describe('targets', () => {
  test.each<[string, IRoute, RouteFacts['target']]>([
    ['instance', { nextHopInstance: instance }, { kind: 'machine', machine: 'shop/europe-west3-a/vm' }],
    ['odd instance', { nextHopInstance: 'vm' }, { kind: 'unknown', text: 'instance vm' }],
    ['address', { nextHopIp: '10.0.0.2' }, { kind: 'address', address: '10.0.0.2' }],
    ['address, IPv6', { nextHopIp: 'FD20:0:0::2' }, { kind: 'address', address: 'fd20::2' }],
    ['odd address', { nextHopIp: 'x' }, { kind: 'unknown', text: 'x' }],
    ['load balancer', { nextHopIlb: '10.0.0.9' }, { kind: 'gateway', gateway: 'other', id: '10.0.0.9' }],
    [
      'load balancer by rule',
      { nextHopIlb: `${PROJECTS}/p/regions/r/forwardingRules/rule` },
      { kind: 'gateway', gateway: 'other', id: 'rule' },
    ],
    [
      'tunnel',
      { nextHopVpnTunnel: `${PROJECTS}/p/regions/r/vpnTunnels/t` },
      { kind: 'gateway', gateway: 'vpn', id: 't' },
    ],
    ['peering', { nextHopPeering: 'peer' }, { kind: 'gateway', gateway: 'peering', id: 'peer' }],
    [
      'interconnect',
      { nextHopInterconnectAttachment: `${PROJECTS}/p/regions/r/interconnectAttachments/i` },
      { kind: 'gateway', gateway: 'other', id: 'i' },
    ],
    ['hub', { nextHopHub: 'projects/p/locations/global/hubs/h' }, { kind: 'gateway', gateway: 'transit', id: 'h' }],
    [
      'internet',
      { nextHopGateway: `${PROJECTS}/p/global/gateways/default-internet-gateway` },
      { kind: 'gateway', gateway: 'internet', id: 'default-internet-gateway' },
    ],
    ['other gateway', { nextHopGateway: 'global/gateways/new' }, { kind: 'gateway', gateway: 'other', id: 'new' }],
    ['subnetwork', { nextHopNetwork: network }, { kind: 'local' }],
    ['none', {}, { kind: 'unknown', text: 'next hop of route r' }],
  ])('%s', (_, route, target) => {
    expect(routeOf(route)?.target).toEqual(target);
  });

  test('subnet routes rank before every priority; what BGP or a peer brings is propagated', () => {
    expect(routeOf({ nextHopNetwork: network, priority: 0 })).toMatchObject({ rank: -1, origin: 'local' });
    expect(routeOf({ nextHopIp: '10.0.0.2', priority: 0 })).toMatchObject({ rank: 0, origin: 'static', name: 'r' });
    expect(routeOf({ nextHopIp: '10.0.0.2', priority: null })).toMatchObject({ rank: 1000 });
    expect(routeOf({ routeType: 'BGP' })).toMatchObject({ origin: 'propagated' });
    expect(routeOf({ nextHopPeering: 'peer' })).toMatchObject({ origin: 'propagated' });
  });

  test('tags are sorted, and absent where every machine sees the route', () => {
    expect(routeOf({ tags: ['b', 'a'] })?.scopeTags).toEqual(['a', 'b']);
    expect(routeOf({ tags: [] })).not.toHaveProperty('scopeTags');
  });

  test('without network or destination it is no route', () => {
    expect(translateRoute({ destRange: '10.0.0.0/8' }, 'p')).toBeUndefined();
    expect(translateRoute({ network }, 'p')).toBeUndefined();
  });
});

describe('states', () => {
  const warned = (...codes: string[]): IRoute => ({
    nextHopInstance: instance,
    warnings: codes.map((code) => ({ code })),
  });

  test.each([
    'NEXT_HOP_INSTANCE_NOT_FOUND',
    'NEXT_HOP_NOT_RUNNING',
    'NEXT_HOP_ADDRESS_NOT_ASSIGNED',
    'NEXT_HOP_INSTANCE_NOT_ON_NETWORK',
  ])('%s is dead', (code) => {
    expect(routeOf(warned('NEXT_HOP_CANNOT_IP_FORWARD', code))).toMatchObject({ state: 'dead', stateText: code });
  });

  test('a machine that may not forward is there all the same', () => {
    expect(routeOf(warned('NEXT_HOP_CANNOT_IP_FORWARD'))).toMatchObject({
      state: 'active',
      stateText: 'NEXT_HOP_CANNOT_IP_FORWARD',
    });
  });

  test('no IPv6 interface matters to IPv6 only', () => {
    const code = 'NEXT_HOP_INSTANCE_HAS_NO_IPV6_INTERFACE';
    expect(routeOf(warned(code))).toMatchObject({ state: 'active' });
    expect(routeOf({ ...warned(code), destRange: 'fd00:1::/64' })).toMatchObject({ state: 'dead', stateText: code });
  });

  test.each([
    ['ACTIVE', 'active'],
    ['DROPPED', 'dead'],
    ['INACTIVE', 'dead'],
    ['PENDING', 'unknown'],
  ])('status %s is %s', (routeStatus, state) => {
    expect(routeOf({ nextHopVpnTunnel: 't', routeStatus })?.state).toBe(state);
  });

  test('what the API does not know is active', () => {
    expect(routeOf(warned('SOMETHING_NEW'))).toEqual(routeOf({ nextHopInstance: instance }));
  });
});

describe('the table of a network', () => {
  const around: TableSurroundings = {
    ranges: ['10.0.0.0/20', '10.8.0.0/14'],
    isRead: (project) => project === 'shop',
    isShared: false,
    stateOf: () => undefined,
  };
  const drafts = (...routes: IRoute[]) =>
    routes.flatMap((route, index) => {
      const whole = { name: `r${String(index)}`, network, destRange: '10.244.1.0/24', priority: 1000, ...route };
      return translateRoute(whole, 'net-host') ?? [];
    });

  test('holds the routes of its network and one local route per range, listed or not', () => {
    const table = finishTable(
      'net-host/pods',
      drafts(
        { nextHopIp: '10.0.0.2' },
        { nextHopNetwork: network, destRange: '10.8.0.0/14', priority: 0 },
        { nextHopNetwork: network, destRange: '10.64.0.0/16', priority: 0 },
        { nextHopIp: '10.0.0.2', network: `${PROJECTS}/net-host/global/networks/other` },
      ),
      around,
    );
    expect(table).toMatchObject({ id: 'net-host/pods', name: 'pods', network: 'net-host/pods', main: true });
    expect(table.routes.map(({ prefix, origin, rank }) => [prefix, origin, rank])).toEqual([
      ['10.0.0.0/20', 'local', -1],
      ['10.244.1.0/24', 'static', 1000],
      ['10.64.0.0/16', 'local', -1],
      ['10.8.0.0/14', 'local', -1],
    ]);
  });

  const stale = { nextHopInstance: instance, warnings: [{ code: 'NEXT_HOP_NOT_RUNNING' }] };
  test.each<[string, IRoute, Partial<TableSurroundings>, Partial<RouteFacts>]>([
    ['a warning that the machine itself refutes', stale, { stateOf: () => 'running' }, { state: 'active' }],
    ['a warning that it bears out', stale, { stateOf: () => 'stopped' }, { state: 'dead' }],
    ['a warning about a machine that is not listed', stale, {}, { state: 'dead' }],
    [
      'an instance of a project that was not read',
      { nextHopInstance: instance },
      { isRead: () => false },
      { target: { kind: 'unknown', text: 'instance shop/europe-west3-a/vm, whose project was not read' } },
    ],
    [
      'an instance of a project that was read, and is not there',
      { nextHopInstance: instance },
      {},
      { target: { kind: 'machine', machine: 'shop/europe-west3-a/vm' } },
    ],
    [
      'an address that a project not read may have',
      { nextHopIp: '10.0.0.9' },
      { isShared: true },
      { target: { kind: 'unknown', text: '10.0.0.9, which no instance of the projects read has' } },
    ],
    [
      'an address that the API itself says nobody has',
      { nextHopIp: '10.0.0.9', warnings: [{ code: 'NEXT_HOP_ADDRESS_NOT_ASSIGNED' }] },
      { isShared: true },
      { target: { kind: 'address', address: '10.0.0.9' }, state: 'dead' },
    ],
    [
      'an address in a network of one project',
      { nextHopIp: '10.0.0.9' },
      {},
      { target: { kind: 'address', address: '10.0.0.9' }, state: 'active' },
    ],
  ])('%s', (_, route, more, expected) => {
    const { routes } = finishTable('net-host/pods', drafts(route), { ...around, ranges: [], ...more });
    expect(routes).toHaveLength(1);
    expect(routes[0]).toMatchObject(expected);
  });

  test('a refuted warning leaves no trace', () => {
    const { routes } = finishTable('net-host/pods', drafts(stale), { ...around, ranges: [], stateOf: () => 'running' });
    expect(routes[0]).not.toHaveProperty('stateText');
  });
});
