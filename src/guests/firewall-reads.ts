/** What netfilter does on a node, asked by way of pods as docs/collect/collect.sh asks it, but without a shell. */
import type { Ran } from '../model/pod.ts';
import { NFT, tablesOf, type Tables } from './commands.ts';
import { NO_PROGRAM, sectionOf, type SectionAnswer } from './sections.ts';
import type { Talk } from './talk.ts';

const NOTHING: SectionAnswer = { text: '', status: 0 };
const FAILED: SectionAnswer = { text: '', status: 1 };

/** All containers of the node: what one image lacks or may not do, another has. */
export async function readFirewall(talks: readonly Talk[]): Promise<ReadonlyMap<string, SectionAnswer>> {
  const sections = new Map<string, SectionAnswer>();
  for (const [suffix, tables] of [
    ['4', tablesOf('ip')],
    ['6', tablesOf('ip6')],
  ] as const) {
    sections.set(`legacy${suffix}`, await readLegacy(talks, tables));
    sections.set(`xtables${suffix}`, await readNew(talks, tables));
  }
  return sections.set('nft', sectionOf(await first(talks, (talk) => talk.run(NFT))));
}

/** iptables of the older kind: the kernel says whether any of its tables exist. */
async function readLegacy(
  talks: readonly Talk[],
  { names, legacySave, save, version }: Tables,
): Promise<SectionAnswer> {
  const listed = await first(talks, (talk) => talk.run(names));
  if (listed === undefined) return FAILED;
  // Without the module there is no such file.
  if (listed.status !== 0) return /no such file/i.test(listed.stderr) ? NOTHING : FAILED;
  if (listed.stdout.trim() === '') return NOTHING;
  return sectionOf(
    await first(talks, async (talk) => {
      const own = await talk.run(legacySave);
      if (own?.status !== NO_PROGRAM) return own;
      const isNew = await speaksNfTables(talk, version);
      return isNew === false ? talk.run(save) : own;
    }),
  );
}

/** What iptables keeps in nf_tables: it knows matches of its own that nft does not tell. Nothing: nft tells all. */
async function readNew(talks: readonly Talk[], { newSave, save, version }: Tables): Promise<SectionAnswer> {
  const ran = await first(talks, async (talk) => {
    const own = await talk.run(newSave);
    if (own?.status !== NO_PROGRAM) return own;
    return (await speaksNfTables(talk, version)) === true ? talk.run(save) : own;
  });
  return ran?.status === NO_PROGRAM ? NOTHING : sectionOf(ran);
}

/** Undefined: it has no iptables. */
async function speaksNfTables(talk: Talk, version: readonly string[]): Promise<boolean | undefined> {
  const ran = await talk.run(version);
  return ran?.status === 0 ? ran.stdout.includes('nf_tables') : undefined;
}

/** The first that succeeds, else the one that came furthest: a program that fails knows more than none. */
async function first(talks: readonly Talk[], ask: (talk: Talk) => Promise<Ran | undefined>): Promise<Ran | undefined> {
  let best: Ran | undefined;
  for (const talk of talks) {
    const ran = await ask(talk);
    if (ran?.status === 0) return ran;
    if (best === undefined || best.status === NO_PROGRAM) best = ran ?? best;
  }
  return best;
}
