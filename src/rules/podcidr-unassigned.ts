import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule, isDirect } from './rule.ts';

interface Data {
  readonly node: string;
  readonly invalid: readonly string[];
}

export const podcidrUnassigned = defineRule<Data>({
  id: 'podcidr-unassigned',
  title: 'A node has no podCIDR',
  severity: 'error',
  needs: ['nodes'],
  evaluate: (context) =>
    context.nodes
      .filter((node) => !node.isSkipped && node.podCIDRs.length === 0)
      // Agents with an address management of their own give ranges when pods come, and may well be the unknown mode.
      .filter((node) => node.rangeSource === undefined && isDirect(node))
      .map(({ facts }) => ({
        cause: `cluster/${facts.name}`,
        verdict: 'fail' as const,
        subjects: { ...NO_SUBJECTS, nodes: [facts.name] },
        evidence: [
          {
            source: `node ${facts.name}`,
            text:
              (facts.invalidPodCIDRs ?? []).length === 0
                ? 'spec.podCIDRs is empty'
                : `spec.podCIDRs is ${String(facts.invalidPodCIDRs)}`,
          },
        ],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { node: facts.name, invalid: facts.invalidPodCIDRs ?? [] },
      })),
  explain: ({ data }) => ({
    what: `Node ${data.node} has no podCIDR.`,
    why: 'Without one the network agent cannot give pods on this node an address, and no route can lead there.',
    next: `Check that kube-controller-manager runs with --allocate-node-cidrs=true and a --cluster-cidr that has free ranges; kubectl describe node ${data.node} shows CIDRNotAvailable events.`,
  }),
});
