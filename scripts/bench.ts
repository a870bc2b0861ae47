// npm run bench [-- --nodes 100,1000 --mode host-gw,fabric --only judge,run,floor,bash --runs 3 --bundle FOLDER]
//
// How long a whole check takes and what it uses, beside what downloading and parsing the same answers costs and what a
// shell script would take. docs/bench.md says how to read it. Nothing here fails because something is slow.
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { measureCluster, type Measured, type Part } from './bench/measure.ts';
import { renderJudging, renderRuns } from './bench/tables.ts';
import type { BenchMode } from './bench/world.ts';
import { ROOT } from './run.ts';

const PARTS: readonly Part[] = ['judge', 'run', 'floor', 'bash'];
const MODES: readonly BenchMode[] = ['host-gw', 'fabric'];
/** Both modes where they differ most; a network mode is a matter of judging, and hardly of reading. */
const BOTH_MODES = new Set([1000, 5000]);

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '100,1000,5000,20000' },
    mode: { type: 'string' },
    only: { type: 'string', default: PARTS.join(',') },
    runs: { type: 'string', default: '3' },
    bundle: { type: 'string', default: 'dist' },
  },
});

function choose<T extends string>(text: string, known: readonly T[], option: string): T[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new Error(`--${option} knows ${known.join(', ')}, not ${word}`);
    return found;
  });
}

function positive(text: string, option: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${option} takes whole numbers above 0, not ${text}`);
  return Number(text);
}

async function main(): Promise<void> {
  const sizes = values.nodes.split(',').map((text) => positive(text, 'nodes'));
  const parts = choose(values.only, PARTS, 'only');
  const runs = positive(values.runs, 'runs');
  const measured: Measured[] = [];
  for (const nodes of sizes) {
    const modes =
      values.mode === undefined
        ? BOTH_MODES.has(nodes)
          ? MODES
          : MODES.slice(0, 1)
        : choose(values.mode, MODES, 'mode');
    for (const mode of modes) {
      const bundle = resolve(ROOT, values.bundle, 'index.js');
      measured.push(
        await measureCluster({ nodes, mode, parts, runs, bundle, say: (text) => process.stderr.write(`${text}\n`) }),
      );
    }
  }
  console.log(`\nMedians of ${String(runs)} runs. Node ${process.version}, ${process.platform} ${process.arch}.`);
  if (parts.some((part) => part !== 'judge')) console.log(`\nWhole checks on EC2\n\n${renderRuns(measured)}`);
  if (parts.includes('judge')) console.log(`\nJudging alone\n\n${renderJudging(measured)}`);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
