/** Routes and switches of a Windows kernel as PowerShell names and sets them. */
import type { GuestDetail } from '../model/faults.ts';
import type { GuestRoute } from '../model/snapshot.ts';

/** Names may hold blanks and brackets; single quotes are the only thing that ends them. */
function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

/** `10.244.2.0/24 by 192.168.10.12 on 'vEthernet (Ethernet)'`: what Get-NetRoute shows of it, in a sentence. */
export function routeWords({ prefix, hops, metric }: GuestRoute): string {
  const ways = hops.map(
    ({ gateway, device }) => `${gateway === undefined ? '' : ` by ${gateway}`} on ${quoted(device)}`,
  );
  return `${prefix}${ways.join(',')} (metrics ${String(metric)})`;
}

/** Without -PolicyStore it goes into both stores, so that it is there after a restart. */
export function addRoute(prefix: string, { gateway, device }: NonNullable<GuestDetail['wanted']>): string {
  return `New-NetRoute -DestinationPrefix ${prefix} -NextHop ${gateway} -InterfaceAlias ${quoted(device)} (it is kept over a restart, unless -PolicyStore ActiveStore is added).`;
}

/** From both stores. */
export function removeRoute({ prefix, hops }: GuestRoute): string {
  const commands = hops.map(
    ({ gateway = prefix.includes(':') ? '::' : '0.0.0.0', device }) =>
      `Remove-NetRoute -DestinationPrefix ${prefix} -NextHop ${gateway} -InterfaceAlias ${quoted(device)} -Confirm:$false`,
  );
  return commands.join('; ');
}

/** Without -PolicyStore it is kept over a restart as well. */
export function enableForwarding(devices: readonly string[], family: 4 | 6): string {
  const commands = devices.map(
    (device) =>
      `Set-NetIPInterface -InterfaceAlias ${quoted(device)} -AddressFamily IPv${String(family)} -Forwarding Enabled`,
  );
  return commands.join('; ');
}
