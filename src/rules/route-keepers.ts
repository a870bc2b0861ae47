/** Who keeps the routes to peers in a node's kernel: whoever does has to be asked before anything is typed. */
import type { Agent, AgentDaemonSet } from '../model/snapshot.ts';
import type { RuleContext } from './rule.ts';

export type RouteKeeper =
  /** Of its DaemonSets one has a pod on the node: there may be one for each operating system. */
  | { readonly kind: 'agent'; readonly agent: Agent; readonly daemonSets: readonly AgentDaemonSet[] }
  /** k3s and RKE2 run flannel in their own process. */
  | { readonly kind: 'service' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unknown' };

/** Those that write a route per peer where packets leave the node as they are. */
const WRITERS: ReadonlySet<Agent> = new Set([
  'flannel',
  'canal',
  'calico',
  'cilium',
  'antrea',
  'kube-router',
  'kindnet',
]);

export function keepersIn({ snapshot, nodes }: RuleContext): (node: string) => RouteKeeper {
  const { agents, complete, agentSets = [] } = snapshot.cluster.cni;
  const agentsOf = new Map(agents.map((one) => [one.node, one.agents]));
  const nodeOf = new Map(nodes.map((one) => [one.facts.name, one]));
  return (name) => {
    const node = nodeOf.get(name);
    // Where the mode is another one the routes are made by hand, or by a cloud.
    if (node?.mode !== 'host-gw' && node?.mode !== 'cross-subnet') return { kind: complete ? 'nobody' : 'unknown' };
    const agent = agentsOf.get(name)?.find((one) => WRITERS.has(one));
    if (agent !== undefined)
      return { kind: 'agent', agent, daemonSets: agentSets.filter((one) => one.agent === agent) };
    if (node.facts.k3sNodeArgs !== undefined) return { kind: 'service' };
    return { kind: complete ? 'nobody' : 'unknown' };
  };
}
