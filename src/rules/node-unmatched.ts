import type { FaultDetail, FaultGroup } from '../model/faults.ts';
import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import { targetText } from '../model/route-target.ts';

import type { RuleContext, Words } from './rule.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';
import { termsOf } from './terms.ts';

type Machine = Extract<FaultDetail, { kind: 'machine' }>;

interface Data {
  readonly fault: Machine;
  readonly nodes: readonly string[];
}

export const nodeUnmatched = defineRule<Data>({
  id: 'node-unmatched',
  title: 'A node has no running machine in the cloud that was read',
  severity: 'error',
  needs: ['machines', 'interfaces'],
  evaluate: (context) =>
    context.faults('node-unmatched').flatMap((group) => {
      const faults = machineFaults(group);
      const [fault] = faults;
      if (fault === undefined) return [];
      const nodes = distinctSorted(faults.flatMap((item) => item.nodes ?? [item.node]));
      return [
        {
          ...group,
          subjects: { ...NO_SUBJECTS, nodes },
          evidence: [describeMachine(fault), ...(nodes.length === 1 ? describeRoutes(context, fault.node) : [])],
          data: { fault, nodes },
        },
      ];
    }),
  explain: ({ data }) => explain(data),
});

function machineFaults(group: FaultGroup): Machine[] {
  return group.details.filter((detail) => detail.kind === 'machine');
}

function describeMachine(fault: Machine): Evidence {
  const places = listNames(fault.searched);
  if (fault.machine !== undefined)
    return { source: places, text: `${fault.machine} is ${fault.stateText ?? fault.problem}` };
  if (fault.candidates !== undefined)
    return { source: places, text: `its address fits ${listNames(fault.candidates)}` };
  const id =
    fault.providerID === undefined
      ? 'no provider id, and its address is on no interface'
      : `provider id ${fault.providerID} not found`;
  return { source: places, text: id };
}

/** Routes that die with the machine belong to the same cause. */
function describeRoutes(context: RuleContext, name: string): Evidence[] {
  const podCIDRs = context.nodes.find((node) => node.facts.name === name)?.facts.podCIDRs ?? [];
  return context.governingTables.flatMap(({ fabric, facts }) =>
    facts.routes
      .filter((route) => podCIDRs.includes(route.prefix))
      .map((route) => ({
        source: `${fabric.id} ${facts.id}`,
        text: `${route.prefix} -> ${targetText(route.target)}, ${route.stateText ?? route.state}`,
      })),
  );
}

function explain({ fault, nodes }: Data): Words {
  const { node } = fault;
  const places = listNames(fault.searched);
  const terms = termsOf(fault.searched[0] ?? '');
  switch (fault.problem) {
    case 'terminated':
      return {
        what: `The machine ${fault.machine ?? ''} of node ${node} is ${fault.stateText ?? 'terminated'}.`,
        why: 'The node object is all that is left of it: pods it still lists are gone, and so are the routes to it.',
        next: `Delete the node object once its pods are rescheduled: kubectl delete node ${node}`,
      };
    case 'stopped':
      return {
        what: `The machine ${fault.machine ?? ''} of node ${node} is ${fault.stateText ?? 'stopped'}.`,
        why: 'No packet reaches a machine that does not run.',
        next: `Start ${fault.machine ?? 'the machine'}, or delete the node: kubectl delete node ${node}`,
      };
    case 'ambiguous':
      return {
        what: `Several machines fit node ${node}: ${listNames(fault.candidates ?? [])}.`,
        why: 'Without a provider id the node can only be found by its address, and that is not unique here.',
        next: `Set the node’s provider id (kubelet --provider-id, or a cloud controller manager), or narrow what is read with ${terms.scopeInput}.`,
      };
    case 'none-found':
      return {
        what: `None of the ${String(nodes.length)} nodes with a provider id was found in ${places}.`,
        why: 'So many machines rarely vanish at once: most likely the credentials or the region belong to another account than the cluster.',
        next: `Compare kubectl get nodes -o custom-columns=NAME:.metadata.name,ID:.spec.providerID with ${terms.identity}, and set ${terms.scopeInput} or log in to the account of the cluster.`,
      };
    case 'absent':
      return {
        what: `Node ${node} has no machine in ${places}${fault.providerID === undefined ? '' : ` (provider id ${fault.providerID})`}.`,
        why: 'What the cloud does with its packets cannot be told; if the machine is gone, they are lost.',
        next:
          fault.providerID === undefined
            ? `If it runs elsewhere, add that place (${terms.scopeInput}); otherwise set its provider id (kubelet --provider-id).`
            : `If the machine is gone, delete the node: kubectl delete node ${node}. If it runs elsewhere, add that place (${terms.scopeInput}).`,
      };
  }
}
