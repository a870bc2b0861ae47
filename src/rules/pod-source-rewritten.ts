import { NO_SUBJECTS } from '../model/judgement.ts';
import type { RuleRewrite } from './rule.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';

interface Data {
  readonly node: string;
  readonly chain: string;
  readonly rules: readonly string[];
  readonly addresses: readonly string[];
  readonly pairs: number;
}

export const podSourceRewritten = defineRule<Data>({
  id: 'pod-source-rewritten',
  title: 'A node gives packets between pods its own address',
  severity: 'warning',
  needs: ['guests'],
  evaluate: ({ rewrites }) =>
    [...Map.groupBy(rewrites, ({ node, by }) => `cluster/${node}/${by.chain}`)].flatMap(([cause, notes]) => {
      const [first] = notes;
      if (first === undefined) return [];
      const data = dataOf(first, notes);
      return [
        {
          cause,
          verdict: 'fail' as const,
          subjects: { ...NO_SUBJECTS, nodes: [data.node] },
          evidence: data.rules.map((text) => ({ source: first.source, text: `${data.chain}: ${text}` })),
          // They arrive all the same.
          pairsBroken: 0,
          roundTripsBroken: 0,
          data,
        },
      ];
    }),
  explain: ({ data: { node, chain, addresses, pairs, rules } }) => ({
    what: `${node} gives packets between pods of ${String(pairs)} ordered ${pairs === 1 ? 'pair' : 'pairs'} of nodes the source ${listNames(addresses)}, by ${chain} (${rules[0] ?? ''}).`,
    why: 'Pods then see a node instead of the pod that asks: network policies and logs take one for the other. It also hides what is wrong with forwarding pod addresses until the rule is gone.',
    next: `Exempt the pods’ range from masquerading on ${node}: for kube-proxy set --cluster-cidr to it, for ip-masq-agent list it in nonMasqueradeCIDRs, for flannel let Network in net-conf.json hold every podCIDR; of a rule of your own exclude it (! -d RANGE).`,
  }),
});

function dataOf({ node, by }: RuleRewrite, notes: readonly RuleRewrite[]): Data {
  return {
    node,
    chain: by.chain,
    rules: distinctSorted(notes.map((note) => note.by.text)),
    addresses: distinctSorted(notes.flatMap(({ addresses }) => addresses)),
    pairs: Math.max(...notes.map(({ pairs }) => pairs)),
  };
}
