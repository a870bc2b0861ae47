/** Which findings explain the broken pairs, the one that explains most first. */
import type { Finding } from '../model/judgement.ts';

/**
 * One cause is one finding already, and every cause on a path has to go before the path heals; so the list is all
 * of them, ranked. Order: pairs explained, then key.
 */
export function rankCauses(findings: readonly Finding[]): { finding: string; pairsExplained: number }[] {
  return findings
    .filter((finding) => finding.verdict === 'fail' && finding.pairsBroken > 0)
    .map((finding) => ({ finding: finding.key, pairsExplained: finding.pairsBroken }))
    .sort((a, b) => b.pairsExplained - a.pairsExplained || (a.finding < b.finding ? -1 : 1));
}
