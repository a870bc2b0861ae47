/** The pipeline, top to bottom: inputs, snapshot, judgement, triage, plan, changes, gate, report. */
import { refuseEvent } from './apply/guard.ts';
import { collectSnapshot, rereadSuspects } from './collect/collect.ts';
import { readTrusted } from './collect/trusted.ts';
import { deliverReport } from './deliver/report.ts';
import { countOutcomes, decideGate } from './gate.ts';
import { CONFIG_FILE } from './inputs/places.ts';
import { parseInputs } from './inputs/parse.ts';
import { renderProblems } from './inputs/problem.ts';
import { judgeDraft, judgeSnapshot } from './judge/judge.ts';
import type { CloudId, Config } from './model/config.ts';
import { ConfigError } from './model/errors.ts';
import type { Judgement } from './model/judgement.ts';
import type { PlanReport } from './model/planned.ts';
import type { PortSecurityFacts, Snapshot } from './model/snapshot.ts';
import type { WhatIf } from './model/what-if.ts';
import type { IgnoreEntry } from './model/triage.ts';
import type { GitHub, Ports } from './ports.ts';
import { joinView } from './report/view.ts';
import { decodeSnapshot } from './snapshot/decode.ts';
import { foreignBaseline, parseBaseline, type Baseline } from './triage/baseline.ts';
import { excuse } from './triage/excused.ts';
import { triageFindings } from './triage/triage.ts';
import { expandSnapshot } from './whatif/expand.ts';

/** The step's result. Throws a KnownError for what the user has to mend before anything can be judged. */
export async function main(
  inputs: Readonly<Record<string, string | undefined>>,
  version: string,
  ports: Ports,
): Promise<'pass' | 'fail'> {
  const startedAt = ports.clock.now();
  const parsed = parseInputs(inputs);
  if ('problems' in parsed) throw renderProblems(parsed.problems);
  for (const warning of parsed.warnings) ports.log.warning(warning);
  const github = await ports.github(parsed.config);
  const config = withTrust(parsed.config, github);
  const refused = refuseEvent(config, github?.event);
  if (refused !== undefined) throw refused;
  // Before anything else is read: a slip in a file should not cost minutes.
  const plan = config.whatIf === undefined ? undefined : await readPlan(config.whatIf, ports);
  const ignore = await readIgnore(config, ports, github);
  const baseline = config.baseline === undefined ? undefined : await readBaseline(config.baseline, ports, github);
  const first = await takeAndJudge(config, ports);
  // Once something is changed, nothing may keep the report of it from being written.
  const foreign = baseline === undefined ? undefined : foreignBaseline(baseline, first.snapshot.cluster.id);
  if (foreign !== undefined) throw foreign;
  const { last: taken, changes } = await change(
    first,
    { config, ignore, version, deadline: startedAt + config.timeoutMs },
    ports,
  );
  const { snapshot, judgement } = plan === undefined ? taken : judgePlanned(taken, plan, config);
  const triage = triageFindings({ judgement, baseline, ignore, rules: config.rules, snapshot });
  const gate = countOutcomes(decideGate(judgement, config, excuse(judgement, triage, config.failOn)), changes);
  const clouds = [...new Set<CloudId>(snapshot.fabrics.map((fabric) => fabric.kind))];
  const view = joinView({ judgement, gate, triage, snapshot, clouds, version, ...(changes && { changes }) });
  await deliverReport(view, taken.snapshot, config, ports, github);
  return gate.result;
}

/** Where the checkout may be of somebody who may not write to the repository, nothing of its choice is started. */
function withTrust(config: Config, github: GitHub | undefined): Config {
  const refuses = config.execPlugins === 'auto' && github?.event.isUntrusted === true;
  return refuses ? { ...config, execPlugins: 'refuse' } : config;
}

interface Taken {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
}

interface Changing {
  readonly config: Config;
  readonly ignore: readonly IgnoreEntry[];
  readonly version: string;
  readonly deadline: number;
}

