import { describe, expect, test } from '@jest/globals';
import {
  parseAntreaConf,
  parseCalicoPool,
  parseCiliumConfig,
  parseKubeRouterFlags,
  parseNetConf,
} from '../../../src/cluster/cni.ts';
import type { FlannelConfig } from '../../../src/model/snapshot.ts';

describe('net-conf.json', () => {
  test.each<[string, object, Partial<FlannelConfig>]>([
    [
      'a port of its own',
      { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', VNI: 4096, Port: 4789 } },
      { backendType: 'vxlan', vni: 4096, port: 4789 },
    ],
    [
      'WireGuard listens',
      { Network: '10.244.0.0/16', Backend: { Type: 'wireguard', ListenPort: 51830, Port: 1 } },
      { backendType: 'wireguard', port: 51830 },
    ],
    [
      'a port that is none',
      { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', Port: 0 } },
      { backendType: 'vxlan' },
    ],
    [
      'as the default manifest has it',
      { Network: '10.244.0.0/16', EnableNFTables: false, Backend: { Type: 'vxlan' } },
      { backendType: 'vxlan' },
    ],
    [
      "Microsoft's, in lower case",
      { network: '10.244.0.0/16', backend: { name: 'cbr0', type: 'host-gw' } },
      { backendType: 'host-gw' },
    ],
    [
      'in any case',
      { NETWORK: '10.244.0.0/16', bACKEND: { tYPE: 'vxlan', DIRECTROUTING: true } },
      { backendType: 'vxlan', directRouting: true },
    ],
    ['no Backend is udp', { Network: '10.244.0.0/16' }, { backendType: 'udp' }],
    ['a Backend without Type is none', { Network: '10.244.0.0/16', Backend: {} }, { backendType: '' }],
    ['a null Backend is none', { Network: '10.244.0.0/16', Backend: null }, { backendType: '' }],
    ['the backend in capitals', { Network: '10.244.0.0/16', Backend: { Type: 'Host-GW' } }, { backendType: 'host-gw' }],
    [
      'a VNI does not mean vxlan',
      { Network: '10.244.0.0/16', Backend: { Type: 'host-gw', VNI: 1, Port: 8472 } },
      { backendType: 'host-gw', vni: 1, port: 8472 },
    ],
    [
      'group based policies',
      { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', gbp: true, vni: 4097 } },
      { backendType: 'vxlan', vni: 4097, gbp: true },
    ],
    [
      'DirectRouting as a text is none',
      { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', DirectRouting: 'true' } },
      { backendType: 'vxlan' },
    ],
    [
      'both families',
      { Network: '10.244.0.0/16', EnableIPv6: true, IPv6Network: 'FD00::/48', Backend: { Type: 'host-gw' } },
      { networks: ['10.244.0.0/16', 'fd00::/48'], backendType: 'host-gw' },
    ],
    [
      'IPv6 not switched on',
      { Network: '10.244.0.0/16', IPv6Network: 'fd00::/48', Backend: { Type: 'host-gw' } },
      { backendType: 'host-gw' },
    ],
    [
      'IPv4 switched off',
      {
        Network: '10.244.0.0/16',
        EnableIPv4: false,
        EnableIPv6: true,
        IPv6Network: 'fd00::/48',
        Backend: { Type: 'host-gw' },
      },
      { networks: ['fd00::/48'], backendType: 'host-gw', ipv4: false },
    ],
    ['host bits', { Network: '10.244.3.1/16', Backend: { Type: 'host-gw' } }, { backendType: 'host-gw' }],
    ['no network', { Network: 'oops', Backend: { Type: 'host-gw' } }, { networks: [], backendType: 'host-gw' }],
  ])('%s', (_, conf, expected) => {
    expect(parseNetConf(JSON.stringify(conf), 'ns/name')).toEqual({
      source: 'ns/name',
      networks: ['10.244.0.0/16'],
      directRouting: false,
      ...expected,
    });
  });

  test('of two keys that differ in case the last one stays, as in Go', () => {
    expect(parseNetConf('{"backend":{"Type":"vxlan"},"Backend":{"Type":"host-gw"}}', 's')?.backendType).toBe('host-gw');
  });

  test.each(['', '{', '[]', '"text"', 'null'])('what flannel would refuse: %j', (text) => {
    expect(parseNetConf(text, 's')).toBeUndefined();
  });
});

describe('cilium-config', () => {
  test.each<[Record<string, string>, object]>([
    [{}, { routingMode: 'tunnel', ipam: 'cluster-pool', autoDirectNodeRoutes: false }],
    [
      { 'routing-mode': 'native', ipam: 'kubernetes', 'auto-direct-node-routes': 'true' },
      { routingMode: 'native', ipam: 'kubernetes', autoDirectNodeRoutes: true },
    ],
    [
      { tunnel: 'disabled', ipam: 'eni' },
      { routingMode: 'native', ipam: 'eni', autoDirectNodeRoutes: false },
    ],
    [
      { tunnel: 'geneve' },
      { routingMode: 'tunnel', ipam: 'cluster-pool', autoDirectNodeRoutes: false, tunnelProtocol: 'geneve' },
    ],
    [
      {
        'routing-mode': 'tunnel',
        'tunnel-protocol': 'geneve',
        'tunnel-port': '6082',
        'enable-ipv6': 'false',
        'enable-wireguard': 'true',
        'enable-bgp-control-plane': 'true',
        'cni-chaining-mode': 'aws-cni',
        'cluster-pool-ipv4-cidr': '10.0.0.0/8 172.20.0.1/16',
      },
      {
        routingMode: 'tunnel',
        ipam: 'cluster-pool',
        autoDirectNodeRoutes: false,
        tunnelProtocol: 'geneve',
        tunnelPort: 6082,
        ipv6: false,
        encryption: 'wireguard',
        bgp: true,
        chaining: 'aws-cni',
        pools: ['10.0.0.0/8', '172.20.0.0/16'],
      },
    ],
    [
      { tunnel: 'disabled', 'routing-mode': 'tunnel' },
      { routingMode: 'tunnel', ipam: 'cluster-pool', autoDirectNodeRoutes: false },
    ],
  ])('%j', (data, expected) => {
    expect(parseCiliumConfig(data, 'kube-system/cilium-config')).toEqual({
      source: 'kube-system/cilium-config',
      ...expected,
    });
  });
});

describe('IPPools', () => {
  test('have the defaults of Calico', () => {
    const cross = { metadata: { name: 'b' }, spec: { cidr: '10.2.0.0/16', ipipMode: 'CrossSubnet', disabled: true } };
    expect(parseCalicoPool(cross)).toEqual({
      name: 'b',
      cidr: '10.2.0.0/16',
      ipipMode: 'CrossSubnet',
      vxlanMode: 'Never',
      disabled: true,
    });
    const always = { metadata: { name: 'a' }, spec: { cidr: '10.1.0.9/16', vxlanMode: 'Always', ipipMode: '' } };
    expect(parseCalicoPool(always)).toMatchObject({ cidr: '10.1.0.0/16', ipipMode: 'Never', disabled: false });
  });

  test.each([undefined, 'text', {}, { metadata: { name: 'without a spec' } }])('what is none: %j', (object) => {
    expect(parseCalicoPool(object)).toBeUndefined();
  });
});

test.each<[string[], object]>([
  [[], { overlay: 'subnet', encapsulation: 'ipip', mesh: true }],
  [['--run-router=true', '--overlay-type=full'], { overlay: 'full' }],
  [['--enable-overlay=false'], { overlay: 'none' }],
  [['--enable-overlay', '--overlay-encap=fou'], { overlay: 'subnet', encapsulation: 'fou' }],
  [['--enable-overlay=false', '--enable-overlay=true'], { overlay: 'subnet' }],
  [['--enable-ibgp=false'], { mesh: false }],
  [['--nodes-full-mesh=false'], { mesh: false }],
  [['--advertise-pod-cidr=false'], { mesh: false }],
])('flags of kube-router: %j', (flags, expected) => {
  expect(parseKubeRouterFlags(flags, 'kube-system/kube-router')).toMatchObject(expected);
});

test.each<[string, string, object]>([
  ['nothing is the default', '# trafficEncapMode: hybrid\n#tunnelType: vxlan\n', {}],
  ['a word', 'trafficEncapMode: noEncap\n', { encapMode: 'noencap' }],
  ['a quoted word with a remark', 'trafficEncapMode: "hybrid" # between subnets\r\n', { encapMode: 'hybrid' }],
  ['another tunnel', 'tunnelType: vxlan\ntunnelPort: 4790\n', { tunnelType: 'vxlan', tunnelPort: 4790 }],
  ['port 0 is the default', 'tunnelPort: 0\n', {}],
  ['encryption', "trafficEncryptionMode: 'wireGuard'\n", { encryption: 'wireguard' }],
  ['a nested key of the same name is another one', 'multicluster:\n  trafficEncryptionMode: wireGuard\n', {}],
])('antrea-agent.conf: %s', (_, text, expected) => {
  expect(parseAntreaConf(text, 's')).toEqual({
    source: 's',
    encapMode: 'encap',
    tunnelType: 'geneve',
    encryption: 'none',
    ...expected,
  });
});
