/** Findings against the baseline and the list of accepted faults. They stay findings: only their standing is told. Pure. */
import type { Config } from '../model/config.ts';
import type { Judgement } from '../model/judgement.ts';
import { RULE_FACETS } from '../model/rule-facets.ts';
import type { Facet, Gap, Snapshot } from '../model/snapshot.ts';
import type { FormerFinding, IgnoreEntry, Triage, TriagedFinding } from '../model/triage.ts';
import { Authors } from './authors.ts';
import type { Baseline } from './baseline.ts';
import { accepts, isExpired } from './ignore.ts';

export interface TriageInput {
  readonly judgement: Judgement;
  /** Undefined: everything is new. */
  readonly baseline: Baseline | undefined;
  readonly ignore: readonly IgnoreEntry[];
  readonly rules: Config['rules'];
  readonly snapshot: Snapshot;
}

export function triageFindings({ judgement, baseline, ignore, rules, snapshot }: TriageInput): Triage {
  const { takenAt } = snapshot;
  const authors = baseline === undefined ? undefined : new Authors(snapshot);
  const expired = ignore.filter((entry) => isExpired(entry, takenAt));
  const valid = ignore.filter((entry) => !expired.includes(entry));
  const findings = new Map<string, TriagedFinding>();
  const used = new Set<IgnoreEntry>();
  for (const finding of judgement.findings) {
    const fitting = valid.filter((entry) => accepts(entry, finding));
    for (const entry of fitting) used.add(entry);
    const [accepted] = fitting;
    const standing = baseline?.known.has(finding.key) === true ? 'standing' : 'new';
    const changers = standing === 'new' && finding.verdict === 'fail' ? (authors?.of(finding) ?? []) : [];
    findings.set(finding.key, {
      standing,
      ...(changers.length === 0 ? {} : { authors: changers }),
      ...(accepted === undefined ? {} : { accepted }),
    });
  }
  const absent = (baseline?.failed ?? []).filter(({ key }) => !findings.has(key));
  const isUnseen = (former: FormerFinding): boolean => couldHide(former, judgement, rules);
  return {
    hasBaseline: baseline !== undefined,
    findings,
    resolved: absent.filter((former) => !isUnseen(former)),
    unseen: absent.filter(isUnseen),
    expired,
    // What could not be read may be what they are for.
    unmatched: judgement.gaps.length > 0 || judgement.nodes.length === 0 ? [] : valid.filter((one) => !used.has(one)),
  };
}

/** Whether the finding may still be there, and this run could not have found it. */
function couldHide({ key, rule }: FormerFinding, judgement: Judgement, rules: Config['rules']): boolean {
  if (judgement.nodes.length === 0 || isOff(rule, rules)) return true;
  const cause = key.slice(rule.length + 1);
  return judgement.gaps.some((gap) => hides(gap, rule, cause));
}

function isOff(rule: string, rules: Config['rules']): boolean {
  return Object.entries(rules).some(([id, setting]) => id === rule && setting === 'off');
}

function hides({ facet, scope, subject }: Gap, rule: string, cause: string): boolean {
  const isElsewhere = scope !== undefined && !liesIn(cause, scope);
  switch (facet) {
    case 'changed':
      return subject === `${rule} ${cause}`;
    // Without a node or its network mode nothing is looked for at all.
    case 'nodes':
    case 'cni':
      return true;
    case 'limits':
      return rule === 'route-quota';
    case 'services':
      return rule === 'range-collision';
    case 'routes':
    case 'prefix-lists':
      return !isElsewhere && looksAt(rule, 'routes');
    case 'ports':
      return !isElsewhere && looksAt(rule, 'ports');
    case 'filters':
      return !isElsewhere && looksAt(rule, 'filters');
    // Which machine is whose, and where it is, decides about all that is found.
    case 'machines':
    case 'interfaces':
    case 'subnets':
    case 'networks':
    case 'guests':
      return !isElsewhere;
  }
}

/** The causes of the cluster may hang on any cloud. Where nothing could be read, not even the account is known. */
function liesIn(cause: string, scope: string): boolean {
  if (cause.startsWith('cluster/')) return true;
  const parts = cause.split('/');
  return scope.split('/').every((part, index) => part === 'unknown' || part === parts[index]);
}

/** Rules that go by what paths come to, and those of other versions, may depend on anything. */
function looksAt(rule: string, facet: Facet): boolean {
  const facets = Object.entries(RULE_FACETS).find(([id]) => id === rule)?.[1] ?? [];
  return facets.length === 0 || facets.includes(facet);
}
