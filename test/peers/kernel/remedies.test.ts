/** What findings have somebody type on nodes, typed into real kernels: it mends what it says, and breaks nothing. */
import { describe, expect, test } from '@jest/globals';
import { KernelLab, whyNoKernelLab } from '../../../lab/kernel/namespaces.ts';
import { randomTopology } from '../../../lab/kernel/random-topology.ts';
import type { KernelNode, Topology } from '../../../lab/kernel/topology.ts';
import { segmentPrefix } from '../../../lab/kernel/topology.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { AUTO } from '../../support/judging.ts';
import { readGuests, snapshotOf } from './judging.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) console.warn(`Skipped: ${trouble}.`);

const MANY = Number(process.env['KERNEL_TOPOLOGIES'] ?? '12');
const FIRST = Number(process.env['KERNEL_FIRST'] ?? '1');
/** A fault behind another one shows when the first is mended. */
const MOST_ROUNDS = 6;

/** Of failing findings, by node. Files of the machine are not written. */
function linesFor(lab: KernelLab, topology: Topology): [KernelNode, string[]][] {
  const nodeSubnets = Array.from({ length: topology.segments }, (_, segment) => segmentPrefix(segment));
  const snapshot = snapshotOf(topology, readGuests(lab, topology));
  const { findings } = judgeSnapshot(snapshot, { ...AUTO, networkModes: ['host-gw'], nodeSubnets });
  const changes = findings.flatMap(({ verdict, hostChanges = [] }) => (verdict === 'fail' ? hostChanges : []));
  return topology.nodes.flatMap((node): [KernelNode, string[]][] => {
    const { ip } = remediesFor(
      [],
      changes.filter((change) => change.node === node.name),
    );
    const lines = ip.filter((line) => !line.startsWith('#') && !line.includes('/etc/'));
    return lines.length === 0 ? [] : [[node, lines]];
  });
}

function arrivals(lab: KernelLab): Set<string> {
  return new Set(lab.probe().flatMap(({ from, to, arrived }) => (arrived ? [`${from} -> ${to}`] : [])));
}

(trouble === undefined ? describe : describe.skip)('random topologies', () => {
  const tally = { mended: 0, typed: 0 };

  test.each(Array.from({ length: MANY }, (_, index) => FIRST + index))('number %d', (seed) => {
    const topology = randomTopology(seed);
    const lab = new KernelLab(topology, `mend${String(seed)}`);
    try {
      const before = arrivals(lab);
      const typed: string[] = [];
      let open = linesFor(lab, topology);
      for (let round = 0; open.length > 0 && round < MOST_ROUNDS; round += 1) {
        for (const [node, lines] of open) {
          for (const line of lines) {
            lab.type(node, line);
            typed.push(`${node.name}: ${line}`);
          }
        }
        open = linesFor(lab, topology);
      }
      const after = arrivals(lab);
      const lost = [...before].filter((pair) => !after.has(pair));
      expect({ says: topology.says, typed, open, lost }).toEqual({ says: topology.says, typed, open: [], lost: [] });
      tally.typed += typed.length;
      tally.mended += after.size - before.size;
    } finally {
      lab.close();
    }
  });

  test('something is mended', () => {
    expect(tally.typed).toBeGreaterThan(0);
    expect(tally.mended).toBeGreaterThan(0);
  });
});
