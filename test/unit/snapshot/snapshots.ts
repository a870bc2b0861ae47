/** Snapshots for the tests of their form; what they say makes no sense together. */
import type { FabricFacts, GuestFacts, NodeFacts, Snapshot } from '../../../src/model/snapshot.ts';

export const MINIMAL: Snapshot = {
  schemaVersion: 1,
  takenAt: '2026-11-21T03:00:00Z',
  cluster: { id: 'c', nodes: [], cni: { agents: [], complete: false } },
  fabrics: [],
  gaps: [],
};

const PLAIN_NODE: NodeFacts = {
  name: 'b',
  podCIDRs: [],
  internalIPs: [],
  os: 'unknown',
  ready: 'Unknown',
  unschedulable: true,
  taints: [],
  labels: {},
};

/** The compiler asks for every field, also for those that may be absent. */
const FULL_NODE: Required<NodeFacts> = {
  name: 'a',
  uid: 'u',
  providerID: 'aws:///eu-west-1a/i-1',
  podCIDRs: ['10.244.1.0/24', 'fd00:1::/64'],
  invalidPodCIDRs: ['x'],
  internalIPs: ['10.0.0.1'],
  os: 'linux',
  arch: 'amd64',
  ready: 'True',
  unschedulable: false,
  taints: ['a=b:NoSchedule'],
  createdAt: '2026-11-20T03:00:00Z',
  deletingSince: '2026-11-21T02:59:59.123Z',
  selected: false,
  virtual: 'fargate',
  networkUnavailable: { status: 'False', reason: 'FlannelIsUp' },
  flannel: { backendType: 'host-gw', backendData: 'null', publicIP: '10.0.0.1', publicIPv6: 'fd00::1' },
  calico: { address: '10.0.0.1', addressV6: 'fd00::1', wireguard: true },
  k3sNodeArgs: ['server'],
  labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' },
};

const FABRIC: Required<FabricFacts> = {
  id: 'aws/123456789012/eu-west-1',
  kind: 'aws',
  account: '123456789012',
  region: 'eu-west-1',
  networks: [{ id: 'vpc-1', name: 'v', prefixes: ['10.0.0.0/16'] }],
  subnets: [
    {
      id: 'subnet-1',
      name: 's',
      network: 'vpc-1',
      zone: 'eu-west-1a',
      prefixes: ['10.0.0.0/24'],
      table: 'rtb-1',
      tableBy: 'main',
    },
  ],
  tables: [
    {
      id: 'rtb-1',
      name: 't',
      network: 'vpc-1',
      main: true,
      routes: [
        { prefix: '10.0.0.0/16', target: { kind: 'local' }, state: 'active', rank: 0, origin: 'local' },
        {
          prefix: '10.244.1.0/24',
          target: { kind: 'interface', interface: 'eni-1', machine: 'i-1' },
          state: 'dead',
          stateText: 'blackhole',
          rank: 1,
          origin: 'static',
        },
        {
          prefix: '10.244.2.0/24',
          target: { kind: 'machine', machine: 'i-2' },
          state: 'active',
          rank: 1,
          origin: 'static',
        },
        {
          prefix: '0.0.0.0/0',
          target: { kind: 'gateway', gateway: 'nat', id: 'nat-1' },
          state: 'active',
          rank: 2,
          origin: 'prefix-list',
          list: 'pl-1',
        },
        { prefix: 'fd00::/8', target: { kind: 'unknown', text: '?' }, state: 'unknown', rank: 3, origin: 'propagated' },
      ],
      unreadLists: ['pl-2'],
      owners: ['terraform'],
    },
    { id: 'rtb-2', network: 'vpc-1', main: false, routes: [] },
  ],
  machines: [
    {
      id: 'i-1',
      name: 'm',
      keys: ['aws:i-1'],
      state: 'running',
      stateText: 'running',
      zone: 'eu-west-1a',
      tags: { Name: 'm' },
    },
  ],
  interfaces: [
    {
      id: 'eni-1',
      machine: 'i-1',
      network: 'vpc-1',
      subnet: 'subnet-1',
      addresses: ['10.0.0.1', 'fd00::1'],
      assignedPrefixes: ['10.0.1.0/28'],
      forwarding: 'off',
      primary: true,
      type: 'interface',
    },
  ],
  filters: 'unread',
  limits: [
    {
      kind: 'routes-per-table' as const,
      table: 'rtb-1',
      perFamily: true as const,
      localMayCount: true as const,
      allowed: 500,
      source: 'Service Quotas vpc/L-93826ACB',
    },
  ],
};

const SWITCHES = { forwarding4: true, forwarding6: false, rpFilter: 2, arpIgnore: 0, proxyArp: false };

