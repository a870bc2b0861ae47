/** Which nodes failing paths are blamed on: the owner of what is at fault, or everybody whom a shared cause hits. */
import { RULE_IDS } from '../model/config.ts';
import type { FaultDetail } from '../model/faults.ts';
import type { FabricFacts, InterfaceFacts } from '../model/snapshot.ts';
import type { RuleContext, RuleNode } from './rule.ts';

/** Names. A node whose machine is gone is left out: nothing on it says anything any more. */
export function nodesAtFault(context: RuleContext): ReadonlySet<string> {
  const names = new Set<string>();
  const filters = new Set<string>();
  const areas: ((node: RuleNode) => boolean)[] = [];
  for (const rule of RULE_IDS) {
    for (const { verdict, details } of context.faults(rule)) {
      if (verdict !== 'fail') continue;
      for (const detail of details) {
        // Of one filter there are as many details as nodes whose addresses it refuses.
        if (detail.kind === 'filter') {
          const key = `${detail.fabric} ${detail.filters.join()}`;
          if (filters.has(key)) continue;
          filters.add(key);
        }
        const hit = hitBy(detail);
        if (typeof hit === 'function') areas.push(hit);
        else for (const name of hit) names.add(name);
      }
    }
  }
  for (const node of context.nodes) {
    if (!node.isSkipped && areas.some((isIn) => isIn(node))) names.add(node.facts.name);
  }
  return names;
}

function hitBy(detail: FaultDetail): readonly string[] | ((node: RuleNode) => boolean) {
  switch (detail.kind) {
    case 'forwarding':
    case 'route':
    case 'duplicate':
    case 'next-hop':
    case 'guest':
      return [detail.node];
    case 'router':
      return [detail.owner];
    case 'filter':
      return isAtInterface(detail.fabric, (face, fabric) => isBehind(detail.filters, face, fabric));
    case 'overlap':
      return detail.nodes;
    case 'association':
      return isAtInterface(detail.fabric, ({ subnet }) => subnet === detail.subnet);
    case 'off-link':
      return isAtInterface(detail.fabric, ({ subnet }) => detail.subnets.includes(subnet));
    case 'family':
      return isAtInterface(detail.fabric, ({ network }) => network === detail.network);
    case 'machine':
    case 'gap':
      return [];
  }
}

function isAtInterface(
  id: string,
  isThere: (face: InterfaceFacts, fabric: FabricFacts) => boolean,
): (node: RuleNode) => boolean {
  return ({ machine }) => {
    if (machine?.fabric.id !== id || machine.interface === undefined) return false;
    return isThere(machine.interface, machine.fabric);
  };
}

/** Whether the interface's packets meet these filters, which count together, at one place of their way. */
export function isBehind(filters: readonly string[], face: InterfaceFacts, fabric: FabricFacts): boolean {
  const subnet = fabric.subnets.find(({ id }) => id === face.subnet);
  const network = fabric.networks.find(({ id }) => id === face.network);
  return [face, subnet, network].some((place) => filters.every((id) => place?.filters?.includes(id) ?? false));
}
