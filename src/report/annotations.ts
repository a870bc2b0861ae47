/** The few lines that GitHub shows above the log and on the run's page. */
import { cleanLine } from './escape.ts';
import type { FindingView, View } from './view.ts';
import { planGrade, planImpact, plural, sentence } from './words.ts';

/** The shape of the port's Annotation. */
export interface AnnotationText {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** GitHub shows ten of each level per step and drops the rest in silence, so we choose. */
export const MOST_ANNOTATIONS = 10;
const LEVELS: readonly AnnotationText['level'][] = ['error', 'warning', 'notice'];

/** The most important findings, one line for the rest of them, and the gate's reasons where no error speaks for it. */
export function renderAnnotations(view: View): AnnotationText[] {
  const gate = gateAnnotation(view);
  const room = MOST_ANNOTATIONS - (gate === undefined ? 0 : 1);
  // Whoever accepts a fault need not be told of it again.
  const findings = view.findings.filter(({ accepted }) => accepted === undefined);
  const alone = findings.length <= room ? findings.length : room - 1;
  const annotations = findings.slice(0, alone).map(findingAnnotation);
  const rest = findings.slice(alone);
  if (rest.length > 0) annotations.push(restAnnotation(rest));
  return gate === undefined ? annotations : [gate, ...annotations];
}

/** A step must not turn red without an error that says why. */
function gateAnnotation(view: View): AnnotationText | undefined {
  if (
    view.gate.result === 'pass' ||
    view.findings.some((finding) => finding.accepted === undefined && levelOf(finding) === 'error')
  )
    return undefined;
  return { level: 'error', title: 'Pod Route Check failed', message: view.gate.reasons.map(cleanLine).join(' ') };
}

function findingAnnotation(finding: FindingView): AnnotationText {
  const impact = planImpact(finding);
  const message = [
    `${cleanLine(finding.what)}${impact === undefined ? '' : ` (${impact})`}`,
    cleanLine(finding.next),
    ...(finding.command === undefined ? [] : [cleanLine(finding.command)]),
  ];
  return { level: levelOf(finding), title: cleanLine(finding.title), message: message.join('\n') };
}

function restAnnotation(rest: readonly FindingView[]): AnnotationText {
  const counts = new Map<string, number>();
  for (const finding of rest) {
    const name = `${finding.rule} (${planGrade(finding)})`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => `${String(count)} × ${name}`);
  return {
    level: LEVELS.find((level) => rest.some((finding) => levelOf(finding) === level)) ?? 'notice',
    title: `And ${plural(rest.length, 'more finding')}`,
    message: sentence(`${parts.join(', ')}; the job summary and report.json have them all`),
  };
}

/** What could not be decided is no error; whether it fails the step is the gate's to say. */
function levelOf(finding: FindingView): AnnotationText['level'] {
  return finding.verdict === 'unknown' && finding.severity === 'error' ? 'warning' : finding.severity;
}
