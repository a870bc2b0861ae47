/** The report as JUnit's XML, for dashboards that know tests: one case for the pod paths, and one per finding. */
import { commandScripts } from '../remedies/scripts.ts';
import { cleanLine } from './escape.ts';
import type { FindingView, View } from './view.ts';
import { planStanding } from './words-drift.ts';
import { number, planHeadline, sentence } from './words.ts';

export function renderJunit(view: View): string {
  const cases = [pathsCase(view), ...view.findings.map((finding) => findingCase(finding, view))];
  const count = (kind: Case['kind']): string => String(cases.filter((one) => one.kind === kind).length);
  const counts = `tests="${String(cases.length)}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const suite = attribute(`Pod routes of cluster ${view.cluster.id}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${suite}" ${counts} timestamp="${attribute(view.takenAt)}">`,
    ...cases.map(({ text }) => text),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly text: string;
}

function pathsCase(view: View): Case {
  const { verdict, rest } = planHeadline(view);
  const kind = { pass: 'passed', fail: 'failure', unknown: 'error', 'not-applicable': 'skipped' } as const;
  return makeCase('pods', `${number(view.pairs.total)} pod paths`, kind[view.verdict], `${verdict}: ${rest}.`, '');
}

/** Accepted faults and notices do not make a dashboard red. */
function findingCase(finding: FindingView, view: View): Case {
  const { rule, key, what, why, next, verdict, severity, accepted, remedies } = finding;
  const isQuiet = accepted !== undefined || severity === 'notice';
  const kind = isQuiet ? 'skipped' : verdict === 'fail' ? 'failure' : 'error';
  const standing = planStanding(finding, view);
  const head = `${sentence(what)}${standing === undefined ? '' : ` (${standing})`}`;
  const commands = commandScripts(remedies).flatMap(({ lines }) => lines);
  return makeCase(
    rule,
    key.slice(rule.length + 1),
    kind,
    head,
    [sentence(why), sentence(next), ...commands].join('\n'),
  );
}

function makeCase(group: string, name: string, kind: Case['kind'], message: string, text: string): Case {
  const open = `    <testcase classname="pod-route-check.${attribute(group)}" name="${attribute(name)}"`;
  if (kind === 'passed') return { kind, text: `${open}/>` };
  const inner =
    text === ''
      ? `<${kind} message="${attribute(message)}"/>`
      : `<${kind} message="${attribute(message)}">${content(text)}</${kind}>`;
  return { kind, text: `${open}>${inner}</testcase>` };
}

function attribute(text: string): string {
  return escapeXml(cleanLine(text)).replaceAll('"', '&quot;');
}

function content(text: string): string {
  return text.split('\n').map(cleanLine).map(escapeXml).join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
