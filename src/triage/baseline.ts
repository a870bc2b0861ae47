/** A former report.json, as far as a later run needs it. Written by this tool, never by hand. Pure. */
import { ConfigError, messageOf } from '../model/errors.ts';
import type { FormerFinding } from '../model/triage.ts';

export interface Baseline {
  readonly path: string;
  readonly cluster: unknown;
  /** Keys of all that was known then, whether it failed, was unknown, or could not be looked for. */
  readonly known: ReadonlySet<string>;
  /** What failed, or had failed when it was last looked for. */
  readonly failed: readonly FormerFinding[];
}

const HINT = 'Give the report.json of an earlier run of the same cluster, as it was written.';

export function parseBaseline(text: string, path: string): Baseline | ConfigError {
  const wrong = (what: string, cause?: unknown): ConfigError => refuse(path, what, cause);
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (error) {
    return wrong(`is no JSON: ${messageOf(error)}`, error);
  }
  if (!isRecord(report) || !Array.isArray(report['findings'])) return wrong('is no report.json: it has no findings');
  if (report['schemaVersion'] !== 1)
    return wrong(`has schemaVersion ${JSON.stringify(report['schemaVersion'])}, not 1`);
  const findings = listOf(report['findings']);
  const unseen = listOf(report['unseen'] ?? []);
  if (findings === undefined || unseen === undefined) return wrong('is no report.json: a finding has no key');
  const failed = [...findings.filter(({ verdict }) => verdict === 'fail'), ...unseen];
  return {
    path,
    cluster: isRecord(report['cluster']) ? report['cluster']['id'] : undefined,
    known: new Set([...findings, ...unseen].map(({ key }) => key)),
    failed: failed.map(({ key, rule, title }) => ({ key, rule, title })),
  };
}

/** Faults of another cluster say nothing about this one. Undefined: it is the same. */
export function foreignBaseline({ path, cluster }: Baseline, clusterId: string): ConfigError | undefined {
  if (cluster === clusterId) return undefined;
  return refuse(
    path,
    `is about cluster ${JSON.stringify(cluster)}, and this run is about ${JSON.stringify(clusterId)}`,
  );
}

function refuse(path: string, what: string, cause?: unknown): ConfigError {
  return new ConfigError(`The baseline ${path} ${what}.`, { hint: HINT, docs: 'inputs', cause });
}

/** Undefined: something in the list is no finding. */
function listOf(value: unknown): (FormerFinding & { readonly verdict: unknown })[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.flatMap((item: unknown) => {
    if (!isRecord(item)) return [];
    const { key, rule, title, verdict } = item;
    const areTexts = typeof key === 'string' && typeof rule === 'string' && typeof title === 'string';
    return areTexts ? [{ key, rule, title, verdict }] : [];
  });
  return found.length === value.length ? found : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
