/** What docs/collect/collect.sh writes on a Linux node with one interface, a bridge for its pods, and no firewall. */

export interface LinuxNode {
  name: string;
  ip: string;
  /** Where all nodes are. */
  nodeNetwork: string;
  mac: string;
  /** `10.244.1.1` */
  podGateway: string;
  podCidr: string;
  /** On top of those that its addresses bring; without a next hop: on the link. */
  routes: { prefix: string; nextHop?: string }[];
  neighbours: LinuxNeighbour[];
}

export interface LinuxNeighbour {
  address: string;
  /** Absent: nobody answered. */
  mac?: string;
}

const UPLINK = 'eth0';
const BRIDGE = 'cni0';

/** @param at when it was written */
export function linuxBundle(node: LinuxNode, at: Date): string {
  const parts: Record<string, string> = {
    links: JSON.stringify(linksOf(node)),
    routes4: JSON.stringify(routesOf(node)),
    routes6: '[]',
    rules4: JSON.stringify(
      ['local', 'main', 'default'].map((table, index) => ({ priority: [0, 32766, 32767][index], src: 'all', table })),
    ),
    rules6: '[]',
    neighbours4: JSON.stringify(node.neighbours.map(neighbourOf)),
    neighbours6: '[]',
    settings: ['all', 'default', 'lo', UPLINK, BRIDGE].flatMap(settingsOf).join('\n'),
    legacy4: '',
    legacy6: '',
    xtables4: '',
    xtables6: '',
    nft: '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}',
  };
  return [
    '#prc guest 1',
    `#prc node ${node.name}`,
    '#prc os linux',
    `#prc at ${at.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    ...Object.entries(parts).map(([name, text]) => `#prc begin ${name}\n${text}\n\n#prc end ${name} 0`),
    '#prc done',
    '',
  ].join('\n');
}

function linksOf({ ip, nodeNetwork, mac, podGateway, podCidr }: LinuxNode): object[] {
  const address = (local: string, prefix: string): object => ({
    family: 'inet',
    local,
    prefixlen: Number(prefix.split('/')[1]),
    scope: 'global',
  });
  const flags = ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'];
  return [
    { ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], link_type: 'loopback', addr_info: [] },
    {
      ifindex: 2,
      ifname: UPLINK,
      flags,
      link_type: 'ether',
      address: mac,
      addr_info: [address(ip, nodeNetwork)],
    },
    {
      ifindex: 3,
      ifname: BRIDGE,
      flags,
      link_type: 'ether',
      address: '0a:58:0a:f4:01:01',
      linkinfo: { info_kind: 'bridge' },
      addr_info: [address(podGateway, podCidr)],
    },
  ];
}

function routesOf({ ip, nodeNetwork, podGateway, podCidr, routes }: LinuxNode): object[] {
  const own = (dst: string, dev: string, prefsrc: string): object => ({
    dst,
    dev,
    protocol: 'kernel',
    scope: 'link',
    prefsrc,
    flags: [],
  });
  const local = (dst: string, dev: string): object => ({
    type: 'local',
    dst,
    dev,
    table: 'local',
    protocol: 'kernel',
    scope: 'host',
    prefsrc: dst,
    flags: [],
  });
  return [
    ...routes.map(({ prefix, nextHop }) => ({
      dst: prefix === '0.0.0.0/0' ? 'default' : prefix,
      ...(nextHop === undefined ? { scope: 'link' } : { gateway: nextHop }),
      dev: UPLINK,
      flags: [],
    })),
    own(nodeNetwork, UPLINK, ip),
    own(podCidr, BRIDGE, podGateway),
    local('127.0.0.1', 'lo'),
    local(ip, UPLINK),
    local(podGateway, BRIDGE),
  ];
}

function neighbourOf({ address, mac }: LinuxNeighbour): object {
  const ages = { used: 20, confirmed: 20, updated: 20 };
  const entry = { dst: address, dev: UPLINK, ...ages, probes: 1 };
  return mac === undefined ? { ...entry, state: ['FAILED'] } : { ...entry, lladdr: mac, state: ['REACHABLE'] };
}

function settingsOf(link: string): string[] {
  return ['forwarding 1', 'rp_filter 2', 'arp_ignore 0', 'proxy_arp 0'].map((setting) => `ipv4 ${setting} ${link}`);
}
