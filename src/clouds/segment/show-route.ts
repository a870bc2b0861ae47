/**
 * `show ip route` and `show ipv6 route` of FRR, Cisco IOS and IOS-XE, and Arista EOS: a letter, a prefix, and then ways on the
 * same line or on lines of their own. A line that is not understood is told, never skipped.
 */
import type { Family } from '../../model/prefix.ts';
import { parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { Draft, TextRouter, TextTable } from './lines.ts';
import { finishRoute, quoteLine, tableOf } from './lines.ts';
import { readWay } from './way.ts';

export type LetterSystem = 'frr' | 'ios' | 'eos';

/** A route, as FRR marks it. */
type Standing = 'used' | 'kept' | 'backup';

interface Pending extends Draft {
  readonly table: TextTable;
  readonly code: string;
  readonly standing: Standing;
  /** FRR marks the ways that it uses; others print no others. */
  readonly marks: boolean[];
}

/** Lines that say nothing about where packets go. */
const NOTES: readonly RegExp[] = [
  /^Gateway of last resort\b/i,
  /^(Source )?Codes:/i,
  /^(IP|IPv4|IPv6) (unicast )?routing table\b/i,
  /^Displaying \d+ of \d+ IP(v6)? routing table entries/i,
  /^WARNING: Some of the routes are not programmed in/i,
  /^(kernel|hardware), and they are marked with '%'/i,
  /^(Building configuration|Current configuration)/i,
];

/** `B I - iBGP, B E - eBGP, R - RIP`; `> - selected route`. */
const LEGEND = /^\s+(\S+|\S+ \S+)\s+- \S/;

const V4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const V6 = String.raw`[0-9A-Fa-f]*:[0-9A-Fa-f:.]*`;
/** The letters, the destination, and the rest. */
const ROUTE = new RegExp(
  String.raw`^\s{0,2}([A-Za-z].*?)\s*(?<![\w.:/])(${V4}(?:/\d{1,2})?|${V6}/\d{1,3})(?![\w.:/])(.*)$`,
);
/** `10.0.0.0/8 is variably subnetted, 3 subnets, 2 masks`; `1.0.0.0/24 is subnetted, 1 subnets`. */
const SUBNETTED = new RegExp(String.raw`^\s+(${V4})(?:/(\d{1,2}))? is (variably )?subnetted, \d+ subnets?`);

const VRF: readonly RegExp[] = [
  /^VRF(?: name)?:? (\S+?):?$/,
  /^Routing Table: (\S+)/,
  /^IPv6 Routing Table - (\S+) - /,
];

export function parseLetterRoutes(text: string, system: LetterSystem): TextRouter {
  return new Reader(system).read(text);
}

class Reader {
  readonly #system: LetterSystem;
  readonly #tables = new Map<string, TextTable>();
  readonly #routes: Pending[] = [];
  #vrf = 'default';
  /** Of IOS: the length of the routes that follow, if they all have one. */
  #mask: { readonly network: string; readonly length: number } | undefined;

  constructor(system: LetterSystem) {
    this.#system = system;
  }

  read(text: string): TextRouter {
    for (const line of text.split('\n')) this.#line(line.trimEnd());
    this.#finish();
    return { tables: [...this.#tables.values()] };
  }

  #line(line: string): void {
    if (line.trim() === '' || NOTES.some((note) => note.test(line.trimStart()))) return;
    const vrf = VRF.map((form) => form.exec(line.trimStart())?.[1]).find((name) => name !== undefined);
    if (vrf !== undefined) {
      this.#vrf = vrf;
      return;
    }
    const [, network, mask, isVariable] = SUBNETTED.exec(line) ?? [];
    if (network !== undefined) {
      this.#mask = isVariable !== undefined || mask === undefined ? undefined : { network, length: Number(mask) };
      return;
    }
    const [, code, destination, rest] = ROUTE.exec(line) ?? [];
    if (code !== undefined && destination !== undefined && isCode(code)) {
      this.#route(code, destination, rest ?? '', line);
      return;
    }
    if (LEGEND.test(line)) return;
    const last = this.#routes.at(-1);
    if (last !== undefined && /^\s/.test(line) && readsOn(line)) this.#way(last, line);
    else this.#table().troubles.push(`a line ${quoteLine(line)}`);
  }

  #route(code: string, destination: string, rest: string, line: string): void {
    const prefix = parsePrefix(this.#whole(destination));
    if (prefix === undefined) {
      this.#table().troubles.push(`a line ${quoteLine(line)}`);
      return;
    }
    const table = this.#table();
    table.families.add(prefix.family);
    const [letters = ''] = /^[A-Za-z][A-Za-z0-9 ]*/.exec(code.replace('*', ' ')) ?? [];
    const pending: Pending = {
      table,
      code,
      standing: this.#system === 'frr' ? standingOf(code) : 'used',
      prefix: prefix.text,
      protocol: protocolOf(letters.trim().replace(/\s+/g, ' ')),
      hops: [],
      strange: strangeMarks(code, this.#system),
      isDiscard: false,
      marks: [],
    };
    this.#routes.push(pending);
    if (rest.trim() !== '') this.#way(pending, rest, /[>*]\s*\*/.test(code) || /\*\s*$/.test(code));
  }

  /** IOS leaves out the length that the header says. */
  #whole(destination: string): string {
    if (destination.includes('/')) return destination;
    const mask = this.#mask;
    const classful = mask === undefined ? undefined : parsePrefix(`${mask.network}/${String(classOf(mask.network))}`);
    const isBelow =
      classful !== undefined && parsePrefix(`${destination}/${String(classful.length)}`)?.text === classful.text;
    return isBelow && mask !== undefined ? `${destination}/${String(mask.length)}` : destination;
  }

  #way(route: Pending, text: string, isMarked = /^\s*\*/.test(text)): void {
    const way = readWay(text.replace(/^\s*[*>qrbto#]?\s*/, ''), familyOf(route.prefix));
    if (typeof way === 'string') {
      route.strange.push(way);
      return;
    }
    if (way === undefined) return;
    if (way.kind === 'discard') {
      route.isDiscard = true;
      route.marks.push(isMarked);
      return;
    }
    if (way.kind === 'inactive') return;
    route.hops.push(way.hop);
    route.marks.push(isMarked);
  }

  #finish(): void {
    const best = new Set<Pending>();
    for (const group of Map.groupBy(this.#routes, ({ table, prefix }) => `${table.vrf} ${prefix}`).values()) {
      const used = group.filter(({ standing }) => standing === 'used');
      // A kernel keeps what a daemon has not chosen, and uses it where nothing better is there.
      for (const one of used.length > 0 ? used : group.filter(({ standing }) => standing === 'kept')) best.add(one);
    }
    for (const route of this.#routes) if (best.has(route)) this.#keep(route);
  }

  #keep(route: Pending): void {
    const { table, prefix, hops, marks, protocol } = route;
    if (protocol === 'L' || (protocol === 'LC' && this.#system === 'ios')) {
      const [address = '', length = ''] = prefix.split('/');
      const isHost = length === '32' || length === '128';
      // FF00::/8 is what every IPv6 router listens to.
      for (const hop of hops)
        if (isHost) table.addresses.push({ interface: hop.interface ?? '', address, length: Number(length) });
      return;
    }
    if (this.#system !== 'frr') {
      table.routes.push(finishRoute(route));
      return;
    }
    const isChosen = (_: unknown, index: number): boolean => marks[index] === true;
    const strange = marks.includes(true) ? route.strange : [...route.strange, 'it is not installed'];
    table.routes.push(finishRoute({ ...route, strange, hops: hops.filter(isChosen) }));
  }

  #table(): TextTable {
    return tableOf(this.#tables, this.#vrf);
  }
}

/** Letters that mean the same on all of them; others stay letters. */
const PROTOCOLS: Readonly<Record<string, string>> = { S: 'static', B: 'bgp', O: 'ospf', C: 'connected', K: 'kernel' };

function protocolOf(letters: string): string {
  return PROTOCOLS[letters.split(' ')[0] ?? ''] ?? letters;
}

/** `S`, `O*E2`, `i L2`, `B>*`, `B I`, `S   %`: letters and marks, and no words. */
function isCode(code: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]{0,2}(?:[ *>]+[A-Za-z][A-Za-z0-9]?)?[\s>*%+&pqrbto#!]*$/.test(code);
}

function standingOf(code: string): Standing {
  if (code.includes('>')) return 'used';
  return code.includes('*') ? 'kept' : 'backup';
}

/** FRR: `r` rejected by the kernel, `q` not yet there, `o` and `#` not in hardware, `t` goes to the CPU. */
function strangeMarks(code: string, system: LetterSystem): string[] {
  if (system === 'frr') {
    const [, marks = ''] = /^[A-Za-z]\s?[>*]?(.*)$/.exec(code) ?? [];
    return /[qro#]/.test(marks) ? [`its mark is ${JSON.stringify(code.replace(/\s+/g, ''))}`] : [];
  }
  if (system === 'eos' && code.includes('%')) return ['it is not programmed in the kernel'];
  return [];
}

function readsOn(line: string): boolean {
  return /^\s+[*>qrbto#]?\s*(\[|via\b|is directly|directly connected|is a summary|unreachable|blackhole|prohibit)/.test(
    line,
  );
}

function familyOf(prefix: string): Family {
  return prefix.includes(':') ? 6 : 4;
}

/** In bits, as IOS groups its routes. */
function classOf(network: string): number {
  const first = Number(parseAddress(network)?.text.split('.')[0] ?? 0);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}
