/** What a finding suggests -> the change as it would be approved, or why there is none. Pure. */
import type { RouteFacts } from '../model/snapshot.ts';
import type { Finding } from '../model/judgement.ts';
import { parsePrefix } from '../model/prefix.ts';
import { fabricIdOf } from '../model/place.ts';
import type { Change } from '../model/plan.ts';
import type { ChangeTarget, PlannedChange, Precondition, TargetState, WithheldReason } from '../model/planned.ts';
import { CHANGE_KINDS } from '../model/planned.ts';
import { FABRIC_TRAITS } from './fabrics.ts';
import type { Facts } from './facts.ts';
import { mannerOf, routeState, usualManner } from './manner.ts';
import { isSameState, targetKey } from './state.ts';
import { wayBack } from './way-back.ts';

export type Described = { readonly change: PlannedChange } | { readonly reason: WithheldReason };

/** The parts that differ from kind to kind. */
interface Parts {
  readonly target: ChangeTarget;
  readonly before: TargetState;
  readonly after: TargetState;
  readonly precondition: Precondition;
}

const ABSENT: TargetState = { kind: 'absent' };

export function describeFix(fix: Change, finding: Pick<Finding, 'key' | 'title'>, facts: Facts): Described {
  const kind = CHANGE_KINDS.find((one) => one === fix.kind);
  const fabric = fabricIdOf(fix.place);
  const subject = subjectOf(fix);
  const traits = kind === undefined ? undefined : FABRIC_TRAITS[fix.place.cloud].traits(kind, subject);
  if (kind === undefined || traits === undefined) {
    return refuse('unsupported', 'this version does not make such changes; the commands of the finding do');
  }
  const parts = partsOf(fix, fabric, facts);
  if ('code' in parts) return { reason: parts };
  if (isSameState(parts.before, parts.after)) return refuse('undecided', 'it is as wanted already');
  return {
    change: {
      id: `${kind} ${fabric} ${targetKey(parts.target)}`,
      kind,
      place: fix.place,
      ...parts,
      disruption: traits.disruption,
      undo: wayBack(kind, parts, fix.place, facts),
      permissions: traits.permissions,
      because: [{ finding: finding.key, title: finding.title }],
    },
  };
}

/** The id of what is changed. */
export function subjectOf(fix: Change): string {
  switch (fix.kind) {
    case 'set-forwarding':
      return fix.interface;
    case 'create-route':
    case 'replace-route':
    case 'delete-route':
      return targetKey({ kind: 'route', table: fix.table, prefix: fix.prefix, ...nameOf(fix) });
    case 'associate-table':
      return fix.subnet;
    case 'raise-route-limit':
      return fix.table;
    case 'tag-table':
    case 'untag-table':
      return `${fix.table} ${fix.tag}`;
    case 'set-template-forwarding':
      return fix.template;
    case 'admit-range':
      return `${fix.filter} ${fix.direction} ${fix.prefixes.join(',')}`;
  }
}

function partsOf(fix: Change, fabric: string, facts: Facts): Parts | WithheldReason {
  switch (fix.kind) {
    case 'set-forwarding':
      return forwardingParts(fix, fabric, facts);
    case 'create-route':
    case 'replace-route':
      return routeParts(fix, fabric, facts);
    case 'delete-route':
      return deletionParts(fix, fabric, facts);
    case 'associate-table':
      return associationParts(fix, fabric, facts);
    case 'set-template-forwarding':
      return templateParts(fix, fabric, facts);
    case 'raise-route-limit':
    case 'tag-table':
    case 'untag-table':
    case 'admit-range':
      return refusal('unsupported', 'this version does not make such changes');
  }
}

function forwardingParts(
  fix: Extract<Change, { kind: 'set-forwarding' }>,
  fabric: string,
  facts: Facts,
): Parts | WithheldReason {
  const face = facts.interface(fabric, fix.interface);
  if (face === undefined || face.forwarding === 'unknown') {
    return refusal('undecided', `what ${fix.interface} is set to is not known`);
  }
  return {
    target: { kind: 'interface', interface: fix.interface, ...machineOf(fix) },
    before: { kind: 'forwarding', forwarding: face.forwarding },
    after: { kind: 'forwarding', forwarding: 'on' },
    precondition: { ...attachedOf(fix), node: { name: fix.node, ...machineOf(fix) } },
  };
}

