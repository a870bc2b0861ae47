/** Changes on Linux nodes as commands of iproute2 and sysctl, with what keeps them over a restart. */
import type { HostChange, HostChangeOf, HostRoute } from '../model/host-change.ts';
import { parsePrefix } from '../model/prefix.ts';
import { keepRoutes } from './keep-routes.ts';
import { shellComment, shellWord } from './shell.ts';
import { keepSettings, setNow, settingsOf } from './sysctl.ts';

/** Lines for a root shell on each node, under a comment that names it; equal ones once per node. */
export function renderIp(changes: readonly HostChange[]): string[] {
  const onLinux = changes.filter(({ os, kind }) => os === 'linux' && kind !== 'restart-agent');
  return [...Map.groupBy(onLinux, ({ node }) => node)].flatMap(([node, own]) => [
    shellComment(`On ${node}, as root:`),
    ...new Set(own.flatMap(renderNow)),
    ...keepSettings(own.flatMap(settingsOf)),
    ...keepRoutes(own.filter((change) => change.kind === 'set-host-route')),
  ]);
}

function renderNow(change: HostChange): string[] {
  switch (change.kind) {
    case 'restart-agent':
      return [];
    case 'set-host-route':
      return [command('replace', change.route, replacedMetric(change))];
    case 'delete-host-route':
      return [command('del', change.route, change.route.metric)];
    case 'set-host-forwarding':
    case 'set-rp-filter':
      return setNow(settingsOf(change));
  }
}

/** Among routes for one prefix the metric is the name by which the kernel knows the one to replace. */
function replacedMetric({ route, instead }: HostChangeOf<'set-host-route'>): number | undefined {
  return route.metric ?? instead?.metric;
}

function command(verb: 'replace' | 'del', route: HostRoute, metric: number | undefined): string {
  const { prefix, gateway, device, table, type = 'unicast' } = route;
  return [
    parsePrefix(prefix)?.family === 6 ? 'ip -6 route' : 'ip route',
    verb,
    ...(type === 'unicast' ? [] : [type]),
    shellWord(prefix),
    ...(gateway === undefined ? [] : ['via', shellWord(gateway)]),
    ...(device === undefined ? [] : ['dev', shellWord(device)]),
    ...(metric === undefined || metric === 0 ? [] : ['metric', String(metric)]),
    ...(table === undefined || table === 'main' ? [] : ['table', shellWord(table)]),
  ].join(' ');
}
