import { describe, expect, test } from '@jest/globals';
import { parseCalicoPools, parseCiliumConfig, parseNetConf } from '../../../src/cluster/cni.ts';

describe('net-conf.json', () => {
  test.each<[string, object, { networks?: string[]; backendType: string; directRouting?: boolean }]>([
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
      { backendType: 'host-gw' },
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
      { networks: ['fd00::/48'], backendType: 'host-gw' },
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
    [{ tunnel: 'geneve' }, { routingMode: 'tunnel', ipam: 'cluster-pool', autoDirectNodeRoutes: false }],
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
  test('by name, with the defaults of Calico', () => {
    const items = [
      { metadata: { name: 'b' }, spec: { cidr: '10.2.0.0/16', ipipMode: 'CrossSubnet', disabled: true } },
      { metadata: { name: 'a' }, spec: { cidr: '10.1.0.9/16', vxlanMode: 'Always', ipipMode: '' } },
      { metadata: { name: 'without a spec' } },
      'nonsense',
    ];
    expect(parseCalicoPools({ items })).toEqual([
      { name: 'a', cidr: '10.1.0.0/16', ipipMode: 'Never', vxlanMode: 'Always', disabled: false },
      { name: 'b', cidr: '10.2.0.0/16', ipipMode: 'CrossSubnet', vxlanMode: 'Never', disabled: true },
    ]);
  });

  test.each([undefined, 'text', {}, { items: 1 }])('what is no list: %j', (answer) => {
    expect(parseCalicoPools(answer)).toBeUndefined();
  });
});
