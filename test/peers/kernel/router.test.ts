/** Nodes that leave the pods to a router, whose real routes are exported as FRR prints them: verdicts beside real packets. */
import { describe, expect, test } from '@jest/globals';
import { KernelLab, whyNoKernelLab } from '../../../lab/kernel/namespaces.ts';
import { exportRouter } from '../../../lab/kernel/router-export.ts';
import { torTopology } from '../../../lab/kernel/tor-topology.ts';
import { parseExport } from '../../../src/clouds/segment/index.ts';
import type { Compared } from './judging.ts';
import { Tally, compare, isTrue, readGuests } from './judging.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) console.warn(`Skipped: ${trouble}.`);

const MANY = Number(process.env['KERNEL_TOPOLOGIES'] ?? '16');
const FIRST = Number(process.env['KERNEL_FIRST'] ?? '1');

function judge(seed: number): { readonly says: string; readonly pairs: readonly Compared[] } {
  const topology = torTopology(seed);
  const lab = new KernelLab(topology, `t${String(seed)}`);
  try {
    const probes = lab.probe();
    const guests = readGuests(lab, topology);
    const routers = parseExport(exportRouter(lab), 'router.txt');
    expect(routers).toMatchObject([{ name: 'router', unread: [] }]);
    const pairs = compare(topology, guests, probes, { isTold: seed % 2 === 0, routers });
    return { says: topology.says.join('; '), pairs };
  } finally {
    lab.close();
  }
}

(trouble === undefined ? describe : describe.skip)('nodes behind a router', () => {
  const tally = new Tally();

  test.each(Array.from({ length: MANY }, (_, index) => FIRST + index))('number %d', (seed) => {
    const { says, pairs } = judge(seed);
    const wrong = pairs.filter((one) => !isTrue(one));
    expect({ says, wrong }).toEqual({ says, wrong: [] });
    tally.add(pairs);
  });

  test('most is known, of every kind', () => {
    for (const real of ['pass', 'fail', 'partial']) expect([real, tally.of(`known ${real}`)]).not.toEqual([real, 0]);
    expect(tally.known).toBeGreaterThan(0.6);
  });
});
