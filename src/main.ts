/** The pipeline, top to bottom: inputs, snapshot, judgement, gate, report. */
import { collectSnapshot, rereadSuspects } from './collect/collect.ts';
import { decideGate } from './gate.ts';
import { parseInputs } from './inputs/parse.ts';
import { renderProblems } from './inputs/problem.ts';
import { judgeDraft, judgeSnapshot } from './judge/judge.ts';
import type { CloudId, Config } from './model/config.ts';
import { ConfigError, isKnownError } from './model/errors.ts';
import type { Judgement } from './model/judgement.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { WhatIf } from './model/what-if.ts';
import type { Log, Ports } from './ports.ts';
import { renderAnnotations } from './report/annotations.ts';
import { renderJson } from './report/json.ts';
import { renderLog } from './report/log.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderOutputs } from './report/outputs.ts';
import type { View } from './report/view.ts';
import { joinView } from './report/view.ts';
import { decodeSnapshot } from './snapshot/decode.ts';
import { encodeSnapshot } from './snapshot/encode.ts';
import { expandSnapshot } from './whatif/expand.ts';

/** The step's result. Throws a KnownError for what the user has to mend before anything can be judged. */
export async function main(
  inputs: Readonly<Record<string, string | undefined>>,
  version: string,
  ports: Ports,
): Promise<'pass' | 'fail'> {
  const parsed = parseInputs(inputs);
  if ('problems' in parsed) throw renderProblems(parsed.problems);
  for (const warning of parsed.warnings) ports.log.warning(warning);
  const { config } = parsed;
  const plan = config.whatIf === undefined ? undefined : await readPlan(config.whatIf, ports);
  const taken = await takeAndJudge(config, ports);
  const { snapshot, judgement } = plan === undefined ? taken : judgePlanned(taken, plan, config);
  const gate = decideGate(judgement, config);
  const clouds = [...new Set<CloudId>(snapshot.fabrics.map((fabric) => fabric.kind))];
  await report(joinView({ judgement, gate, snapshot, clouds, version }), taken.snapshot, config, ports);
  return gate.result;
}

interface Taken {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
}

/** Before anything else is read: a slip in the file should not cost minutes. */
async function readPlan(path: string, { files }: Ports): Promise<WhatIf> {
  // The YAML parser is for those who use it.
  const { parseWhatIf } = await import('./inputs/files/what-if.ts');
  const plan = parseWhatIf(await files.read(path), path);
  if ('problems' in plan) throw renderProblems(plan.problems);
  return plan;
}

/** What is planned must not reach the saved snapshot, which says what was. */
function judgePlanned({ snapshot, judgement }: Taken, plan: WhatIf, config: Config): Taken {
  const present = {
    nodes: judgement.nodes,
    podRanges: judgement.podCIDRs,
    podRangesAreKnown: judgement.podCIDRsFrom !== 'guess',
  };
  const { snapshot: expanded, problems } = expandSnapshot(snapshot, plan, present);
  const [problem] = problems;
  if (problem !== undefined) {
    throw new ConfigError(problem, { hint: 'Correct the file of input what-if.', docs: 'inputs' });
  }
  return { snapshot: expanded, judgement: judgeSnapshot(expanded, config) };
}

async function takeAndJudge(config: Config, ports: Ports): Promise<Taken> {
  if (config.snapshot !== undefined) {
    const decoded = decodeSnapshot(await ports.files.read(config.snapshot), config.snapshot);
    if (decoded instanceof Error) throw decoded;
    return { snapshot: decoded, judgement: judgeSnapshot(decoded, config) };
  }
  const collected = await collectSnapshot(config, ports);
  const { snapshot } = collected;
  const draft = judgeDraft(snapshot, config);
  if (draft.suspects === undefined) return { snapshot, judgement: draft.judgement };
  const confirmed = { ...snapshot, recheck: await rereadSuspects(draft.suspects, collected, ports) };
  return { snapshot: confirmed, judgement: judgeSnapshot(confirmed, config, undefined, draft) };
}

async function report(view: View, snapshot: Snapshot, config: Config, ports: Ports): Promise<void> {
  const { runner, log } = ports;
  for (const { title, text, folded } of renderLog(view)) {
    if (folded) await log.group(title, () => printed(log, text));
    else log.info(title === '' ? text : `\n${title}\n${text}`);
  }
  const reportJson = await deliver(ports, `${config.reportDir}/report.json`, renderJson(view));
  const snapshotFile =
    config.saveSnapshot === undefined ? undefined : await deliver(ports, config.saveSnapshot, encodeSnapshot(snapshot));
  for (const annotation of renderAnnotations(view)) runner.annotate(annotation);
  await runner.writeSummary(renderMarkdown(view));
  const written = {
    ...(reportJson === undefined ? {} : { reportJson }),
    ...(snapshotFile === undefined ? {} : { snapshotFile }),
  };
  for (const [name, value] of Object.entries(renderOutputs(view, written))) runner.setOutput(name, value);
}

function printed(log: Log, text: string): Promise<void> {
  log.info(text);
  return Promise.resolve();
}

/** What was judged must not be lost because one file of it cannot be written. */
async function deliver({ files, log }: Ports, path: string, text: string): Promise<string | undefined> {
  try {
    return await files.write(path, text);
  } catch (error) {
    if (!isKnownError(error) || error.name !== 'DeliveryError') throw error;
    log.warning(`${error.message} ${error.hint}`);
    return undefined;
  }
}
