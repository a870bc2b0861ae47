import { NO_SUBJECTS } from '../model/judgement.ts';
import type { GuestRoute } from '../model/snapshot.ts';
import { hostRoute } from './guest-fixes.ts';
import { routeWords } from './powershell-words.ts';
import type { RuleContext } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

interface Data {
  readonly node: string;
  readonly routes: readonly GuestRoute[];
}

export const windowsRouteNotStored = defineRule<Data>({
  id: 'windows-route-not-stored',
  title: 'A Windows node’s route to pods is gone after a restart',
  severity: 'notice',
  needs: ['guests'],
  evaluate: (context) =>
    (context.snapshot.guests ?? []).flatMap(({ node, source, routes }) => {
      if (!isByHand(context, node)) return [];
      const peers = new Set(
        context.nodes.flatMap(({ facts, podCIDRs }) => (facts.name === node ? [] : podCIDRs.map(({ text }) => text))),
      );
      const lost = routes.filter(
        ({ prefix, stored, hops }) => stored === false && peers.has(prefix) && hops[0]?.gateway !== undefined,
      );
      if (lost.length === 0) return [];
      return [
        {
          cause: `cluster/${node}`,
          verdict: 'fail' as const,
          subjects: { ...NO_SUBJECTS, nodes: [node], prefixes: lost.map(({ prefix }) => prefix).sort() },
          evidence: lost.map((route) => ({ source, text: `only in the ActiveStore: ${routeWords(route)}` })),
          pairsBroken: 0,
          roundTripsBroken: 0,
          data: { node, routes: lost },
        },
      ];
    }),
  explain: ({ data: { node, routes } }) => ({
    what: `After a restart ${node} has no route any more to ${listNames(routes.map(({ prefix }) => prefix))}.`,
    why: 'These routes are in the ActiveStore only, which Windows forgets, and no network agent that would make them again was seen on the node.',
    next: `Remove each on ${node} and add it again without -PolicyStore, so that it goes into both stores.`,
  }),
  fixHost: ({ data: { node, routes } }) =>
    routes.map((route) => {
      // Its metric is a sum of which the interface's own is a part.
      const { metric: _, ...own } = hostRoute(route);
      return { kind: 'set-host-route', node, os: 'windows', route: own, instead: own };
    }),
});

/** No agent makes the node's routes again when it starts. */
function isByHand({ snapshot: { cluster } }: RuleContext, node: string): boolean {
  const { agents, complete } = cluster.cni;
  const facts = cluster.nodes.find(({ name }) => name === node);
  const hasAgent = agents.some((one) => one.node === node && one.agents.length > 0);
  return complete && !hasAgent && facts?.k3sNodeArgs === undefined && facts?.flannel === undefined;
}
