/** The judgement after the changes against the one before them. Pure. */
import type { Finding, Judgement } from '../model/judgement.ts';
import type { ComparedFinding, Comparison } from '../model/planned.ts';

export function compareJudgements(before: Judgement, after: Judgement): Comparison {
  const failedBefore = failing(before);
  const failsNow = failing(after);
  const nodesBefore = new Map(before.nodes.map(({ name, verdict }) => [name, verdict]));
  return {
    worse: [...failsNow.values()]
      .filter((finding) => finding.pairsBroken > (failedBefore.get(finding.key)?.pairsBroken ?? -1))
      .map(named)
      .sort(byKey),
    mended: [...failedBefore.values()]
      .filter(({ key }) => !after.findings.some((finding) => finding.key === key))
      .map(named)
      .sort(byKey),
    nodesWorse: after.nodes
      .filter(({ name, verdict }) => verdict === 'fail' && nodesBefore.get(name) !== 'fail')
      .map(({ name }) => name)
      .sort(),
    brokenBefore: before.pairs.fail + before.pairs.partial,
    brokenAfter: after.pairs.fail + after.pairs.partial,
    unknownBefore: before.pairs.unknown,
    unknownAfter: after.pairs.unknown,
  };
}

function failing({ findings }: Judgement): Map<string, Finding> {
  return new Map(findings.filter(({ verdict }) => verdict === 'fail').map((finding) => [finding.key, finding]));
}

function named({ key, title }: Finding): ComparedFinding {
  return { key, title };
}

function byKey(a: ComparedFinding, b: ComparedFinding): number {
  return a.key < b.key ? -1 : 1;
}
