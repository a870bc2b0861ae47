/** What a Linux node is asked by way of a pod, as the sections that docs/collect/collect.sh writes. */
import { arpIgnoreOf, BARE_SWITCHES, BRIDGE, IP_READS, NETCONF } from './commands.ts';
import { NO_PROGRAM, sectionOf, type SectionAnswer, type Sections } from './sections.ts';
import { linksToAsk, numbersOf, settingsOfNetconf } from './settings.ts';
import type { Talk } from './talk.ts';

/** Undefined: it has no `ip` that speaks JSON, or it does not answer, and then the talk's trouble says why. */
export async function readWithIp(talk: Talk): Promise<Map<string, SectionAnswer> | undefined> {
  const sections = new Map<string, SectionAnswer>();
  for (const [section, command] of IP_READS) {
    const ran = await talk.run(command);
    if (ran === undefined) return undefined;
    // busybox has an ip as well, and shows how to use it.
    if (sections.size === 0 && (ran.status !== 0 || !ran.stdout.startsWith('['))) return undefined;
    sections.set(section, sectionOf(ran));
  }
  const settings = await readSettings(talk, linksToAsk(sections.get('links')?.text ?? ''));
  if (settings === undefined) return undefined;
  return sections.set('settings', settings);
}

async function readSettings(talk: Talk, links: readonly string[]): Promise<SectionAnswer | undefined> {
  const ran = await talk.run(NETCONF);
  if (ran === undefined) return undefined;
  const lines = settingsOfNetconf(ran.stdout);
  if (ran.status !== 0 || lines === undefined) return { text: '', status: ran.status === 0 ? 1 : ran.status };
  const { names, command } = arpIgnoreOf(links);
  const files = await talk.run(command);
  if (files === undefined) return undefined;
  // A link that has gone meanwhile leaves a hole, and nobody knows where: then none of them is read.
  const values = files.status === 0 ? numbersOf(files.stdout, names.length) : undefined;
  lines.push(...(values ?? []).map((value, index) => `ipv4 arp_ignore ${value} ${names[index] ?? ''}`));
  const bridge = await talk.run(BRIDGE);
  if (bridge === undefined) return undefined;
  const [calls] = bridge.status === 0 ? (numbersOf(bridge.stdout, 1) ?? []) : [];
  if (calls !== undefined) lines.push(`bridge call_iptables ${calls} all`);
  return { text: lines.join('\n'), status: 0 };
}

/** Where there is nothing but `cat`: whether the kernel forwards at all. Undefined: not even that. */
export async function readSwitches(talk: Talk): Promise<Sections | undefined> {
  const lines: string[] = [];
  for (const { settings, command } of BARE_SWITCHES) {
    const ran = await talk.run(command);
    const values = ran?.status === 0 ? numbersOf(ran.stdout, settings.length) : undefined;
    if (values !== undefined) lines.push(...settings.map((line, at) => line.replace('VALUE', values[at] ?? '')));
  }
  if (lines.length === 0) return undefined;
  const none = { text: '', status: NO_PROGRAM };
  const sections = new Map(IP_READS.map(([section]): [string, SectionAnswer] => [section, none]));
  return sections.set('settings', { text: lines.join('\n'), status: 0 });
}
