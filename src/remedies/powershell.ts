/** Changes on Windows nodes as commands of PowerShell's module NetTCPIP. */
import type { HostChange, HostChangeOf, HostRoute } from '../model/host-change.ts';
import { parsePrefix } from '../model/prefix.ts';
import { standInComment } from './keep-routes.ts';
import { powershellLiteral, powershellWord } from './powershell-word.ts';
import { shellComment } from './shell.ts';

/** Lines for an administrator's PowerShell on each node, under a comment that names it; equal ones once per node. */
export function renderPowershell(changes: readonly HostChange[]): string[] {
  const onWindows = changes.filter(({ os, kind }) => os === 'windows' && kind !== 'restart-agent');
  return [...Map.groupBy(onWindows, ({ node }) => node)].flatMap(([node, own]) => {
    const lines = new Set(own.flatMap(renderOne));
    // A `#` comment ends where its line ends, as in a shell.
    return lines.size === 0 ? [] : [shellComment(`On ${node}, in PowerShell as administrator:`), ...lines];
  });
}

function renderOne(change: HostChange): string[] {
  switch (change.kind) {
    case 'set-host-route':
      return renderRoute(change);
    case 'delete-host-route':
      return [removal(change.route)];
    case 'set-host-forwarding':
      return change.devices.flatMap((device) => renderForwarding(device, change.family));
    case 'restart-agent':
    case 'set-rp-filter':
      // Linux alone has such a filter.
      return [];
  }
}

/**
 * Set-NetRoute can change neither prefix nor next hop, so the former route is removed. Without -PolicyStore a route is
 * made in the ActiveStore and the PersistentStore, and so outlives a restart (Microsoft, New-NetRoute).
 */
function renderRoute({ route, instead, keeper }: HostChangeOf<'set-host-route'>): string[] {
  const { prefix, gateway, device, metric } = route;
  if (device === undefined) return [];
  const options = [
    `-DestinationPrefix ${powershellWord(prefix)}`,
    `-InterfaceAlias ${powershellWord(device)}`,
    `-NextHop ${powershellWord(gateway ?? onLink(prefix))}`,
    ...(metric === undefined ? [] : [`-RouteMetric ${String(metric)}`]),
    ...(keeper === undefined ? [] : ['-PolicyStore ActiveStore']),
  ];
  return [
    ...(instead === undefined ? [] : [removal(instead)]),
    `New-NetRoute ${options.join(' ')}`,
    ...(keeper === undefined ? [] : [standInComment(keeper)]),
  ];
}

/** From both stores. Without interface and next hop it is all routes for the prefix. */
function removal({ prefix, gateway, device }: HostRoute): string {
  const nextHop = gateway ?? (device === undefined ? undefined : onLink(prefix));
  const options = [
    `-DestinationPrefix ${powershellLiteral(prefix)}`,
    ...(device === undefined ? [] : [`-InterfaceAlias ${powershellLiteral(device)}`]),
    ...(nextHop === undefined ? [] : [`-NextHop ${powershellLiteral(nextHop)}`]),
  ];
  return `Remove-NetRoute ${options.join(' ')} -Confirm:$false`;
}

function renderForwarding(device: string, family: 4 | 6): string[] {
  const which = `-InterfaceAlias ${powershellLiteral(device)} -AddressFamily IPv${String(family)}`;
  return [
    `Set-NetIPInterface ${which} -Forwarding Enabled`,
    shellComment('Whether a restart keeps it:'),
    `Get-NetIPInterface ${which} -PolicyStore PersistentStore | Select-Object InterfaceAlias, Forwarding`,
  ];
}

/** The next hop that Windows gives to routes without one. */
function onLink(prefix: string): string {
  return parsePrefix(prefix)?.family === 6 ? '::' : '0.0.0.0';
}
