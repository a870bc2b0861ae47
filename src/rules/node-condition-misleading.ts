import { NO_SUBJECTS } from '../model/judgement.ts';
import { nodesAtFault } from './fault-nodes.ts';
import type { RuleContext, Words } from './rule.ts';
import { defineRule, isDirect, listNames } from './rule.ts';

/** `lulls`: False, and paths fail. `warns`: True, and paths fail. `alarms`: True, and the node's own paths pass. */
type Kind = 'lulls' | 'warns' | 'alarms';

interface Data {
  readonly kind: Kind;
  readonly reason: string;
  /** By name; never empty. */
  readonly nodes: readonly string[];
}

const SHOWN = 5;

export const nodeConditionMisleading = defineRule<Data>({
  id: 'node-condition-misleading',
  title: 'NetworkUnavailable says something else than the paths',
  severity: 'warning',
  needs: ['nodes'],
  evaluate: (context) =>
    [...groupNodes(context)].map(([cause, data]) => ({
      cause,
      verdict: 'fail',
      severity: data.kind === 'warns' ? 'warning' : 'notice',
      subjects: { ...NO_SUBJECTS, nodes: data.nodes },
      evidence: data.nodes.slice(0, SHOWN).map((name) => ({
        source: `node ${name}`,
        text: `condition NetworkUnavailable is ${data.kind === 'lulls' ? 'False' : 'True'}, reason ${data.reason}`,
      })),
      pairsBroken: 0,
      roundTripsBroken: 0,
      data,
    })),
  explain: ({ data }) => explain(data),
});

/** By status and reason: whoever wrote it wrote the same everywhere. */
function groupNodes(context: RuleContext): Map<string, Data & { nodes: string[] }> {
  const groups = new Map<string, Data & { nodes: string[] }>();
  const candidates = context.nodes.filter(
    (node) => node.facts.networkUnavailable !== undefined && !node.isSkipped && isDirect(node),
  );
  if (candidates.length === 0) return groups;
  const atFault = nodesAtFault(context);
  const unclear = nodesUnproven(context);
  for (const { facts } of candidates) {
    const { status = '', reason = '' } = facts.networkUnavailable ?? {};
    const kind = kindOf(status, atFault.has(facts.name), context.paths.pairs.pass > 0 && !unclear.has(facts.name));
    if (kind === undefined) continue;
    const cause = `cluster/${kind}/${reason}`;
    const group = groups.get(cause) ?? { kind, reason: reason === '' ? 'none' : reason, nodes: [] };
    group.nodes.push(facts.name);
    groups.set(cause, group);
  }
  return groups;
}

function kindOf(status: string, isAtFault: boolean, isProven: boolean): Kind | undefined {
  if (status === 'False') return isAtFault ? 'lulls' : undefined;
  if (status !== 'True') return undefined;
  if (isAtFault) return 'warns';
  return isProven ? 'alarms' : undefined;
}

/** Some path from or towards them is unknown, or none is judged (direct only inside a subnet, and alone there). */
function nodesUnproven({ paths }: RuleContext): Set<string> {
  const ids = new Set(paths.idle);
  for (const { from, to, verdict } of paths.entries) if (verdict === 'unknown') ids.add(from).add(to);
  return new Set(paths.classes.flatMap(({ id, nodes }) => (ids.has(id) ? nodes : [])));
}

/** Who writes the condition with this reason, and when. */
const WRITERS: Readonly<Record<string, string>> = {
  FlannelIsUp: 'flannel writes it when it starts, whether or not the kernel takes its routes',
  CalicoIsUp: 'Calico writes it when it starts on the node',
  CiliumIsUp: 'Cilium writes it when it runs on the node',
  WeaveIsUp: 'Weave Net writes it when it starts on the node',
  RouteCreated:
    'the cloud’s route controller writes it once it sees a route for the node, and compares node and range only',
};

function explain({ kind, reason, nodes }: Data): Words {
  const names = listNames(nodes);
  const [stands, their] = nodes.length === 1 ? ['node', 'its'] : ['nodes', 'their'];
  const isController = reason === 'NoRouteCreated';
  const events = 'kubectl get events --all-namespaces --field-selector reason=FailedToCreateRoute';
  switch (kind) {
    case 'lulls':
      return {
        what: `NetworkUnavailable is False (${reason}) on ${stands} ${names}, although pod paths fail there.`,
        why: `The condition proves nothing about packets between nodes: ${WRITERS[reason] ?? 'its writer does not follow packets'}.`,
        next: 'Do not rely on it, nor on Ready; the other findings name what breaks the paths.',
      };
    case 'warns':
      return {
        what: `NetworkUnavailable is True (${reason}) on ${stands} ${names}, and pod paths fail there.`,
        why: isController
          ? 'The cloud’s route controller could not make a route, and Kubernetes keeps new pods off the node meanwhile.'
          : `${WRITERS[reason] ?? 'Its writer found the network not ready'}; Kubernetes keeps new pods off the node meanwhile.`,
        next: isController
          ? `Read why in the events FailedToCreateRoute (${events}; they are kept for an hour), then in the log of the cloud controller manager.`
          : `Read the condition’s message: kubectl describe node ${nodes[0] ?? ''}`,
      };
    case 'alarms':
      return {
        what: `NetworkUnavailable is True (${reason}) on ${stands} ${names}, although no pod path fails because of ${nodes.length === 1 ? 'it' : 'them'}.`,
        why: `Kubernetes taints such a node (node.kubernetes.io/network-unavailable) and keeps new pods off it, although ${their} routes are there.`,
        next: isController
          ? `Find out why the route controller does not see the routes as its own (${events}); if somebody else makes them, run it with --configure-cloud-routes=false.`
          : `Read the condition’s message: kubectl describe node ${nodes[0] ?? ''}`,
      };
  }
}
