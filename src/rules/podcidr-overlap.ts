import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';

interface Data {
  readonly prefix: string;
  readonly nodes: readonly string[];
}

type Overlap = Extract<FaultDetail, { kind: 'overlap' }>;

export const podcidrOverlap = defineRule<Data>({
  id: 'podcidr-overlap',
  title: 'Nodes hold the same podCIDR',
  severity: 'error',
  needs: ['nodes'],
  evaluate: (context) =>
    context.faults('podcidr-overlap').flatMap((group) => {
      const faults = group.details.filter((detail): detail is Overlap => detail.kind === 'overlap');
      const [fault] = faults;
      if (fault === undefined) return [];
      const owners = context.nodes.filter((node) => fault.nodes.includes(node.facts.name));
      const root = parsePrefix(fault.prefix);
      const claimed = owners.flatMap((node) => node.podCIDRs);
      const shared = claimed.filter((prefix) => root !== undefined && contains(root, prefix));
      return [
        {
          ...group,
          subjects: {
            ...NO_SUBJECTS,
            nodes: [...fault.nodes].sort(),
            prefixes: distinctSorted(shared.map((prefix) => prefix.text)),
          },
          evidence: owners.map((node) => ({
            source: `node ${node.facts.name}`,
            text: `${node.rangeSource ?? 'podCIDRs'} ${node.podCIDRs.map(({ text }) => text).join(', ')}`,
          })),
          data: { prefix: fault.prefix, nodes: [...fault.nodes].sort() },
        },
      ];
    }),
  explain: ({ data }) => ({
    what: `Nodes ${listNames(data.nodes)} hold podCIDRs that share addresses of ${data.prefix}.`,
    why: 'Pods on both can get the same address, and packets for it reach at most one of the nodes.',
    next: `Keep one owner: drain and delete the other node objects (kubectl drain, kubectl delete node) and let them register again, so that the controller manager assigns a free podCIDR.`,
  }),
});
