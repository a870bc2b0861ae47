/** The output of docs/collect/collect.sh or collect.ps1, of one node or of several one after the other. */
import type { GuestFacts, GuestLink, GuestPart, GuestSwitches, GuestUnread } from '../model/guest.ts';
import type { TakePart } from './firewall.ts';
import { parseFirewall } from './firewall.ts';
import type { Parsed } from './json.ts';
import type { Setting } from './linux.ts';
import { parseLinks, parseNeighbours, parseRoutes, parseRules, parseSettings } from './linux.ts';
import { withoutNoise } from './powershell.ts';
import { factsOfWindows } from './windows-bundle.ts';

interface Section {
  readonly text: string;
  /** Of the command; absent: the file ends within. */
  readonly status?: number;
}

interface Whole {
  readonly node: string;
  readonly os: string;
  readonly at: string;
  readonly sections: ReadonlyMap<string, Section>;
  /** Everything that the script wrote arrived. */
  readonly isDone: boolean;
}

/** A text: why there are no facts. */
export type BundleResult = GuestFacts | { readonly node?: string; readonly trouble: string };

/** @param source where the text was read, for people */
export function parseBundle(text: string, source: string): BundleResult[] {
  const starts = withoutNoise(text.replaceAll('\uFEFF', '').replaceAll('\r\n', '\n'))
    .split(/^(?=#prc guest )/m)
    .filter((part) => part.trim() !== '');
  if (starts.length === 0) return [{ trouble: 'it is empty' }];
  return starts.map((part) => parseNode(part, source));
}

function parseNode(text: string, source: string): BundleResult {
  if (text.includes('\0')) return { trouble: 'it holds NUL bytes, as UTF-16 does; store it as UTF-8' };
  if (!text.startsWith('#prc guest ')) return { trouble: 'it is no output of collect.sh or collect.ps1' };
  if (!text.startsWith('#prc guest 1\n')) return { trouble: 'it was written by a newer collector' };
  const { node, os, at, sections, isDone } = split(text);
  if (node === '') return { trouble: 'it names no node' };
  if (os !== 'linux' && os !== 'windows') {
    return { node, trouble: `its operating system is ${JSON.stringify(os.slice(0, 20))}` };
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at) || Number.isNaN(Date.parse(at))) {
    return { node, trouble: 'it does not say when it was written' };
  }
  const unread: GuestUnread[] = [];
  const take: Take = (name, part, parse, least) => {
    const { items, trouble } = takeSection(sections.get(name), parse, least, isDone);
    if (trouble !== undefined) unread.push({ part, reason: trouble });
    return items;
  };
  const takePart: TakePart = (name, parse) => takeSection(sections.get(name), parse, 0, isDone);
  const read = os === 'linux' ? factsOfLinux(take, takePart, unread) : factsOfWindows(take, unread);
  if (new Set(read.links.map(({ name }) => name)).size < read.links.length) {
    return { node, trouble: 'it has two interfaces of one name' };
  }
  return { node, os, source, readAt: at, ...read, unread };
}

/** What could be read of a section, whose least number of items is known; the rest is noted as unread. */
export type Take = <T>(
  name: string,
  part: GuestPart,
  parse: (text: string) => Parsed<T>,
  least: number,
) => readonly T[];

export type ReadFacts = Omit<GuestFacts, 'node' | 'os' | 'source' | 'readAt' | 'unread'>;

function factsOfLinux(take: Take, takePart: TakePart, unread: GuestUnread[]): ReadFacts {
  // Every kernel has lo with its routes, and the rules it starts with; without IPv6 there is nothing of it.
  const bare = take('links', 'links', parseLinks, 1);
  const routes4 = take('routes4', 'routes4', (part) => parseRoutes(part, 4), 1);
  const routes6 = take('routes6', 'routes6', (part) => parseRoutes(part, 6), 0);
  const rules4 = take('rules4', 'rules4', (part) => parseRules(part, 4), 1);
  const rules6 = take('rules6', 'rules6', (part) => parseRules(part, 6), 0);
  const neighbours4 = take('neighbours4', 'neighbours', parseNeighbours, 0);
  const neighbours6 = take('neighbours6', 'neighbours', parseNeighbours, 0);
  const settings = take('settings', 'settings', parseSettings, 1);
  const bridge = settings.find(({ name }) => name === 'call_iptables');
  const firewall = parseFirewall(takePart);
  unread.push(...firewall.unread);
  const switches = Map.groupBy(settings, ({ link }) => link);
  return {
    links: bare.map((link): GuestLink => ({ ...link, ...switchesOf(switches.get(link.name) ?? []) })),
    routes: [...routes4, ...routes6],
    rules4,
    rules6,
    neighbours: [...neighbours4, ...neighbours6],
    all: switchesOf(switches.get('all') ?? []),
    fresh: switchesOf(switches.get('default') ?? []),
    firewall: firewall.chains,
    ...(bridge === undefined ? {} : { bridgeCallsIptables: bridge.value !== 0 }),
  };
}

function takeSection<T>(
  section: Section | undefined,
  parse: (text: string) => Parsed<T>,
  least: number,
  isDone: boolean,
): { readonly items: readonly T[]; readonly trouble?: string } {
  if (section === undefined) return { items: [], trouble: isDone ? 'it is not in the file' : 'the file is cut off' };
  if (section.status === undefined) return { items: [], trouble: 'the file is cut off' };
  if (section.status === 127) return { items: [], trouble: 'the program for it is not there' };
  if (section.status !== 0) return { items: [], trouble: `the command ended with ${String(section.status)}` };
  const { items, troubles } = parse(section.text);
  const [first] = troubles;
  if (first !== undefined) {
    const more = troubles.length > 1 ? ` and ${String(troubles.length - 1)} more` : '';
    return { items, trouble: `not understood: ${first}${more}` };
  }
  return items.length < least ? { items, trouble: 'it is empty, which it never is' } : { items };
}

function split(text: string): Whole {
  const sections = new Map<string, Section>();
  const head = { node: '', os: '', at: '' };
  let open: { readonly name: string; readonly lines: string[] } | undefined;
  let isDone = false;
  for (const line of text.split('\n')) {
    const [, word = '', rest = ''] = /^#prc (\S+) ?(.*)$/.exec(line) ?? [];
    if (open !== undefined) {
      const status = word === 'end' && rest.startsWith(`${open.name} `) ? rest.slice(open.name.length + 1) : undefined;
      if (status === undefined) open.lines.push(line);
      else {
        sections.set(open.name, {
          text: open.lines.join('\n'),
          status: /^\d{1,3}$/.test(status) ? Number(status) : 255,
        });
        open = undefined;
      }
    } else if (word === 'begin') open = { name: rest, lines: [] };
    else if (word === 'node' || word === 'os' || word === 'at') head[word] = rest.trim();
    else if (word === 'done') isDone = true;
  }
  if (open !== undefined) sections.set(open.name, { text: open.lines.join('\n') });
  return { ...head, sections, isDone };
}

function switchesOf(settings: readonly Setting[]): GuestSwitches {
  const value = (family: Setting['family'], name: Setting['name']): number | undefined =>
    settings.find((one) => one.family === family && one.name === name)?.value;
  const forwarding4 = value('ipv4', 'forwarding');
  const forwarding6 = value('ipv6', 'forwarding');
  const rpFilter = value('ipv4', 'rp_filter');
  const arpIgnore = value('ipv4', 'arp_ignore');
  const proxyArp = value('ipv4', 'proxy_arp');
  return {
    ...(forwarding4 === undefined ? {} : { forwarding4: forwarding4 !== 0 }),
    ...(forwarding6 === undefined ? {} : { forwarding6: forwarding6 !== 0 }),
    ...(rpFilter === undefined ? {} : { rpFilter }),
    ...(arpIgnore === undefined ? {} : { arpIgnore }),
    ...(proxyArp === undefined ? {} : { proxyArp: proxyArp !== 0 }),
  };
}
