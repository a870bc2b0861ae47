/** What routers print: one table, in the words of the systems that people have in their racks. */

import { covers, rangeOf } from '../world/addresses.ts';

export interface LabRouter {
  name: string;
  faces: LabFace[];
  routes: { prefix: string; nextHop: string }[];
  /** Next hops that lead out of the site. */
  outside?: string[];
}

export interface LabFace {
  name: string;
  address: string;
  /** `192.168.10.0/24` */
  network: string;
}

/** A note to the checker, as people put it in front. */
function notes({ outside = [] }: LabRouter): string[] {
  return outside.map((address) => `#prc outside ${address}`);
}

function faceOf({ faces, name }: LabRouter, nextHop: string): string {
  const face = faces.find(({ network }) => covers(rangeOf(network), rangeOf(`${nextHop}/32`)));
  if (face === undefined) throw new Error(`${name} has ${nextHop} in no network of its own`);
  return face.name;
}

/** `show ip route` of Cisco NX-OS. */
export function nxosText(router: LabRouter): string {
  const { name, faces, routes } = router;
  const lines = [
    `${name}# show ip route`,
    'IP Route Table for VRF "default"',
    "'*' denotes best ucast next-hop",
    "'**' denotes best mcast next-hop",
    "'[x/y]' denotes [preference/metric]",
    "'%<string>' in via output denotes VRF <string>",
    '',
  ];
  for (const { prefix, nextHop } of routes) {
    lines.push(`${prefix}, ubest/mbest: 1/0`);
    lines.push(`    *via ${nextHop}, ${faceOf(router, nextHop)}, [1/0], 5w2d, static`);
  }
  for (const face of faces) {
    const way = `    *via ${face.address}, ${face.name}, [0/0], 8w1d`;
    lines.push(`${face.network}, ubest/mbest: 1/0, attached`, `${way}, direct`);
    lines.push(`${face.address}/32, ubest/mbest: 1/0, attached`, `${way}, local`);
  }
  return `${[...notes(router), ...lines, `${name}#`].join('\n')}\n`;
}

/** `show ip route` of Arista EOS, which does not tell its own addresses, and `show ip interface brief`, which does. */
export function eosText(router: LabRouter): string {
  const { name, faces, routes } = router;
  const isDefault = ({ prefix }: { prefix: string }): boolean => prefix === '0.0.0.0/0';
  const line = ({ prefix, nextHop }: { prefix: string; nextHop: string }): string =>
    ` S        ${prefix} [1/0] via ${nextHop}, ${faceOf(router, nextHop)}`;
  const brief = faces.map(({ name: face, address, network }) =>
    [
      face.padEnd(16),
      `${address}/${network.split('/')[1] ?? ''}`.padEnd(20),
      'up'.padEnd(10),
      'up'.padEnd(12),
      '1500',
    ].join(' '),
  );
  return `${[
    ...notes(router),
    `${name}#show ip route`,
    '',
    'VRF: default',
    'Source Codes:',
    '       C - connected, S - static, K - kernel,',
    '       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,',
    '       B - Other BGP Routes, B I - iBGP, B E - eBGP, R - RIP,',
    '       NG - Nexthop Group Static Route, V - VXLAN Control Service',
    '',
    'Gateway of last resort:',
    ...routes.filter(isDefault).map(line),
    '',
    ...faces.map((face) => ` C        ${face.network} is directly connected, ${face.name}`),
    ...routes.filter((route) => !isDefault(route)).map(line),
    '',
    `${name}#show ip interface brief`,
    '                                                                        Address',
    'Interface        IP Address           Status     Protocol         MTU   Owner',
    '---------------- -------------------- ---------- ------------ --------- -------',
    ...brief,
    '',
    `${name}#`,
  ].join('\n')}\n`;
}
