/** What a Linux node is asked by way of a pod, as the sections that docs/collect/collect.sh writes. */
import type { Ran } from '../model/pod.ts';
import { arpIgnoreOf, BARE_SWITCHES, IP_READS, NETCONF } from './commands.ts';
import { linksToAsk, numbersOf, settingsOfNetconf } from './settings.ts';
import type { Talk } from './talk.ts';

export interface SectionAnswer {
  readonly text: string;
  readonly status: number;
}

export type Sections = ReadonlyMap<string, SectionAnswer>;

/** As a shell has it where there is no such program. */
const NO_PROGRAM = 127;

/** Undefined: it has no `ip` that speaks JSON, or it does not answer, and then the talk's trouble says why. */
export async function readWithIp(talk: Talk): Promise<Sections | undefined> {
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
  const more = (values ?? []).map((value, index) => `ipv4 arp_ignore ${value} ${names[index] ?? ''}`);
  return { text: [...lines, ...more].join('\n'), status: 0 };
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

/** A line that looks like one of ours would end the section early. */
function sectionOf({ stdout, status }: Ran): SectionAnswer {
  return /^#prc /m.test(stdout) ? { text: '', status: status === 0 ? 1 : status } : { text: stdout, status };
}
