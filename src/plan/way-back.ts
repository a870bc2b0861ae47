/** Whether and how a change can be taken back. Pure. */
import { fabricIdOf } from '../model/place.ts';
import type { Place } from '../model/plan.ts';
import type { ChangeKind, ChangeTarget, PlannedChange, Undo } from '../model/planned.ts';
import { FABRIC_TRAITS } from './fabrics.ts';
import type { Facts } from './facts.ts';
import { restoreTrouble } from './manner.ts';
import { targetKey } from './state.ts';

const INVERSE: Readonly<Record<ChangeKind, ChangeKind>> = {
  'set-forwarding': 'set-forwarding',
  'set-template-forwarding': 'set-template-forwarding',
  'create-route': 'delete-route',
  'replace-route': 'replace-route',
  'delete-route': 'create-route',
  'associate-table': 'associate-table',
};

export function wayBack(
  kind: ChangeKind,
  { target, before }: Pick<PlannedChange, 'target' | 'before'>,
  place: Place,
  facts: Facts,
): Undo {
  const inverse = INVERSE[kind];
  const trouble = restoreTrouble(place.cloud, before, facts.fabric(fabricIdOf(place)));
  if (trouble !== undefined) return { possible: false, reason: trouble };
  const traits = FABRIC_TRAITS[place.cloud].traits(inverse, targetKey(target));
  if (traits === undefined) return { possible: false, reason: 'this version cannot take it back' };
  if (traits.byTemplate === true && templateOf(target, place, facts) !== 'off') {
    return { possible: false, reason: 'what the machine is made from forwards already, and would stay so' };
  }
  return { possible: true, kind: inverse, disruption: traits.disruption };
}

/** What the machine of an interface is made from. */
function templateOf(target: ChangeTarget, place: Place, facts: Facts): 'on' | 'off' | 'unknown' {
  const machine = target.kind === 'interface' ? target.machine : undefined;
  const found = facts.fabric(fabricIdOf(place))?.machines.find(({ id }) => id === machine);
  return found?.template?.forwarding ?? 'unknown';
}
