/** What docs/collect/collect.ps1 writes on a Windows node: the same sections, and what PowerShell makes of objects. */

import type { PowerShellManner } from './powershell.ts';
import { CLIXML, toJson, wordIn } from './powershell.ts';

/** An interface of the host's compartment. */
export interface WindowsInterface {
  /** In the system's language: `vEthernet (Ethernet)`. */
  alias: string;
  ifIndex: number;
  mac?: string;
  address: string;
  length: number;
  metric: number;
  forwarding: boolean;
  connected?: boolean;
}

export interface WindowsRoute {
  alias: string;
  prefix: string;
  /** `0.0.0.0`: on the link. */
  nextHop: string;
  metric: number;
  protocol?: 'Local' | 'NetMgmt' | 'Dhcp';
  /** In the PersistentStore as well. */
  stored?: boolean;
}

export interface WindowsNeighbour {
  alias: string;
  address: string;
  mac?: string;
  state: 'Unreachable' | 'Incomplete' | 'Probe' | 'Delay' | 'Stale' | 'Reachable' | 'Permanent';
}

export interface HnsNetworkObject {
  name: string;
  type: 'L2Bridge' | 'Overlay' | 'NAT';
  managementIP: string;
  subnet: string;
  gateway: string;
  policies?: Record<string, unknown>[];
}

export interface HnsEndpointObject {
  name: string;
  network: string;
  address: string;
  gateway: string;
  policies: Record<string, unknown>[];
  remote?: boolean;
}

export interface WindowsMachine {
  node: string;
  interfaces: WindowsInterface[];
  routes: WindowsRoute[];
  neighbours: WindowsNeighbour[];
  networks: HnsNetworkObject[];
  endpoints: HnsEndpointObject[];
}

/** @param at when it was written */
export function windowsBundle(machine: WindowsMachine, at: Date, manner: PowerShellManner = {}): string {
  const { node, endpoints, networks } = machine;
  const lists = listsOf(machine, (text) => wordIn(manner, text));
  const part = (name: string, rows: object[], status = 0): string =>
    [
      `#prc begin ${name}`,
      ...(manner.noise === true ? [CLIXML] : []),
      ...(status === 0 ? [toJson(rows, manner)] : []),
      `#prc end ${name} ${String(status)}`,
    ].join('\r\n');
  const hnsStatus = manner.plainUser === true ? 1 : 0;
  const lines = [
    '#prc guest 1',
    `#prc node ${node}`,
    '#prc os windows',
    `#prc at ${at.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    ...Object.entries(lists).map(([name, rows]) => part(name, rows)),
    part('hns-networks', networks.map(networkRow), hnsStatus),
    part(
      'hns-endpoints',
      endpoints.map((endpoint) => endpointRow(endpoint, networks)),
      hnsStatus,
    ),
    '#prc done',
    '',
  ];
  return lines.join('\r\n');
}

type Word = (text: string) => string | number;

function listsOf({ interfaces, routes, neighbours }: WindowsMachine, word: Word): Record<string, object[]> {
  const loopback = { ifIndex: 1, InterfaceAlias: 'Loopback Pseudo-Interface 1' };
  const of = (alias: string): { ifIndex: number; InterfaceAlias: string } => ({
    ifIndex: interfaces.find((one) => one.alias === alias)?.ifIndex ?? 0,
    InterfaceAlias: alias,
  });
  const route = ({ alias, prefix, nextHop, metric, protocol = 'NetMgmt' }: WindowsRoute): object => ({
    ...of(alias),
    DestinationPrefix: prefix,
    NextHop: nextHop,
    RouteMetric: metric,
    Protocol: word(protocol),
  });
  const loops: object[] = ['127.0.0.0/8', '127.0.0.1/32', '127.255.255.255/32', '224.0.0.0/4'].map((prefix) => ({
    ...loopback,
    DestinationPrefix: prefix,
    NextHop: '0.0.0.0',
    RouteMetric: 256,
    Protocol: word('Local'),
  }));
  const address = (of: object, text: string, length: number): object => ({
    ...of,
    IPAddress: text,
    PrefixLength: length,
    AddressState: word('Preferred'),
  });
  return {
    adapters: interfaces.map(({ alias, ifIndex, mac, connected = true }) => ({
      ifIndex,
      Name: alias,
      MacAddress: macText(mac),
      Status: connected ? 'Up' : 'Disconnected',
    })),
    interfaces: [
      {
        ...loopback,
        InterfaceMetric: 75,
        AddressFamily: word('IPv4'),
        Forwarding: word('Disabled'),
        WeakHostSend: word('Disabled'),
        WeakHostReceive: word('Disabled'),
        ConnectionState: word('Connected'),
      },
      ...interfaces.map(({ alias, metric, forwarding, connected = true }) => ({
        ...of(alias),
        InterfaceMetric: metric,
        AddressFamily: word('IPv4'),
        Forwarding: word(forwarding ? 'Enabled' : 'Disabled'),
        WeakHostSend: word(forwarding ? 'Enabled' : 'Disabled'),
        WeakHostReceive: word(forwarding ? 'Enabled' : 'Disabled'),
        ConnectionState: word(connected ? 'Connected' : 'Disconnected'),
      })),
    ],
    addresses: [
      address(loopback, '127.0.0.1', 8),
      ...interfaces.map((one) => address(of(one.alias), one.address, one.length)),
    ],
    routes4: [...loops, ...routes.map(route)],
    routes6: [],
    'stored-routes4': routes
      .filter(({ stored = true, protocol = 'NetMgmt' }) => stored && protocol !== 'Local')
      .map(route),
    'stored-routes6': [],
    neighbours: [
      ...neighbours.map((one) => ({
        ...of(one.alias),
        IPAddress: one.address,
        LinkLayerAddress: macText(one.mac),
        State: word(one.state),
      })),
      {
        ...of(interfaces[0]?.alias ?? ''),
        IPAddress: '224.0.0.22',
        LinkLayerAddress: '01-00-5E-00-00-16',
        State: word('Permanent'),
      },
    ],
  };
}

function networkRow({ name, type, managementIP, subnet, gateway, policies = [] }: HnsNetworkObject): object {
  return {
    ID: idOf(name),
    Name: name,
    Type: type,
    ManagementIP: managementIP,
    Subnets: [{ AddressPrefix: subnet, GatewayAddress: gateway }],
    Policies: policies,
  };
}

function endpointRow(endpoint: HnsEndpointObject, networks: HnsNetworkObject[]): object {
  const { name, network, address, gateway, policies, remote } = endpoint;
  const [, length = '24'] = networks.find((one) => one.name === network)?.subnet.split('/') ?? [];
  return {
    ID: idOf(name),
    Name: name,
    VirtualNetwork: idOf(network),
    VirtualNetworkName: network,
    IPAddress: address,
    PrefixLength: Number(length),
    GatewayAddress: gateway,
    MacAddress: '00-15-5D-6E-8A-10',
    IsRemoteEndpoint: remote ?? null,
    Policies: policies,
  };
}

/** A GUID that is the same in every run. */
function idOf(name: string): string {
  const hex = Buffer.from(name).toString('hex').padEnd(32, '0').slice(-32).toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function macText(mac: string | undefined): string {
  return (mac ?? '00:00:00:00:00:00').replaceAll(':', '-').toUpperCase();
}
