/** What the gate lets through although it fails. Pure. */
import type { Config } from '../model/config.ts';
import type { Judgement } from '../model/judgement.ts';
import type { Excuses, Triage } from '../model/triage.ts';

/** What is accepted, and with `fail-on: new` what the baseline has already. */
export function excuse(judgement: Judgement, { findings }: Triage, failOn: Config['failOn']): Excuses {
  const keys = [...findings].flatMap(([key, { standing, accepted }]) =>
    accepted !== undefined || (failOn === 'new' && standing === 'standing') ? [key] : [],
  );
  const excused = new Set(keys);
  return { keys: excused, pairs: countExcusedPairs(judgement, (key) => excused.has(key)) };
}

/**
 * Pairs that fail, wholly or in part, and whose every failing finding is excused. A pair that no finding explains never is.
 * `isExcused`: by key.
 */
export function countExcusedPairs(
  { matrix, classes, findings }: Pick<Judgement, 'matrix' | 'classes' | 'findings'>,
  isExcused: (key: string) => boolean,
): number {
  const failing = new Set(findings.flatMap(({ key, verdict }) => (verdict === 'fail' ? [key] : [])));
  const sizes = new Map(classes.map(({ id, nodes }) => [id, nodes.length]));
  const broken = matrix.filter(({ verdict }) => verdict === 'fail' || verdict === 'partial');
  // A pair has an entry for each family.
  const byPair = Map.groupBy(broken, ({ from, to }) => `${from} ${to}`);
  let count = 0;
  for (const entries of byPair.values()) {
    const isWhole = entries.every((entry) => {
      const causes = entry.findings.filter((key) => failing.has(key));
      return causes.length > 0 && causes.every(isExcused);
    });
    const [first] = entries;
    if (!isWhole || first === undefined) continue;
    const [from, to] = [sizes.get(first.from) ?? 0, sizes.get(first.to) ?? 0];
    count += first.from === first.to ? from * (from - 1) : from * to;
  }
  return count;
}