const GUEST: Required<GuestFacts> = {
  node: 'a',
  os: 'linux',
  source: 'file guests/a.txt',
  readAt: '2026-11-21T02:58:00Z',
  links: [
    {
      name: 'eth0',
      up: true,
      carrier: true,
      mac: '02:00:00:00:00:01',
      kind: 'bond',
      addresses: [{ address: '10.0.0.1', length: 24 }],
      ...SWITCHES,
    },
  ],
  routes: [
    {
      table: 'main',
      prefix: '10.244.2.0/24',
      type: 'unicast',
      metric: 0,
      hops: [{ gateway: '10.0.0.2', device: 'eth0', onlink: true, dead: true }],
      scope: 'link',
      protocol: 'static',
      stored: false,
      opaque: 'attribute tos',
    },
  ],
  rules4: [
    {
      priority: 100,
      from: '10.244.1.0/24',
      to: '10.244.0.0/16',
      device: 'cni0',
      inverted: true,
      action: 'lookup',
      table: 'main',
      suppress: 0,
      opaque: 'selector fwmark',
    },
  ],
  rules6: [],
  neighbours: [{ address: '10.0.0.2', device: 'eth0', mac: '02:00:00:00:00:02', state: 'confirmed' }],
  firewall: [
    {
      id: 'iptables-nft filter FORWARD',
      family: 'ipv4',
      base: { hook: 'forward', type: 'filter', priority: 0, policy: 'drop' },
      rules: [
        {
          matches: [
            { kind: 'address', side: 'source', prefixes: ['10.244.0.0/16'], not: true },
            { kind: 'link', side: 'in', links: ['cni*'], not: true },
            { kind: 'mark', value: 16384, mask: 16384, not: true },
            { kind: 'state', states: ['established'], not: true },
            { kind: 'own', side: 'destination', not: true },
            { kind: 'family', family: 'ipv4' },
            { kind: 'other', text: '-p tcp' },
          ],
          actions: [
            { kind: 'mark', value: 1, mask: 1 },
            { kind: 'untrack' },
            { kind: 'jump', chain: 'iptables-nft filter SUB' },
            { kind: 'goto', chain: 'iptables-nft filter SUB' },
            { kind: 'source', address: '192.0.2.1' },
            { kind: 'opaque', text: 'target FUTURE' },
            { kind: 'accept' },
            { kind: 'drop' },
            { kind: 'return' },
          ],
          text: '-A FORWARD',
        },
      ],
    },
  ],
  bridgeCallsIptables: true,
  all: SWITCHES,
  fresh: SWITCHES,
  hns: {
    networks: [
      {
        name: 'cbr0',
        type: 'l2bridge',
        managementIP: '10.0.0.1',
        subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
        opaque: 'policies VLAN',
      },
    ],
    endpoints: [
      {
        network: 'cbr0',
        address: '10.244.1.10',
        gateway: '10.244.1.2',
        natExceptions: ['10.244.0.0/16'],
        policyRoutes: ['10.96.0.0/12'],
        opaque: 'policy ACL',
      },
    ],
  },
  unread: [{ part: 'routes6', reason: 'cut off' }],
};

export const FULL: Snapshot = {
  schemaVersion: 1,
  takenAt: '2026-11-21T03:00:00.000Z',
  cluster: {
    id: 'prod',
    version: 'v1.35.2',
    nodes: [FULL_NODE, PLAIN_NODE],
    cni: {
      agents: [{ node: 'a', agents: ['flannel'] }],
      complete: true,
      flannel: {
        source: 'kube-flannel/kube-flannel-cfg',
        networks: ['10.244.0.0/16'],
        backendType: 'host-gw',
        directRouting: false,
        port: 8472,
      },
      calicoPools: [{ name: 'p', cidr: '10.244.0.0/16', ipipMode: 'Never', vxlanMode: 'Never', disabled: false }],
      calicoBlocks: [{ node: 'a', prefixes: ['10.244.0.0/26'] }],
      cilium: {
        source: 'kube-system/cilium-config',
        routingMode: 'native',
        ipam: 'kubernetes',
        autoDirectNodeRoutes: true,
        ipv4: false,
        ipv6: false,
        tunnelProtocol: 'geneve',
        tunnelPort: 6081,
        encryption: 'ipsec',
        bgp: true,
        chaining: 'aws-cni',
        pools: ['10.0.0.0/8'],
      },
      ciliumNodes: [{ node: 'a', prefixes: ['10.0.0.0/24'] }],
      kubeRouter: { source: 'kube-system/kube-router', overlay: 'subnet', encapsulation: 'ipip', mesh: true },
      antrea: {
        source: 'kube-system/antrea-config',
        encapMode: 'encap',
        tunnelType: 'geneve',
        tunnelPort: 6081,
        encryption: 'none',
      },
      samples: [{ node: 'a', pod: 'shop/cart-1', addresses: ['10.244.0.5', 'fd00:1::5'] }],
    },
    serviceCIDRs: ['10.96.0.0/12'],
  },
  fabrics: [FABRIC],
  gaps: [{ facet: 'routes', subject: 'x', scope: 'y', reason: 'z', permission: 'ec2:DescribeRouteTables' }],
  guests: [GUEST],
  recheck: {
    takenAt: '2026-11-21T03:00:05.000Z',
    asked: { nodes: ['a'], machines: ['i-1'], interfaces: ['eni-1'], tables: ['rtb-1'], filters: [] },
    nodes: [PLAIN_NODE],
    fabrics: [{ ...FABRIC, tables: [] }],
    gaps: [],
  },
};
