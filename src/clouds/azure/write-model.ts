/**
 * Models of scale sets, from which instances are made. An interface of a Uniform set cannot be changed by itself
 * ("operation 'write' ... is disallowed"): the model is, and then the instance is made what the model says.
 */
import type { PlannedChange, TargetState } from '../../model/planned.ts';
import type { WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import type { Calls, Kind, Question } from './calls.ts';
import type { WireMachine, WireScaleSet, WireSetInterface } from './wire.ts';
import type { Seen } from './write-live.ts';
import { busyWith, gone, settled } from './write-live.ts';
import { findInModel, putModel, upgradeInstance } from './write-requests.ts';

async function readOne<K extends Kind, T>(calls: Calls, question: Question<K>): Promise<T | WriteTrouble | undefined> {
  let raw: T | undefined;
  const trouble = await calls.get(question, (one) => {
    raw = one as T;
  });
  return trouble === undefined || trouble.kind === 'gone' ? raw : writeTroubleFor(trouble);
}

function forwardingOf(face: WireSetInterface): 'on' | 'off' {
  return face.properties?.enableIPForwarding === true ? 'on' : 'off';
}

/** Such a set would begin with all of its instances as soon as its model is changed. */
function rolloutDrift({ properties }: WireScaleSet, id: string): string | undefined {
  const { mode } = properties?.upgradePolicy ?? {};
  const isFlexible = properties?.orchestrationMode === 'Flexible';
  if (mode === 'Manual' || (mode === undefined && isFlexible)) return undefined;
  return `${id} upgrades its instances by itself when its model is changed (upgrade policy ${mode ?? 'not given'})`;
}

export async function readModel(calls: Calls, change: PlannedChange): Promise<Seen | WriteTrouble> {
  const { target, after } = change;
  if (target.kind !== 'template' || after.kind !== 'forwarding') throw new Error('not about a model');
  const id = target.template;
  const set = await readOne<'scaleSets', WireScaleSet>(calls, { kind: 'scaleSets', path: id });
  if (set === undefined) return gone(id);
  if ('trouble' in set) return set;
  const busy = busyWith(id, set.properties?.provisioningState);
  if (busy !== undefined) return busy;
  const face = findInModel(set, undefined);
  if (face === undefined) return { state: { kind: 'absent' }, drift: 'its model has no interface', token: [] };
  const seen: TargetState = { kind: 'forwarding', forwarding: forwardingOf(face) };
  const drift = rolloutDrift(set, id);
  return {
    // A set is also in the state Failed when one of its instances is.
    ...settled(seen, undefined, change),
    ...(drift === undefined ? {} : { drift }),
    token: [putModel(id, set, face, after.forwarding === 'on')],
  };
}

export interface Member {
  readonly set: string;
  readonly instance: string;
  /** Of the interface: that of its part of the model, too. */
  readonly name: string;
}

/** What has to be sent for an interface of a Uniform set. */
export async function readUpgrade(
  calls: Calls,
  { set: id, instance, name }: Member,
  isOn: boolean,
): Promise<Pick<Seen, 'token' | 'drift'> | WriteTrouble> {
  const [set, machine] = await Promise.all([
    readOne<'scaleSets', WireScaleSet>(calls, { kind: 'scaleSets', path: id }),
    readOne<'setMachines', WireMachine>(calls, { kind: 'setMachines', path: `${id}/virtualMachines/${instance}` }),
  ]);
  if (set === undefined || machine === undefined) return { token: [], drift: `${id} has no instance ${instance} now` };
  if ('trouble' in set) return set;
  if ('trouble' in machine) return machine;
  const busy = busyWith(id, set.properties?.provisioningState);
  if (busy !== undefined) return busy;
  const face = findInModel(set, name);
  if (face === undefined) return { token: [], drift: `the model of ${id} has no interface ${name}` };
  const upgrade = upgradeInstance(id, instance);
  if ((forwardingOf(face) === 'on') === isOn) return { token: [upgrade] };
  const drift = rolloutDrift(set, id) ?? pendingDrift(machine, id, instance);
  if (drift !== undefined) return { token: [], drift };
  return { token: [putModel(id, set, face, isOn), upgrade] };
}

/** An upgrade brings all that the model says, another image included. */
function pendingDrift({ properties }: WireMachine, id: string, instance: string): string | undefined {
  if (properties?.latestModelApplied !== false) return undefined;
  return `instance ${instance} of ${id} has not got other changes of the model yet, which an upgrade would bring, too`;
}
