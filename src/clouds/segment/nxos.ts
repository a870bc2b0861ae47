/** `show ip route` and `show ipv6 route` of Cisco NX-OS: a line per prefix, and below it a line per way. */
import { parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { Draft, TextRouter, TextTable } from './lines.ts';
import { finishRoute, quoteLine, tableOf } from './lines.ts';

const VRF = /^IP(?:v6)? Rout(?:e|ing) Table for VRF "([^"]+)"/;
const PREFIX =
  /^\s*([0-9A-Fa-f.:]+\/\d{1,3}),\s*(?:ubest\/mbest: (\d+)\/\d+|(\d+) ucast next-hops, \d+ mcast next-hops)/;
const WAY = /^\s*(\*{0,2})via\s+(.*)$/;

const NOTES: readonly RegExp[] = [
  /^'.*' denotes /,
  /^'%<string>' in via output/,
  /^Route not found$/,
  /^\[x\/y\] denotes/,
];

/** What may stand behind a way and changes nothing about it. */
const HARMLESS: readonly RegExp[] = [
  /^\[\d+\/\d+\]$/,
  /^[\d:.]+$/,
  /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?$/,
  /^tag \d+$/,
  /^(internal|external|inter|intra|type-[12]|L[12]|discard|stale|eBGP|iBGP|nssa.*)$/,
];

/** Who made a route: these say that the address is the router's own. */
const OWN = /^(local|direct|hsrp\S*|vrrp\S*|glbp\S*)$/;

export function parseNxosRoutes(text: string): TextRouter {
  const tables = new Map<string, TextTable>();
  let vrf = 'default';
  let open: { readonly draft: Draft & { protocol?: string }; readonly table: TextTable; isOwn: boolean } | undefined;
  const close = (): void => {
    if (open !== undefined && !open.isOwn) open.table.routes.push(finishRoute(open.draft));
    open = undefined;
  };
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    if (line.trim() === '' || NOTES.some((note) => note.test(line.trimStart()))) continue;
    const named = VRF.exec(line.trimStart())?.[1];
    if (named !== undefined) {
      close();
      vrf = named;
      continue;
    }
    const table = tableOf(tables, vrf);
    const prefix = parsePrefix(PREFIX.exec(line)?.[1] ?? '');
    if (prefix !== undefined) {
      close();
      table.families.add(prefix.family);
      open = { draft: { prefix: prefix.text, hops: [], strange: [], isDiscard: false }, table, isOwn: false };
      continue;
    }
    const [, stars, way = ''] = WAY.exec(line) ?? [];
    if (stars === undefined || open === undefined) table.troubles.push(`a line ${quoteLine(line)}`);
    // Not the best one, or for multicast only.
    else if (stars === '*') open.isOwn = readWay(open, way) || open.isOwn;
  }
  close();
  return { tables: [...tables.values()] };
}

/** True: the prefix is nothing but an address of the router. */
function readWay({ draft, table }: { readonly draft: Draft; readonly table: TextTable }, way: string): boolean {
  const [target = '', ...parts] = way.split(',').map((part) => part.trim());
  // `via vrf default, Null0`.
  const rest = /^vrf \S+$/.test(target) ? parts : [target, ...parts];
  const link = parts.find((part) => /^[A-Za-z][\w./:-]*\d[\w./:-]*$/.test(part) && !/^L[12]$/.test(part));
  if (rest.some((part) => /^Null0$/i.test(part))) {
    draft.isDiscard = true;
    return false;
  }
  const address = parseAddress(target);
  if (address === undefined) {
    draft.strange.push(JSON.stringify(`via ${target}`));
    return false;
  }
  // The protocol stands behind the age, and its details behind that: `bgp-65001, external, tag 65000`.
  const words = parts.filter((part) => part !== link && !HARMLESS.some((form) => form.test(part)));
  const [protocol = '', ...more] = words;
  Object.assign(draft, { protocol });
  if (OWN.test(protocol) && link !== undefined) {
    table.addresses.push({ interface: link, address: address.text, length: Number(draft.prefix.split('/')[1]) });
    if (protocol !== 'direct') return draft.prefix === `${address.text}/${address.family === 4 ? '32' : '128'}`;
    draft.hops.push({ interface: link });
    return false;
  }
  const odd = more.find((part) => part !== '');
  if (odd !== undefined) draft.strange.push(JSON.stringify(odd.slice(0, 50)));
  draft.hops.push({ gateway: address.text, ...(link === undefined ? {} : { interface: link }) });
  return false;
}
