import type { Agent } from '../model/snapshot.ts';
import { nodeSubjects } from './flannel.ts';
import type { RuleContext, RuleNode } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

interface Data {
  readonly node: string;
  readonly agents: readonly Agent[];
  readonly others: readonly string[];
  readonly isThere: boolean;
  readonly namespace: string | undefined;
}

export const agentMissing = defineRule<Data>({
  id: 'agent-missing',
  title: 'The network agent does not run on a node',
  severity: 'warning',
  needs: ['nodes', 'cni'],
  evaluate: (context) => {
    const { cni } = context.snapshot.cluster;
    if (!cni.complete) return [];
    const running = new Map(cni.agents.map(({ node, agents }) => [node, agents]));
    const waiting = new Map((cni.notReady ?? []).map(({ node, agents }) => [node, agents]));
    const judged = context.nodes.filter(({ isSkipped }) => !isSkipped);
    // Agents of one system say nothing about the nodes of another.
    const peersOf = Map.groupBy(
      judged.filter(({ facts }) => running.has(facts.name)),
      ({ facts }) => facts.os,
    );
    return judged
      .filter((node) => lacksAgent(node, running))
      .flatMap((node) => {
        const { name, os } = node.facts;
        const peers = peersOf.get(os) ?? [];
        const usual = running.get(peers[0]?.facts.name ?? '');
        if (usual === undefined) return [];
        const isThere = waiting.has(name);
        return [
          {
            cause: `cluster/${name}`,
            verdict: 'fail' as const,
            subjects: nodeSubjects([name]),
            evidence: [
              {
                source: `node ${name}`,
                text: isThere
                  ? `the pod of ${listNames(waiting.get(name) ?? [])} is not Ready`
                  : 'no pod of a network agent',
              },
            ],
            pairsBroken: 0,
            roundTripsBroken: 0,
            data: {
              node: name,
              agents: usual,
              others: peers.map(({ facts }) => facts.name),
              isThere,
              namespace: namespaceOf(context, usual),
            },
          },
        ];
      });
  },
  explain: ({ data: { node, agents, others, isThere, namespace = 'NAMESPACE' } }) => ({
    what: `No network agent runs on ${node}: ${listNames(agents)} runs on ${listNames(others)}, and ${isThere ? 'its pod there is not Ready' : `${node} has no pod of it`}.`,
    why: 'Without its agent a node learns of no new peer and no changed address, and after a restart it has no routes at all. What its kernel does now cannot be told from outside.',
    next: isThere
      ? `See why: kubectl -n ${namespace} get pods -o wide --field-selector spec.nodeName=${node}, and the log of that pod.`
      : `See what keeps the DaemonSet off it: kubectl describe node ${node} (taints, labels) against its tolerations and nodeSelector.`,
  }),
});

/** Where something else shows how the node's packets go (a route controller, k3s), nobody misses an agent. */
function lacksAgent({ facts, mode }: RuleNode, running: ReadonlyMap<string, unknown>): boolean {
  return mode === 'unknown' && !running.has(facts.name) && facts.k3sNodeArgs === undefined;
}

function namespaceOf({ snapshot }: RuleContext, [agent]: readonly Agent[]): string | undefined {
  return snapshot.cluster.cni.daemonSets?.find(({ runs }) => runs === agent)?.namespace;
}
