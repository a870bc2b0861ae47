/** Whether a plan from a file still fits what is there: the facts that it names, before any call. Pure. */
import { fabricIdOf } from '../model/place.ts';
import type { PlannedChange } from '../model/planned.ts';
import type { Facts } from './facts.ts';

/** Undefined: it does; else what has changed, as a sentence without a full stop. */
export function findDrift({ place, precondition }: PlannedChange, facts: Facts): string | undefined {
  const { node, attached } = precondition;
  if (node !== undefined) {
    const now = facts.node(node.name);
    if (now === undefined) return `node ${node.name} is not there any more`;
    if (node.machine !== undefined && now.machine !== node.machine) {
      return `node ${node.name} runs on ${now.machine ?? 'a machine that was not found'} now, not on ${node.machine}`;
    }
    if (node.podCIDR !== undefined && !now.podCIDRs.includes(node.podCIDR)) {
      return `node ${node.name} does not have podCIDR ${node.podCIDR} any more`;
    }
  }
  if (attached === undefined) return undefined;
  const face = facts.interface(fabricIdOf(place), attached.interface);
  if (face === undefined) return `${attached.interface} does not exist any more`;
  if (face.machine === attached.machine) return undefined;
  return `${attached.interface} is attached to ${face.machine ?? 'nothing'} now, not to ${attached.machine}`;
}
