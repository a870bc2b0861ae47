/** The view that a run in a lab world would report, without servers. */
import type { World } from '../../lab/world/world.ts';
import { decideGate } from '../../src/gate.ts';
import { parseInputs } from '../../src/inputs/parse.ts';
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { CloudId } from '../../src/model/config.ts';
import { joinView, type View } from '../../src/report/view.ts';
import { triageFindings } from '../../src/triage/triage.ts';
import { VERSION } from '../../src/version.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

/** `inputs`: of the step. */
export function viewOfWorld(world: World, inputs: Readonly<Record<string, string>> = {}): View {
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const parsed = parseInputs(Object.fromEntries(variables));
  if ('problems' in parsed) throw new Error(parsed.problems.map((problem) => JSON.stringify(problem)).join('\n'));
  const { config } = parsed;
  const snapshot = snapshotOfWorld(world);
  const judgement = judgeSnapshot(snapshot, config);
  const clouds = [...new Set<CloudId>(snapshot.fabrics.map(({ kind }) => kind))];
  const triage = triageFindings({ judgement, baseline: undefined, ignore: [], rules: config.rules, snapshot });
  return joinView({ judgement, triage, gate: decideGate(judgement, config), snapshot, clouds, version: VERSION });
}
