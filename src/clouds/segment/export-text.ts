/** A file with what a router printed: which system it is, its own addresses, and one router per VRF. */
import { parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { RouterFacts, RouterInterface, RouterRoute, RouterSystem } from '../../model/router.ts';
import type { TextTable } from './lines.ts';
import { joinInterfaces } from './lines.ts';
import { parseNxosRoutes } from './nxos.ts';
import type { LetterSystem } from './show-route.ts';
import { parseLetterRoutes } from './show-route.ts';

/** Why a file gives no routers, and what to do. */
export interface Refusal {
  readonly what: string;
  readonly hint: string;
}

interface Told {
  readonly name: string | undefined;
  readonly at: string | undefined;
  readonly outside: readonly string[];
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly length?: number }[];
  readonly troubles: readonly string[];
  /** The text without what was told, prompts and lists of interfaces. */
  readonly rest: string;
}

const WHOLE =
  'Give the whole output of show ip route, without filter or pager (terminal length 0), in a file per router; docs/routers.md shows how.';

/** @param name of the file, without ending: the router is called so unless the text says otherwise */
export function parseExportText(text: string, source: string, name: string): RouterFacts[] | Refusal {
  const told = listen(text);
  const system = systemOf(told.rest);
  if (system === undefined) return { what: 'it is no output of show ip route that is known', hint: WHOLE };
  const { tables } = system === 'nxos' ? parseNxosRoutes(told.rest) : parseLetterRoutes(told.rest, system);
  const several = tables.filter(({ routes }) => routes.length > 0);
  const troubles = tables.flatMap((table) => table.troubles);
  if (several.length === 0) {
    const seen = troubles[0] === undefined ? '' : ` (first ${troubles[0]})`;
    return { what: `it holds no route${seen}`, hint: WHOLE };
  }
  if (!several.some(({ routes }) => routes.some(isConnected))) {
    return { what: 'it holds no connected network, so it is only a part of the routing table', hint: WHOLE };
  }
  const routers = several.flatMap((table) => routerOf(table, told, { source, system, name: told.name ?? name }));
  if (routers.length > 0) return routers;
  const hint =
    'Add the output of show ip interface brief (show interface brief on FRR) to the file, or a line such as: #prc address 192.168.10.254/24 Vlan10';
  return { what: 'it does not say which addresses the router has itself', hint };
}

/** A VRF without an address of its own cannot be reached, and is left out. */
function routerOf(
  table: TextTable,
  told: Told,
  { name, ...more }: Pick<RouterFacts, 'source' | 'name'> & { readonly system: RouterSystem },
): RouterFacts[] {
  const { routes, vrf } = table;
  const placed = told.addresses.flatMap((one) => {
    const link = one.interface === '' ? linkBehind(one.address, routes) : one.interface;
    // An interface belongs to the VRF that has its network.
    const isHere = routes.some((route) => isConnected(route) && holds(route.prefix, one.address));
    return link === undefined || !isHere ? [] : [{ ...one, interface: link }];
  });
  const interfaces: RouterInterface[] = joinInterfaces([...table.addresses, ...placed], routes);
  if (interfaces.length === 0) return [];
  return [
    {
      name: vrf === 'default' ? name : `${name} vrf ${vrf}`,
      ...more,
      ...(told.at === undefined ? {} : { readAt: told.at }),
      families: [...table.families].sort(),
      interfaces: interfaces.sort((a, b) => (a.name < b.name ? -1 : 1)),
      routes,
      outside: told.outside,
      unread: [...table.troubles, ...told.troubles],
    },
  ];
}

function isConnected({ hops }: RouterRoute): boolean {
  return hops.some((hop) => hop.gateway === undefined);
}

function holds(prefix: string, address: string): boolean {
  const parsed = parsePrefix(prefix);
  return parsed !== undefined && parsePrefix(`${address}/${String(parsed.length)}`)?.text === parsed.text;
}

