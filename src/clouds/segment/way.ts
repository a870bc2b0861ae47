/** One way of a route, in the words that FRR, IOS and EOS share: `[1/0] via 10.0.0.2, Vlan10, weight 1, 00:01:02`. */
import type { Family } from '../../model/prefix.ts';
import { parseAddress } from '../../model/prefix.ts';
import type { RouterHop } from '../../model/router.ts';

/** Text: what is not understood. Undefined: it says nothing, as where the ways follow on lines of their own. */
export type Way =
  | { readonly kind: 'hop'; readonly hop: RouterHop }
  | { readonly kind: 'discard' }
  /** It is not used at the moment. */
  | { readonly kind: 'inactive' }
  | string
  | undefined;

const DISCARD = /^(null\s*0?|drop|discard|blackhole|reject)$/i;

/** What may stand behind a way and changes nothing about it. */
const HARMLESS: readonly RegExp[] = [
  /^weight \d+$/,
  /^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/,
  /^\d{1,4}:\d{2}(:\d{2})?$/,
  /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?$/,
  /^tag \d+$/i,
  /^src \S+$/,
  /^mtu \d+$/,
  /^distance \d+$/,
  /^(permanent|receive|directly connected|attached|internal|external)$/i,
  // EOS explains its tunnels' interfaces; the interface is what counts.
  /^Static Interface .*$/,
  /^dst \S+$/,
];

export function readWay(text: string, family: Family): Way {
  const [, rest = ''] = /^(?:\[[\d/]+\],?)?\s*(.*)$/.exec(text.trim()) ?? [];
  if (rest === '') return undefined;
  if (/^unreachable|^blackhole|^prohibit/.test(rest)) return { kind: 'discard' };
  const [first = '', ...parts] = rest.split(',').map((part) => part.trim());
  const connected = /^(?:is )?directly connected$/.exec(first);
  if (connected !== null) return ofInterface(parts, family);
  if (first === 'is a summary') return parts.some((part) => DISCARD.test(part)) ? { kind: 'discard' } : strange(rest);
  const [, target = ''] = /^via (.*)$/.exec(first) ?? [];
  if (target === '') return strange(rest);
  return ofTarget(target, parts);
}

function ofTarget(target: string, parts: readonly string[]): Way {
  const [name = '', ...marks] = target.split(/\s+/);
  const address = parseAddress(name.split('%')[0] ?? '');
  if (address === undefined) {
    // IOS writes connected IPv6 routes so: `via Vlan10, directly connected`.
    if (DISCARD.test(name)) return { kind: 'discard' };
    const isConnected = parts.some((part) => part === 'directly connected' || part === 'receive');
    return isConnected && marks.length === 0 ? { kind: 'hop', hop: { interface: name } } : strange(`via ${target}`);
  }
  if (marks.includes('inactive') || parts.some((part) => /\binactive\b/.test(part))) return { kind: 'inactive' };
  if (parts.some((part) => DISCARD.test(part))) return { kind: 'discard' };
  const foreign = parts.find((part) => !isHarmless(part) && !isInterface(part));
  const odd = marks.join(' ');
  if (foreign !== undefined) return strange(foreign);
  if (odd !== '' && !/^\((recursive|duplicate nexthop removed)\)$/.test(odd)) return strange(odd);
  const link = parts.find((part) => !isHarmless(part))?.replace(/ (onlink|linkdown)$/, '');
  return { kind: 'hop', hop: { gateway: address.text, ...(link === undefined ? {} : { interface: link }) } };
}

/** IOS-XR and FRR give the age before the interface, others behind it. */
function ofInterface(parts: readonly string[], family: Family): Way {
  const [link, ...more] = parts.filter((part) => !isHarmless(part));
  if (link === undefined) return strange(`directly connected (IPv${String(family)})`);
  if (DISCARD.test(link)) return { kind: 'discard' };
  const foreign = more.find((part) => !isHarmless(part)) ?? (isInterface(link) ? undefined : link);
  if (foreign !== undefined) return strange(foreign);
  return { kind: 'hop', hop: { interface: link.replace(/ (onlink|linkdown)$/, '') } };
}

function isHarmless(part: string): boolean {
  return part === '' || HARMLESS.some((form) => form.test(part));
}

/** One word; FRR writes `eth0 onlink`. Whatever stands in brackets (`eth0 (vrf blue)`) leads elsewhere. */
function isInterface(part: string): boolean {
  return /^[A-Za-z][\w./:@-]*( onlink| linkdown)?$/.test(part);
}

function strange(text: string): string {
  return JSON.stringify(text.length > 50 ? `${text.slice(0, 47)}...` : text);
}
