/** A plan taken back: the former values, the last change first. An undo file is a plan like any other. */
import type { Plan, PlannedChange, Precondition, WithheldChange } from '../model/planned.ts';
import { fabricIdOf } from '../model/place.ts';
import { FABRIC_TRAITS } from './fabrics.ts';
import { sealPlan } from './plan.ts';
import { describeChange, targetKey } from './state.ts';

export function undoPlan(plan: Plan): Plan {
  const changes: PlannedChange[] = [];
  const withheld: WithheldChange[] = [];
  for (const change of plan.changes.toReversed()) {
    const undone = undoChange(change);
    if (undone !== undefined) changes.push(undone);
    else withheld.push(withhold(change));
  }
  return sealPlan({ ...plan, purpose: plan.purpose === 'undo' ? 'plan' : 'undo', changes, withheld });
}

/** Undefined: it cannot be taken back. */
export function undoChange(change: PlannedChange): PlannedChange | undefined {
  const { undo, place, target, before, after } = change;
  if (!undo.possible) return undefined;
  const traits = FABRIC_TRAITS[place.cloud].traits(undo.kind, targetKey(target));
  if (traits === undefined) return undefined;
  return {
    ...change,
    id: `${undo.kind} ${fabricIdOf(place)} ${targetKey(target)}`,
    kind: undo.kind,
    before: after,
    after: before,
    precondition: looser(change.precondition),
    disruption: undo.disruption,
    undo: { possible: true, kind: change.kind, disruption: change.disruption },
    permissions: traits.permissions,
  };
}

/** Former values need not fit the node that the podCIDR belongs to: that is why they were changed. */
function looser({ node }: Precondition): Precondition {
  return node === undefined ? {} : { node: { name: node.name } };
}

function withhold(change: PlannedChange): WithheldChange {
  const { id, kind, place, because, undo } = change;
  const text = undo.possible ? 'this version cannot take it back' : undo.reason;
  const what = `take back ${describeChange(change)}`;
  return { id, kind, place, what, because, reasons: [{ code: 'unsupported', text }] };
}
