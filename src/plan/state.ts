/** States of targets: when two are the same, and what to call them. Pure. */
import type { RouteTarget } from '../model/fabric.ts';
import type { ChangeTarget, PlannedChange, TargetState } from '../model/planned.ts';

/** Whether nothing would have to be changed to get from one to the other. */
export function isSameState(a: TargetState, b: TargetState): boolean {
  // A route for some senders only is another one; which of two equal ones would win is not looked at.
  if (a.kind === 'route' && b.kind === 'route') {
    return isSameNextHop(a.to, b.to) && isSameList(a.scopeTags, b.scopeTags);
  }
  if (a.kind === 'forwarding' && b.kind === 'forwarding') return a.forwarding === b.forwarding;
  if (a.kind === 'association' && b.kind === 'association') return a.table === b.table;
  return a.kind === b.kind;
}

function isSameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** An interface stays the same when its machine goes, and answers do not always name the machine. */
export function isSameNextHop(a: RouteTarget, b: RouteTarget): boolean {
  return nextHopKey(a) === nextHopKey(b);
}

function nextHopKey(target: RouteTarget): string {
  switch (target.kind) {
    case 'interface':
      return `interface ${target.interface}`;
    case 'machine':
      return `machine ${target.machine}`;
    case 'address':
      return `address ${target.address}`;
    case 'gateway':
      return `gateway ${target.id}`;
    case 'unknown':
      return `unknown ${target.text}`;
    case 'local':
    case 'none':
      return target.kind;
  }
}

/** The same for every change of one thing, whatever the change. */
export function targetKey(target: ChangeTarget): string {
  switch (target.kind) {
    case 'interface':
      return target.interface;
    case 'template':
      return target.template;
    case 'subnet':
      return target.subnet;
    case 'route':
      return `${target.table}/${target.prefix}${target.name === undefined ? '' : ` ${target.name}`}`;
  }
}

/** `forwarding off`, `-> eni-1 (i-1)`, `no route`. Foreign text. */
export function describeState(state: TargetState, target: ChangeTarget): string {
  switch (state.kind) {
    case 'forwarding':
      return `forwarding ${state.forwarding}`;
    case 'association':
      return `table ${state.table}`;
    case 'absent':
      return ABSENT_WORDS[target.kind];
    case 'route':
      return `-> ${describeNextHop(state.to)}`;
  }
}

const ABSENT_WORDS: Readonly<Record<ChangeTarget['kind'], string>> = {
  interface: 'not there',
  template: 'not there',
  subnet: 'no table of its own',
  route: 'no route',
};

function describeNextHop(to: RouteTarget): string {
  switch (to.kind) {
    case 'interface':
      return to.machine === undefined ? to.interface : `${to.interface} (${to.machine})`;
    case 'machine':
      return to.machine;
    case 'address':
      return to.address;
    case 'gateway':
      return to.id;
    case 'unknown':
      return to.text;
    case 'local':
      return 'local';
    case 'none':
      return 'nothing (dropped)';
  }
}

/** One line: what is changed, from what to what. Foreign text. */
export function describeChange({ kind, target, before, after }: PlannedChange): string {
  return `${kind} ${targetKey(target)}: ${describeState(before, target)} => ${describeState(after, target)}`;
}
