/** Whether a node takes questions for hardware addresses that come in on one of its links. */
import { hostPrefix, parseAddress } from '../../model/prefix.ts';
import type { Port } from './links.ts';

/** A question for a hardware address is dropped, too, where its sender's address should come in elsewhere. */
export function hears(port: Port, { guest, device }: Port, gateway: string): true | string {
  const level = port.guest.kernel.reversePathFilter(4, port.device);
  if (level === 0) return true;
  const own = guest.kernel.links.get(device)?.addresses ?? [];
  const asker = own
    .map(({ address }) => parseAddress(address))
    .find((one) => one?.family === parseAddress(gateway)?.family);
  const wanted = parseAddress(gateway);
  if (asker === undefined || wanted?.family !== 4) return true;
  const [source, destination] = [hostPrefix(wanted), hostPrefix(asker)];
  const [answer] = port.guest.kernel.decide({ source, destination, device: 'lo' });
  const isHeard = answer?.decision.kind === 'sent' && answer.decision.hops.some((hop) => hop.device === port.device);
  return isHeard || `whether it answers ${asker.text} on ${port.device} is not certain`;
}
