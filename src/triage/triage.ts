/** Findings against the baseline and the list of accepted faults. They stay findings: only their standing is told. Pure. */
import type { Config } from '../model/config.ts';
import type { Judgement } from '../model/judgement.ts';
import { RULE_FACETS } from '../model/rule-facets.ts';
import type { Gap } from '../model/snapshot.ts';
import type { FormerFinding, IgnoreEntry, Triage, TriagedFinding } from '../model/triage.ts';
import type { Baseline } from './baseline.ts';
import { accepts, isExpired } from './ignore.ts';

export interface TriageInput {
  readonly judgement: Judgement;
  /** Undefined: everything is new. */
  readonly baseline: Baseline | undefined;
  readonly ignore: readonly IgnoreEntry[];
  readonly rules: Config['rules'];
  /** When the world was read: an ISO time. */
  readonly takenAt: string;
}

export function triageFindings({ judgement, baseline, ignore, rules, takenAt }: TriageInput): Triage {
  const expired = ignore.filter((entry) => isExpired(entry, takenAt));
  const valid = ignore.filter((entry) => !expired.includes(entry));
  const findings = new Map<string, TriagedFinding>();
  const used = new Set<IgnoreEntry>();
  for (const finding of judgement.findings) {
    const fitting = valid.filter((entry) => accepts(entry, finding));
    for (const entry of fitting) used.add(entry);
    const [accepted] = fitting;
    const standing = baseline?.known.has(finding.key) === true ? 'standing' : 'new';
    findings.set(finding.key, { standing, ...(accepted === undefined ? {} : { accepted }) });
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
  if (facet === 'changed') return subject === `${rule} ${cause}`;
  // Without a node or its network mode nothing is looked for at all.
  if (facet === 'nodes' || facet === 'cni') return true;
  // Rules that go by what paths come to, and those of other versions, may depend on anything.
  const facets = Object.entries(RULE_FACETS).find(([id]) => id === rule)?.[1] ?? [];
  if (facets.length > 0 && !facets.includes(facet)) return false;
  const isElsewhere = scope !== undefined && cause !== scope && !cause.startsWith(`${scope}/`);
  return !isElsewhere || cause.startsWith('cluster/');
}
