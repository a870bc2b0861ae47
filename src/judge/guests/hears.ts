/** Whether a question for a hardware address is heard. */
import { hostPrefix, parseAddress } from '../../model/prefix.ts';
import type { Port } from './links.ts';

/**
 * A question is dropped, too, where its sender's address should come in elsewhere.
 * @param asker the address in the question; undefined: not known
 */
export function hears(port: Port, asker: string | undefined, gateway: string): true | string {
  const from = asker === undefined ? undefined : parseAddress(asker);
  const wanted = parseAddress(gateway);
  if (from === undefined || wanted?.family !== 4) return true;
  const level = port.guest.kernel.reversePathFilter(4, port.device);
  if (level === 0) return true;
  const [source, destination] = [hostPrefix(wanted), hostPrefix(from)];
  const [answer] = port.guest.kernel.decide({ source, destination, device: 'lo' });
  const isHeard = answer?.decision.kind === 'sent' && answer.decision.hops.some((hop) => hop.device === port.device);
  return isHeard || `whether it answers ${from.text} on ${port.device} is not certain`;
}
