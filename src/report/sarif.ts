/**
 * Findings as SARIF 2.1.0, for code scanning. They are about a cluster and not about a file, so each points at report.json,
 * which has all of it; without any place GitHub refuses the file.
 */
import { cleanLine } from './escape.ts';
import type { FindingView, View } from './view.ts';
import { planGrade, sentence } from './words.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export function renderSarif(view: View): string {
  const titles = new Map(view.findings.map(({ rule, title }) => [rule, title]));
  const rules = [...titles].sort(([a], [b]) => (a < b ? -1 : 1));
  const indexOf = new Map(rules.map(([rule], index) => [rule, index]));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Pod Route Check',
            semanticVersion: view.version,
            rules: rules.map(([id, title]) => ({ id, shortDescription: { text: cleanLine(title) } })),
          },
        },
        automationDetails: { id: `pod-route-check/${view.cluster.id}/` },
        results: view.findings.map((finding) => result(finding, indexOf.get(finding.rule) ?? 0, view)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function result(finding: FindingView, ruleIndex: number, { drift }: View): object {
  const { rule, key, what, next, command, accepted, standing, subjects } = finding;
  const words = [what, next].map((text) => sentence(cleanLine(text)));
  return {
    ruleId: rule,
    ruleIndex,
    level: levelOf(finding),
    kind: finding.verdict === 'unknown' ? 'open' : 'fail',
    message: { text: [...words, ...(command === undefined ? [] : [cleanLine(command)])].join(' ') },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'report.json' }, region: { startLine: 1 } },
        logicalLocations: subjects.nodes.map((name) => ({ name: cleanLine(name), kind: 'resource' })),
      },
    ],
    partialFingerprints: { 'podRouteCheckKey/v1': key },
    ...(drift.hasBaseline ? { baselineState: standing === 'new' ? 'new' : 'unchanged' } : {}),
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: cleanLine(accepted.reason) }] }),
  };
}

/** SARIF wants no level where the kind is not fail. */
function levelOf(finding: FindingView): 'error' | 'warning' | 'note' | 'none' {
  const grade = planGrade(finding);
  if (grade === 'unknown') return 'none';
  return grade === 'notice' ? 'note' : grade === 'error' ? 'error' : 'warning';
}
