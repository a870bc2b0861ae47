/** Verdicts beside real packets in real kernels: for every ordered pair, one way and there and back. */
import { describe, expect, test } from '@jest/globals';
import { KernelLab, whyNoKernelLab } from '../../../lab/kernel/namespaces.ts';
import { randomTopology } from '../../../lab/kernel/random-topology.ts';
import type { GuestFacts } from '../../../src/model/snapshot.ts';
import type { Compared } from './judging.ts';
import { Tally, compare, isTrue, readGuests } from './judging.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) console.warn(`Skipped: ${trouble}.`);

const MANY = Number(process.env['KERNEL_TOPOLOGIES'] ?? '200');
const FIRST = Number(process.env['KERNEL_FIRST'] ?? '1');

/** A third is read before any pod has sent a packet, half are told which nodes are neighbours, some by somebody who is not root. */
function judge(seed: number): { readonly says: string; readonly pairs: readonly Compared[] } {
  const topology = randomTopology(seed);
  const lab = new KernelLab(topology, String(seed));
  try {
    const early = seed % 3 === 0 ? readGuests(lab, topology) : undefined;
    const probes = lab.probe();
    const guests = (early ?? readGuests(lab, topology)).map(seed % 11 === 0 ? withoutFirewall : same);
    return { says: topology.says.join('; '), pairs: compare(topology, guests, probes, { isTold: seed % 2 === 0 }) };
  } finally {
    lab.close();
  }
}

const same = (facts: GuestFacts): GuestFacts => facts;

function withoutFirewall({ firewall: _, ...facts }: GuestFacts): GuestFacts {
  return facts;
}

(trouble === undefined ? describe : describe.skip)('random topologies', () => {
  const tally = new Tally();

  test.each(Array.from({ length: MANY }, (_, index) => FIRST + index))('number %d', (seed) => {
    const { says, pairs } = judge(seed);
    const wrong = pairs.filter((one) => !isTrue(one));
    expect({ says, wrong }).toEqual({ says, wrong: [] });
    tally.add(pairs);
  });

  test('most is known, of every kind', () => {
    console.info(`Pairs, one way and there and back: ${String(tally)}`);
    for (const real of ['pass', 'fail', 'partial']) expect([real, tally.of(`known ${real}`)]).not.toEqual([real, 0]);
    expect(tally.known).toBeGreaterThan(0.5);
  });
});