function routeParts(
  fix: Extract<Change, { kind: 'create-route' | 'replace-route' }>,
  fabric: string,
  facts: Facts,
): Parts | WithheldReason {
  const { table, prefix, node } = fix;
  const { cloud } = fix.place;
  const to = FABRIC_TRAITS[cloud].nextHop(fix);
  if (to === undefined) return refusal('undecided', `the next hop of ${node} is not known`);
  const outside = rangeTrouble(prefix, facts);
  if (outside !== undefined) return outside;
  const present = facts.route(fabric, table, prefix, fix.route);
  const isCreation = fix.kind === 'create-route';
  if (isCreation !== (present === undefined)) {
    return refusal('undecided', isCreation ? `${table} has a route for ${prefix}` : `${table} has no such route`);
  }
  const named = present === undefined ? newName(fix, fabric, facts) : nameOf(fix);
  if ('code' in named) return named;
  const owned = facts.node(node)?.podCIDRs.includes(prefix) === true ? { podCIDR: prefix } : {};
  const parts: Parts = {
    target: { kind: 'route', table, prefix, ...named },
    before: present === undefined ? ABSENT : routeState(cloud, present),
    after: {
      kind: 'route',
      to,
      ...(present === undefined ? usualManner(cloud, fabric, table, facts) : mannerOf(cloud, present)),
    },
    precondition: { ...attachedOf(fix), node: { name: node, ...machineOf(fix), ...owned } },
  };
  return present === undefined ? parts : (targetTrouble(present) ?? parts);
}

/** The usual name, unless another route has it: writing under that would overwrite the other one. */
function newName(
  fix: Extract<Change, { kind: 'create-route' | 'replace-route' }>,
  fabric: string,
  facts: Facts,
): { name?: string } | WithheldReason {
  if (fix.route !== undefined) return { name: fix.route };
  const isOneOfMany = (facts.node(fix.node)?.podCIDRs.length ?? 0) > 1;
  const names = FABRIC_TRAITS[fix.place.cloud].routeNames?.(fix, isOneOfMany);
  if (names === undefined) return {};
  const taken = facts.table(fabric, fix.table)?.routes.flatMap(({ name = '' }) => name.toLowerCase()) ?? [];
  const name = names.find((one) => !taken.includes(one.toLowerCase()));
  if (name !== undefined) return { name };
  return refusal('conflict', `a route for another range is called ${names.join(' or ')} in ${fix.table} already`);
}

function deletionParts(
  fix: Extract<Change, { kind: 'delete-route' }>,
  fabric: string,
  facts: Facts,
): Parts | WithheldReason {
  const { table, prefix } = fix;
  const outside = rangeTrouble(prefix, facts);
  if (outside !== undefined) return outside;
  const present = facts.route(fabric, table, prefix, fix.route);
  if (present === undefined) return refusal('undecided', `${table} has no route for ${prefix} that somebody made`);
  return (
    targetTrouble(present) ?? {
      target: { kind: 'route', table, prefix, ...nameOf(fix) },
      before: routeState(fix.place.cloud, present),
      after: ABSENT,
      precondition: {},
    }
  );
}

function associationParts(
  { subnet, table }: Extract<Change, { kind: 'associate-table' }>,
  fabric: string,
  facts: Facts,
): Parts | WithheldReason {
  const present = facts.fabric(fabric)?.subnets.find(({ id }) => id === subnet);
  if (present?.tableBy === undefined) return refusal('undecided', `which table governs ${subnet} is not known`);
  const own = present.tableBy === 'association' ? present.table : undefined;
  return {
    target: { kind: 'subnet', subnet },
    before: own === undefined ? ABSENT : { kind: 'association', table: own },
    after: { kind: 'association', table },
    precondition: {},
  };
}

function templateParts(
  { template }: Extract<Change, { kind: 'set-template-forwarding' }>,
  fabric: string,
  facts: Facts,
): Parts | WithheldReason {
  const present = facts.fabric(fabric)?.machines.find((machine) => machine.template?.id === template)?.template;
  if (present === undefined || present.forwarding === 'unknown') {
    return refusal('undecided', `what ${template} says is not known`);
  }
  return {
    target: { kind: 'template', template },
    before: { kind: 'forwarding', forwarding: present.forwarding },
    after: { kind: 'forwarding', forwarding: 'on' },
    precondition: {},
  };
}

/** What is never touched, whatever a finding says. */
function rangeTrouble(prefix: string, facts: Facts): WithheldReason | undefined {
  if (parsePrefix(prefix)?.length === 0) return refusal('outside', 'it is a default route');
  return facts.isPodRange(prefix) ? undefined : refusal('outside', `${prefix} is not in the cluster's pod ranges`);
}

function targetTrouble({ target }: RouteFacts): WithheldReason | undefined {
  if (target.kind === 'unknown') return refusal('outside', `what the route leads to is not known (${target.text})`);
  return target.kind === 'local' ? refusal('outside', "it is the network's own route") : undefined;
}

function attachedOf(fix: { readonly interface: string; readonly machine?: string }): Pick<Precondition, 'attached'> {
  return fix.machine === undefined ? {} : { attached: { interface: fix.interface, machine: fix.machine } };
}

function machineOf({ machine }: { readonly machine?: string }): { machine?: string } {
  return machine === undefined ? {} : { machine };
}

function nameOf({ route }: { readonly route?: string }): { name?: string } {
  return route === undefined ? {} : { name: route };
}

function refusal(code: WithheldReason['code'], text: string): WithheldReason {
  return { code, text };
}

function refuse(code: WithheldReason['code'], text: string): Described {
  return { reason: refusal(code, text) };
}
