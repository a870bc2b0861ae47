import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Prefix } from '../model/prefix.ts';
import { contains } from '../model/prefix.ts';
import { mergePrefixes } from '../model/prefix-set.ts';
import type { Misfit } from '../model/what-if.ts';
import type { Observation, RuleContext } from './rule.ts';
import { defineRule } from './rule.ts';

type Data = { readonly kind: 'planned'; readonly misfit: Misfit } | { readonly kind: 'now'; readonly full: Full };

interface Full {
  readonly range: string;
  readonly length: number;
  readonly nodes: number;
}

export const noRoomForNodes = defineRule<Data>({
  id: 'no-room-for-nodes',
  title: 'There is no room for more nodes',
  severity: 'warning',
  needs: ['nodes'],
  evaluate: (context) => [...plannedMisfits(context), ...fullRanges(context)],
  explain: ({ data }) => {
    if (data.kind === 'now') {
      const { range, length, nodes } = data.full;
      return {
        what: `The pod range ${range} has no free /${String(length)} left: its ${String(nodes)} nodes use all of it.`,
        why: 'The next node gets no podCIDR. Its network agent then does not start, and it never becomes Ready.',
        next: 'Add a pod range to the controller that allocates podCIDRs, or remove nodes that are gone.',
      };
    }
    const { pool, nodes, problem, subject, length, fitting } = data.misfit;
    const rest = `${String(nodes)} of ${String(nodes + fitting)} nodes of planned pool ${pool}`;
    if (problem === 'subnet-full') {
      return {
        what: `Subnet ${subject} has no address for ${rest}.`,
        why: 'Their machines could not be started.',
        next: `Plan them in another subnet, or make the pool smaller: ${String(fitting)} fit.`,
      };
    }
    return {
      what: `The pod range ${subject} has no free /${String(length ?? 24)} for ${rest}.`,
      why: 'They would get no podCIDR, so no pod could run on them.',
      next: `Add a pod range first, take a smaller podCIDR per node, or make the pool smaller: ${String(fitting)} fit.`,
    };
  },
});

function plannedMisfits({ snapshot }: RuleContext): Observation<Data>[] {
  return (snapshot.planned?.misfits ?? []).map((misfit) => ({
    cause: `planned/${misfit.pool}/${misfit.subject}`,
    verdict: 'fail',
    severity: 'error',
    subjects: {
      ...NO_SUBJECTS,
      ...(misfit.problem === 'subnet-full'
        ? { subnets: [misfit.subject] }
        : { prefixes: misfit.subject.split(' and ') }),
    },
    evidence: [{ source: 'what-if', text: `${String(misfit.fitting)} of the pool's nodes fit` }],
    pairsBroken: 0,
    roundTripsBroken: 0,
    data: { kind: 'planned', misfit },
  }));
}

/** A guessed range is full by definition, so only one that somebody wrote down counts. */
function fullRanges({ podRanges, podCIDRs, snapshot }: RuleContext): Observation<Data>[] {
  if (podRanges.source === 'guess' || snapshot.planned !== undefined) return [];
  return podRanges.prefixes.flatMap((range): Observation<Data>[] => {
    const own = podCIDRs.entries().flatMap(({ prefix }) => (contains(range, prefix) ? [prefix] : []));
    const lengths = new Set(own.map(({ length }) => length));
    const [length, other] = lengths;
    // Where podCIDRs differ in length, which one comes next is not known.
    if (length === undefined || other !== undefined || !fills(own, range)) return [];
    const full = { range: range.text, length, nodes: own.length };
    return [
      {
        cause: `cluster/${range.text}`,
        verdict: 'fail',
        subjects: { ...NO_SUBJECTS, prefixes: [range.text] },
        evidence: [{ source: 'nodes', text: `${String(own.length)} podCIDRs of length ${String(length)}` }],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { kind: 'now', full },
      },
    ];
  });
}

function fills(prefixes: readonly Prefix[], range: Prefix): boolean {
  const [only, more] = mergePrefixes(prefixes);
  return more === undefined && only?.text === range.text;
}
