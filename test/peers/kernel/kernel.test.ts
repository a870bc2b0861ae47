/** Verdicts beside real packets in real kernels: for every ordered pair, one way and there and back. */
import { describe, expect, test } from '@jest/globals';
import { KernelLab, whyNoKernelLab } from '../../../lab/kernel/namespaces.ts';
import { randomTopology } from '../../../lab/kernel/random-topology.ts';
import type { Compared } from './judging.ts';
import { compare, readGuests } from './judging.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) console.warn(`Skipped: ${trouble}.`);

const MANY = Number(process.env['KERNEL_TOPOLOGIES'] ?? '24');
const FIRST = Number(process.env['KERNEL_FIRST'] ?? '1');

/** A third is read before any pod has sent a packet, half are told which nodes are neighbours. */
function judge(seed: number): { readonly says: string; readonly pairs: readonly Compared[] } {
  const topology = randomTopology(seed);
  const lab = new KernelLab(topology, String(seed));
  try {
    const early = seed % 3 === 0 ? readGuests(lab, topology) : undefined;
    const probes = lab.probe();
    const guests = early ?? readGuests(lab, topology);
    return { says: topology.says.join('; '), pairs: compare(topology, guests, probes, { isTold: seed % 2 === 0 }) };
  } finally {
    lab.close();
  }
}

/** Some addresses are lost, and of the others nothing is known: partial, even if those are lost, too. */
function isHalfKnown({ judged, real, hasDoubt }: Compared): boolean {
  return judged === 'partial' && real === 'fail' && hasDoubt;
}

(trouble === undefined ? describe : describe.skip)('random topologies', () => {
  const tally = new Map<string, number>();

  test.each(Array.from({ length: MANY }, (_, index) => FIRST + index))('number %d', (seed) => {
    const { says, pairs } = judge(seed);
    const wrong = pairs.filter((one) => one.judged !== 'unknown' && one.judged !== one.real && !isHalfKnown(one));
    expect({ says, wrong }).toEqual({ says, wrong: [] });
    for (const { judged, real } of pairs) {
      const key = `${judged === 'unknown' ? 'unknown' : 'known'} ${real}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
  });

  test('most is known, of every kind', () => {
    const of = (key: string): number => tally.get(key) ?? 0;
    for (const real of ['pass', 'fail', 'partial']) expect([real, of(`known ${real}`)]).not.toEqual([real, 0]);
    const all = [...tally.values()].reduce((sum, many) => sum + many, 0);
    const known = of('known pass') + of('known fail') + of('known partial');
    expect(known / all).toBeGreaterThan(0.6);
  });
});
