/** Which nodes failing paths are blamed on: the owner of what is at fault, or everybody whom a shared cause hits. */
import { RULE_IDS } from '../model/config.ts';
import type { FaultDetail } from '../model/faults.ts';
import type { RuleContext, RuleNode } from './rule.ts';

/** Names. A node whose machine is gone is left out: nothing on it says anything any more. */
export function nodesAtFault(context: RuleContext): ReadonlySet<string> {
  const names = new Set<string>();
  const areas: ((node: RuleNode) => boolean)[] = [];
  for (const rule of RULE_IDS) {
    for (const { verdict, details } of context.faults(rule)) {
      if (verdict !== 'fail') continue;
      for (const detail of details) {
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
    case 'filter':
      return [detail.node];
    case 'overlap':
      return detail.nodes;
    case 'association':
      return isAt(detail.fabric, ({ subnet }) => subnet === detail.subnet);
    case 'off-link':
      return isAt(detail.fabric, ({ subnet }) => detail.subnets.includes(subnet));
    case 'family':
      return isAt(detail.fabric, ({ network }) => network === detail.network);
    case 'machine':
    case 'gap':
      return [];
  }
}

function isAt(
  fabric: string,
  isThere: (face: { readonly subnet: string; readonly network: string }) => boolean,
): (node: RuleNode) => boolean {
  return (node) =>
    node.machine?.fabric.id === fabric && node.machine.interface !== undefined && isThere(node.machine.interface);
}
