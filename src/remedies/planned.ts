/** A planned change, and its way back, as text for every tool. */
import type { RouteTarget } from '../model/fabric.ts';
import type { Change } from '../model/plan.ts';
import type { PlannedChange, TargetState } from '../model/planned.ts';
import { remediesFor } from './index.ts';
import type { Remedies } from './scripts.ts';

export function remediesOf(change: PlannedChange): Remedies {
  const asked = suggest(change, change.kind, change.after);
  return remediesFor(asked === undefined ? [] : [asked]);
}

/** Empty where it cannot be taken back. */
export function undoRemediesOf(change: PlannedChange): Remedies {
  const { undo, before } = change;
  const asked = undo.possible ? suggest(change, undo.kind, before) : undefined;
  return remediesFor(asked === undefined ? [] : [asked]);
}

/** What a finding would have to suggest for it. */
function suggest(
  { place, target, precondition }: PlannedChange,
  kind: PlannedChange['kind'],
  wanted: TargetState,
): Change | undefined {
  const node = precondition.node?.name ?? '';
  const machine = precondition.attached?.machine;
  switch (target.kind) {
    case 'interface':
      return {
        kind: 'set-forwarding',
        place,
        interface: target.interface,
        ...(target.machine === undefined ? {} : { machine: target.machine }),
        node,
        ...offOf(wanted),
      };
    case 'template':
      return { kind: 'set-template-forwarding', place, template: target.template, ...offOf(wanted) };
    case 'subnet':
      return wanted.kind === 'association'
        ? { kind: 'associate-table', place, subnet: target.subnet, table: wanted.table }
        : undefined;
    case 'route': {
      const { table, prefix, name } = target;
      const route = name === undefined ? {} : { route: name };
      if (wanted.kind !== 'route') return { kind: 'delete-route', place, table, prefix, ...route };
      const verb = kind === 'create-route' ? 'create-route' : 'replace-route';
      const face = interfaceOf(wanted.to) ?? precondition.attached?.interface ?? '';
      const owner = machine === undefined ? {} : { machine };
      const { to, rank, scopeTags, description } = wanted;
      const manner = {
        ...(rank === undefined ? {} : { rank }),
        ...(scopeTags === undefined ? {} : { scopeTags }),
        ...(description === undefined ? {} : { description }),
      };
      const more = Object.keys(manner).length === 0 ? {} : { manner };
      return { kind: verb, place, table, prefix, interface: face, ...owner, node, ...route, to, ...more };
    }
  }
}

function offOf(wanted: TargetState): { forwarding?: 'off' } {
  return wanted.kind === 'forwarding' && wanted.forwarding === 'off' ? { forwarding: 'off' } : {};
}

function interfaceOf(to: RouteTarget): string | undefined {
  return to.kind === 'interface' ? to.interface : undefined;
}
