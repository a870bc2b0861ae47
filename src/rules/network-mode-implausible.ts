import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, listNames } from './rule.ts';

interface Data {
  readonly nodes: readonly string[];
  readonly mode: string;
  readonly doubt: string;
}

/** More would say the same again. */
const SHOWN = 5;

export const networkModeImplausible = defineRule<Data>({
  id: 'network-mode-implausible',
  title: 'The stated network mode contradicts the evidence',
  severity: 'notice',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const doubted = context.nodes.filter((node) => !node.isSkipped && node.doubt !== undefined);
    const [first] = doubted;
    if (first?.doubt === undefined) return [];
    const nodes = doubted.map(({ facts }) => facts.name).sort();
    return [
      {
        cause: 'cluster/network-mode',
        verdict: 'fail' as const,
        subjects: { ...NO_SUBJECTS, nodes },
        evidence: doubted.slice(0, SHOWN).map(({ facts, doubt }) => ({
          source: `node ${facts.name}`,
          text: doubt ?? '',
        })),
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { nodes, mode: first.mode, doubt: first.doubt },
      },
    ];
  },
  explain: ({ data: { nodes, mode, doubt } }) => ({
    what: `Input network-mode says ${mode}, but on ${listNames(nodes)} the evidence is another: ${doubt}.`,
    why: 'Every path was judged by the stated mode. If it is wrong, so are the verdicts, the good ones too.',
    next: 'Remove the input, so that the evidence on each node decides, or keep it if you know better than the evidence.',
  }),
});
