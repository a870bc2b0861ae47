/** The sentences about what is new, known and accepted, as plain text. */
import type { FormerFinding, IgnoreEntry } from '../model/triage.ts';
import type { FindingView, View } from './view.ts';
import { number } from './words.ts';

/** Against the baseline, and who is accepted; undefined: there is neither. */
export function planDrift({ drift, counts, findings }: View): string | undefined {
  const { hasBaseline, resolved, unseen, expired, unmatched } = drift;
  const isFailing = (one: FindingView): boolean => one.verdict === 'fail' && one.accepted === undefined;
  const standing = findings.filter((one) => isFailing(one) && one.standing === 'standing').length;
  const parts = [
    ...(hasBaseline
      ? [
          `${number(counts.new)} new`,
          `${number(standing)} still there`,
          `${number(resolved.length)} resolved`,
          ...(unseen.length === 0 ? [] : [`${number(unseen.length)} not looked for`]),
        ]
      : []),
    ...(counts.accepted === 0 ? [] : [`${number(counts.accepted)} accepted`]),
    ...(expired.length === 0 ? [] : [`${number(expired.length)} no longer accepted`]),
    ...(unmatched.length === 0 ? [] : [`${number(unmatched.length)} accepted without need`]),
  ];
  if (parts.length === 0) return undefined;
  return `${hasBaseline ? 'Since the baseline' : 'Findings'}: ${parts.join(', ')}.`;
}

/** What is no finding of this run and still has to be said: a heading and its lines. Foreign text. */
export function planFormer({ drift }: View): (readonly [string, readonly string[]])[] {
  const { resolved, unseen, expired, unmatched } = drift;
  const former = ({ rule, title }: FormerFinding): string => `${rule}: ${title}`;
  const all = [
    ['Resolved since the baseline', resolved.map(former)],
    ['In the baseline, and not looked for now because something could not be read', unseen.map(former)],
    ['Accepted until a day that is over, so these count again', expired.map(describeEntry)],
    ['Accepted, but no finding fits; remove them from the file', unmatched.map(describeEntry)],
  ] as const;
  return all.filter(([, lines]) => lines.length > 0);
}

/** How a finding stands; undefined: there is nothing to say about it. Foreign text. */
export function planStanding({ accepted, standing }: FindingView, { drift }: View): string | undefined {
  if (accepted !== undefined) {
    return `accepted${accepted.expires === undefined ? '' : ` until ${accepted.expires}`}: ${accepted.reason}`;
  }
  return drift.hasBaseline ? (standing === 'new' ? 'new' : 'still there') : undefined;
}

/** An entry of the ignore list in one line. Foreign text. */
export function describeEntry({ rule, node, prefix, route, reason, expires }: IgnoreEntry): string {
  const what = [
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(node === undefined ? [] : [`node ${node}`]),
    ...(prefix === undefined ? [] : [`prefix ${prefix}`]),
    ...(route === undefined ? [] : [`route ${route}`]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
  ];
  return `${what.join(', ')}: ${reason}`;
}

/** Who could have changed it; undefined: it is not new, or nothing tells. Foreign text. */
export function planAuthors({ authors = [] }: FindingView): string | undefined {
  return authors.length === 0 ? undefined : `${authors.join('; ')}.`;
}
