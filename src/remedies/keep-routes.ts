/** Routes of a Linux node written down for whichever service sets its links up. Comments: only one of them is right. */
import type { HostChangeOf, HostRoute } from '../model/host-change.ts';
import { parsePrefix } from '../model/prefix.ts';
import { shellComment, shellWord } from './shell.ts';

type Setting = HostChangeOf<'set-host-route'>;

export function keepRoutes(changes: readonly Setting[]): string[] {
  const keepers = new Set(changes.flatMap(({ keeper }) => keeper ?? []));
  const own = changes.filter(({ keeper }) => keeper === undefined).map(({ route }) => route);
  return [
    ...[...keepers].map(standInComment),
    ...[...Map.groupBy(own, ({ device = '' }) => device)].flatMap(([device, routes]) => keepOf(device, routes)),
  ];
}

/** For a route that is somebody else's work. */
export function standInComment(keeper: string): string {
  return shellComment(`Not to be kept over a restart: such routes are the work of ${keeper}, and this only stands in.`);
}

function keepOf(device: string, routes: readonly HostRoute[]): string[] {
  if (device === '') return [];
  const uuid = `"$(nmcli -g GENERAL.CON-UUID device show ${shellWord(device)})"`;
  return [
    `A restart forgets that. Write it down as well, for the service that sets ${device} up; one of:`,
    `systemd-networkd, in the .network file of ${device}:`,
    ...routes.flatMap((route) => ['[Route]', ...networkdLines(route)]).map((line) => `    ${line}`),
    `netplan, below ${device}:`,
    ...['routes:', ...routes.map((route) => `  - ${netplanItem(route)}`)].map((line) => `    ${line}`),
    'NetworkManager:',
    ...routes.map((route) => `    nmcli connection modify ${uuid} ${nmcliWords(route)}`),
  ].map(shellComment);
}

/** systemd.network(5), section [Route]. */
function networkdLines({ prefix, gateway, metric, table }: HostRoute): string[] {
  return [
    `Destination=${prefix}`,
    ...(gateway === undefined ? [] : [`Gateway=${gateway}`]),
    ...(metric === undefined ? [] : [`Metric=${String(metric)}`]),
    ...(table === undefined ? [] : [`Table=${table}`]),
  ];
}

function netplanItem({ prefix, gateway, metric, table }: HostRoute): string {
  const fields = [
    `to: ${JSON.stringify(prefix)}`,
    gateway === undefined ? 'scope: link' : `via: ${JSON.stringify(gateway)}`,
    ...(metric === undefined ? [] : [`metric: ${String(metric)}`]),
    ...(table === undefined ? [] : [`table: ${table}`]),
  ];
  return `{ ${fields.join(', ')} }`;
}

/** `ip[/prefix] [next hop] [metric] [attribute=value ...]` */
function nmcliWords({ prefix, gateway, metric, table }: HostRoute): string {
  const words = [
    prefix,
    ...(gateway === undefined ? [] : [gateway]),
    ...(metric === undefined ? [] : [String(metric)]),
    ...(table === undefined ? [] : [`table=${table}`]),
  ];
  const family = parsePrefix(prefix)?.family === 6 ? 6 : 4;
  return `+ipv${String(family)}.routes ${shellWord(words.join(' '))}`;
}
