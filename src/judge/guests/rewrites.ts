/** Where packets between pods get another source on their way. */
import type { RuleRewrite } from '../../rules/rule.ts';
import type { End } from './ends.ts';

interface Tally {
  readonly addresses: Set<string>;
  pairs: number;
}

/** Of first packets, pair by pair; by node and rule. */
export function noteRewrites(walks: Iterable<readonly End[]>): RuleRewrite[] {
  const notes = new Map<string, Omit<RuleRewrite, keyof Tally> & Tally>();
  for (const ends of walks) {
    const counted = new Set<Tally>();
    for (const { guest, by, address } of ends.flatMap(({ flight }) => flight?.rewrites ?? [])) {
      const key = `${guest.name}/${by.chain}/${by.text}`;
      const known = notes.get(key);
      const { source } = guest.kernel.facts;
      const note = known ?? { node: guest.name, source, by, addresses: new Set<string>(), pairs: 0 };
      if (known === undefined) notes.set(key, note);
      note.addresses.add(address.text.replace(/\/(32|128)$/, ''));
      if (counted.has(note)) continue;
      counted.add(note);
      note.pairs += 1;
    }
  }
  return [...notes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, note]) => ({ ...note, addresses: [...note.addresses].sort() }));
}
