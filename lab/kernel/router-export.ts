// What a router's real kernel routes by, in the words of FRR: as vtysh would print it there.
import type { KernelLab } from './namespaces.ts';

interface KernelRoute {
  dst: string;
  type?: string;
  gateway?: string;
  dev?: string;
  protocol?: string;
}

interface KernelLink {
  ifname: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

const CODES = `Codes: K - kernel route, C - connected, L - local, S - static,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
`;

const DROPS: Readonly<Record<string, string>> = {
  blackhole: 'unreachable (blackhole)',
  unreachable: 'unreachable (ICMP unreachable)',
  prohibit: 'unreachable (ICMP admin-prohibited)',
};

export function exportRouter(lab: KernelLab): string {
  const routes = JSON.parse(lab.show('router', ['ip', '-j', '-4', 'route', 'show'])) as KernelRoute[];
  const links = JSON.parse(lab.show('router', ['ip', '-j', '-4', 'addr', 'show'])) as KernelLink[];
  const locals = links.flatMap(({ ifname, addr_info: all }) =>
    ifname === 'lo' ? [] : all.map(({ local }) => `L>* ${local}/32 is directly connected, ${ifname}, 00:01:00`),
  );
  return ['router# show ip route', CODES, ...locals, ...routes.map(renderRoute)].join('\n');
}

function renderRoute({ dst, type = 'unicast', gateway, dev = '', protocol }: KernelRoute): string {
  const prefix = dst === 'default' ? '0.0.0.0/0' : dst.includes('/') ? dst : `${dst}/32`;
  const drop = DROPS[type];
  if (drop !== undefined) return `S>* ${prefix} [1/0] ${drop}, weight 1, 00:01:00`;
  if (gateway === undefined) {
    return `${protocol === 'kernel' ? 'C' : 'S'}>* ${prefix} is directly connected, ${dev}, weight 1, 00:01:00`;
  }
  return `S>* ${prefix} [1/0] via ${gateway}, ${dev}, weight 1, 00:01:00`;
}
