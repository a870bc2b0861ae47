/** One machine as a change looks at it, and the request that switches its forwarding. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import type { PlannedChange } from '../../model/planned.ts';
import { translateInstance } from './translate.ts';
import { machinePlace } from './url.ts';
import type { ChangingRequest } from './write-calls.ts';

/** A machine's JSON, whole. */
export type RawInstance = object;

export function forwardingOf(raw: RawInstance): 'on' | 'off' {
  return (raw as google.cloud.compute.v1.IInstance).canIpForward === true ? 'on' : 'off';
}

/**
 * The whole machine goes back with one field changed: what an update leaves out counts as removed ("Update instance
 * properties"). With the fingerprint that was read, Compute Engine refuses it (412) if anything has changed since. It
 * also refuses what would take more than a refresh: canIpForward takes no more (same page), so nothing restarts.
 */
export function updateRequest(id: string, raw: RawInstance, forwarding: 'on' | 'off'): ChangingRequest {
  const { project, zone, name } = machinePlace(id);
  return {
    method: 'PUT',
    says: `instances.update ${project}/${zone}/${name}`,
    permission: 'instances.update',
    project,
    place: `zones/${zone}`,
    resource: `instances/${name}`,
    query: { mostDisruptiveAllowedAction: 'REFRESH' },
    body: { ...raw, canIpForward: forwarding === 'on' },
  };
}

/** What is not as the precondition says, as a sentence without a full stop. */
export function attachmentDrift(
  raw: RawInstance | undefined,
  attached: NonNullable<PlannedChange['precondition']['attached']>,
  { target, after }: Pick<PlannedChange, 'target' | 'after'>,
): string | undefined {
  if (raw === undefined) return `${attached.machine} does not exist any more`;
  const { project, zone } = machinePlace(attached.machine);
  const draft = translateInstance(raw, project, zone);
  const face = draft?.interfaces.find(({ id }) => id === attached.interface);
  if (face === undefined) return `${attached.machine} has no interface ${attached.interface} any more`;
  if (target.kind !== 'route') return undefined;
  if (face.network !== target.table) return `${attached.interface} is in network ${face.network} now`;
  if (after.kind !== 'route' || after.to.kind !== 'address') return undefined;
  const { address } = after.to;
  return face.addresses.includes(address) ? undefined : `${attached.interface} does not have ${address} any more`;
}
