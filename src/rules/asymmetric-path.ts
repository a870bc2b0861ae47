import type { MatrixEntry } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { RulePaths } from './rule.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';

/** Packets get from one class of nodes to another, and nothing gets back. */
interface OneWay {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly family: MatrixEntry['family'];
  readonly pairs: number;
  /** Findings on the way back. */
  readonly causes: readonly string[];
}

interface Data {
  readonly pairs: number;
  readonly total: number;
  /** Those with the most pairs first; never empty. */
  readonly ways: readonly OneWay[];
}

const SHOWN_WAYS = 5;
const SHOWN_CAUSES = 3;

export const asymmetricPath = defineRule<Data>({
  id: 'asymmetric-path',
  title: 'Packets arrive, but their replies are lost',
  severity: 'notice',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: ({ paths }) => {
    const ways = findOneWays(paths);
    if (ways.length === 0) return [];
    const pairs = countPairs(paths);
    return [
      {
        cause: 'cluster/replies',
        verdict: 'fail',
        subjects: NO_SUBJECTS,
        evidence: ways.slice(0, SHOWN_WAYS).map((way) => ({
          source: `IPv${String(way.family)} from ${listNames(way.from)} to ${listNames(way.to)}`,
          text: `packets arrive, replies are lost: ${listNames(way.causes, SHOWN_CAUSES)}`,
        })),
        // The causes count what they break; this says how it looks.
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { pairs, total: paths.pairs.total, ways },
      },
    ];
  },
  explain: ({ data: { pairs, total, ways } }) => {
    const [most] = ways;
    const rules = distinctSorted(ways.flatMap(({ causes }) => causes.map((key) => key.split('/')[0] ?? key)));
    return {
      what: `On ${String(pairs)} of ${String(total)} pod paths packets arrive and no reply gets back, such as from ${listNames(most?.from ?? [], 2)} to ${listNames(most?.to ?? [], 2)}.`,
      why: 'A ping or a connection there hangs although a capture on the receiving node shows its packets: the way back is what is broken.',
      next: `Mend what breaks the way back (${listNames(rules)}); these paths need nothing else.`,
    };
  },
});

function findOneWays(paths: RulePaths): OneWay[] {
  const nodesOf = new Map(paths.classes.map(({ id, nodes }) => [id, nodes]));
  const byWay = new Map(paths.entries.map((entry) => [wayOf(entry.from, entry.to, entry.family), entry]));
  return paths.entries
    .filter(isOneWay)
    .map(({ from, to, family }) => {
      const [senders = [], receivers = []] = [nodesOf.get(from), nodesOf.get(to)];
      return {
        from: senders,
        to: receivers,
        family,
        pairs: senders.length * receivers.length,
        causes: byWay.get(wayOf(to, from, family))?.findings ?? [],
      };
    })
    .sort((a, b) => b.pairs - a.pairs);
}

/** Each pair once, whichever families it has. */
function countPairs(paths: RulePaths): number {
  const sizes = new Map(paths.classes.map(({ id, nodes }) => [id, nodes.length]));
  const ways = new Map(paths.entries.filter(isOneWay).map((entry) => [wayOf(entry.from, entry.to), entry]));
  return [...ways.values()].reduce((sum, { from, to }) => sum + (sizes.get(from) ?? 0) * (sizes.get(to) ?? 0), 0);
}

/** Only where a drop is shown: a way back that is not known, or another one than the way there, breaks nothing. */
function isOneWay({ verdict, roundTrip }: MatrixEntry): boolean {
  return verdict === 'pass' && (roundTrip === 'fail' || roundTrip === 'partial');
}

function wayOf(from: string, to: string, family?: MatrixEntry['family']): string {
  return `${from}>${to}>${String(family ?? '')}`;
}