/** Plans, and in mode apply changes. Then only what is read and judged anew says what is mended. */
async function change(
  first: Taken,
  { config, ignore, version, deadline }: Changing,
  ports: Ports,
): Promise<{ readonly last: Taken; readonly changes?: PlanReport }> {
  if (config.mode === 'check') return { last: first };
  // For those who change something.
  const [{ hasMoved, runPlan }, { compareJudgements }] = await Promise.all([
    import('./apply/run.ts'),
    import('./plan/compare.ts'),
  ]);
  const { snapshot, judgement } = first;
  const { findings } = triageFindings({ judgement, baseline: undefined, ignore, rules: config.rules, snapshot });
  const accepted = new Set([...findings].flatMap(([key, { accepted }]) => (accepted === undefined ? [] : [key])));
  const changes = await runPlan({ config, snapshot, judgement, accepted, version, deadline }, ports);
  if (!hasMoved(changes) || changes.interrupted === true) return { last: first, changes };
  const last = await takeAndJudge(config, ports);
  return { last, changes: { ...changes, comparison: compareJudgements(judgement, last.judgement) } };
}

/** What is accepted: a file that was named has to be there, the usual one need not. */
async function readIgnore(config: Config, ports: Ports, github: GitHub | undefined): Promise<readonly IgnoreEntry[]> {
  const path = config.configFile ?? CONFIG_FILE;
  // Nobody who has no such file is told about a token that could not read it.
  if (config.configFile === undefined && (await ports.files.find(path)) === undefined) return [];
  const text = await readTrusted(path, github, ports);
  if (text === undefined) {
    if (github?.event.base !== undefined) return [];
    throw new ConfigError(`The file ${path} of input config is not there.`, {
      hint: 'Correct the path.',
      docs: 'inputs',
    });
  }
  // The YAML parser is for those who use it.
  const { parseConfigFile } = await import('./inputs/files/config-file.ts');
  const file = parseConfigFile(text, path);
  if ('problems' in file) throw renderProblems(file.problems);
  return file.ignore;
}

async function readBaseline(path: string, ports: Ports, github: GitHub | undefined): Promise<Baseline | undefined> {
  const text = await readTrusted(path, github, ports);
  if (text === undefined) {
    ports.log.info(`There is no baseline at ${path}, so everything is new.`);
    return undefined;
  }
  const baseline = parseBaseline(text, path);
  if (baseline instanceof Error) throw baseline;
  return baseline;
}

async function readPlan(path: string, { files }: Ports): Promise<WhatIf> {
  const { parseWhatIf } = await import('./inputs/files/what-if.ts');
  const plan = parseWhatIf(await files.read(path), path);
  if ('problems' in plan) throw renderProblems(plan.problems);
  return plan;
}

async function readPorts(input: string, { files }: Ports): Promise<PortSecurityFacts> {
  if (input.toLowerCase() === 'allowed') return { source: 'input port-security' };
  const text = await files.find(input);
  if (text === undefined) {
    throw new ConfigError(`port-security: there is no file at ${input}.`, {
      hint: 'Write allowed, if nothing filters addresses at the nodes’ ports, or the path of a file; it is relative to the workspace.',
      docs: 'inputs',
    });
  }
  const { parsePortSecurity } = await import('./inputs/files/port-security.ts');
  const found = parsePortSecurity(text, input);
  if ('problems' in found) throw renderProblems(found.problems);
  return found;
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
  const portSecurity = config.portSecurity === undefined ? undefined : await readPorts(config.portSecurity, ports);
  const collected = await collectSnapshot(config, ports);
  const snapshot = portSecurity === undefined ? collected.snapshot : { ...collected.snapshot, portSecurity };
  const names = new Set(snapshot.cluster.nodes.map(({ name }) => name));
  const strangers = (portSecurity?.ports ?? []).filter(({ node }) => !names.has(node)).map(({ node }) => node);
  if (strangers.length > 0)
    ports.log.warning(
      `port-security: no node of the cluster is called ${strangers.join(', ')}; it has no effect there.`,
    );
  const draft = judgeDraft(snapshot, config);
  if (draft.suspects === undefined) return { snapshot, judgement: draft.judgement };
  const confirmed = { ...snapshot, recheck: await rereadSuspects(draft.suspects, collected, ports) };
  return { snapshot: confirmed, judgement: judgeSnapshot(confirmed, config, undefined, draft) };
}
