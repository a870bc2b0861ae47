import { truth, type PairVerdict, type TruthOptions } from '../../../lab/truth/truth.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { inject } from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';

const LETTERS: Readonly<Record<PairVerdict, string>> = {
  pass: 'p',
  fail: 'f',
  partial: 'P',
  unknown: 'u',
  'not-applicable': 'n',
};

/** One letter for each ordered pair, sender by sender: p f P(artial) u n. */
export function verdictRow(world: World, list: readonly Fault[], options: TruthOptions = {}): string {
  return [...truth(inject(world, ...list).world, options).pairs.values()]
    .flatMap((to) => [...to.values()].map((pair) => LETTERS[pair.oneWay]))
    .join('');
}
