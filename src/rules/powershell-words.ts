/** Routes of a Windows kernel as PowerShell names them. */
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