function linkBehind(address: string, routes: readonly RouterRoute[]): string | undefined {
  const route = routes.find((one) => isConnected(one) && holds(one.prefix, address));
  return route?.hops.find((hop) => hop.gateway === undefined)?.interface;
}

function systemOf(text: string): LetterSystem | 'nxos' | undefined {
  if (/ubest\/mbest:|IP(v6)? Rout(e|ing) Table for VRF "|\d+ ucast next-hops/.test(text)) return 'nxos';
  const letters: LetterSystem | undefined = /- selected route|^[A-Za-z][> ]\* /m.test(text)
    ? 'frr'
    : /^VRF(?: name)?: |NG - Nexthop Group|O3 - OSPFv3|^ [A-Z][A-Z0-9 ]{0,3} +\d/m.test(text)
      ? 'eos'
      : /^Codes:|Gateway of last resort|^[A-Za-z]\S*\*?( \S\S)? +[\dA-Fa-f.:]+(\/\d+)? (\[|is directly)/m.test(text)
        ? 'ios'
        : undefined;
  return letters;
}

/** `tor-1#show ip route`, `tor-1>`; and not `S>* 10.0.0.0/8`. */
const PROMPT = /^([A-Za-z][\w.-]*)(?:\([\w-]+\))?[#>]\s?(?:(?:sh|show|do|ter|term|terminal|exit|en|enable)\b.*)?$/;

/** What is said beside the routes: lines of ours (`#prc ...`), prompts, and lists of interfaces. */
function listen(text: string): Told {
  const outside: string[] = [];
  const addresses: { interface: string; address: string; length?: number }[] = [];
  const troubles: string[] = [];
  const rest: string[] = [];
  let name: string | undefined;
  let at: string | undefined;
  let link = '';
  let isList = false;
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const [, word = '', value = ''] = /^[!#]\s?prc (\S+)\s*(.*)$/.exec(line) ?? [];
    const prompt = word === '' ? PROMPT.exec(line) : null;
    if (prompt !== null) {
      name ??= prompt[1];
      isList = false;
      continue;
    }
    if (word === 'router' && value !== '') name = value.trim();
    else if (word === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) at = value;
    else if (word === 'outside' && parseAddress(value.trim()) !== undefined)
      outside.push(parseAddress(value.trim())?.text ?? '');
    else if (word === 'address' && tellAddress(value, addresses)) continue;
    else if (word !== '') troubles.push(`a line ${JSON.stringify(line.slice(0, 60))}`);
    else if (/^\s*Interface\s+(IP[- ]Address|Status)\b|^\s{20,}Address\s*$/i.test(line)) isList = true;
    else if (isList && (line.trim() === '' || /^[-\s]+(Address)?$|^\s*Address\s*$|Address\s*$|Owner\s*$/.test(line)))
      continue;
    else if (isList) {
      const found =
        /^(\S+)?\s+(?:.*\s)?(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]+)(?:\/(\d{1,3}))?(?:\s.*)?$/.exec(line);
      if (found === null && !/unassigned|\b(up|down)\b/i.test(line)) {
        isList = false;
        rest.push(line);
        continue;
      }
      link = found?.[1] ?? link;
      const address = parseAddress(found?.[2] ?? '');
      if (address !== undefined)
        addresses.push({
          interface: link,
          address: address.text,
          ...(found?.[3] === undefined ? {} : { length: Number(found[3]) }),
        });
    } else rest.push(line);
  }
  return { name, at, outside, addresses, troubles, rest: rest.join('\n') };
}

/** `192.168.10.254/24 Vlan10`, `192.168.10.254`. */
function tellAddress(value: string, addresses: { interface: string; address: string; length?: number }[]): boolean {
  const [text = '', link = ''] = value.trim().split(/\s+/);
  const [host = '', length] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || (length !== undefined && parsePrefix(text) === undefined)) return false;
  addresses.push({
    interface: link,
    address: address.text,
    ...(length === undefined ? {} : { length: Number(length) }),
  });
  return true;
}
