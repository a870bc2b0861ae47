/** Targets of changes as they are right before the write, and the requests that would change them. */
import type { PlannedChange, TargetState } from '../../model/planned.ts';
import { canonicalPrefix, parseAddress } from '../../model/prefix.ts';
import type { WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import type { Calls } from './calls.ts';
import { translateInterface } from './translate.ts';
import type { InterfaceDraft } from './translate.ts';
import { translateTable } from './translate-routes.ts';
import type { WireInterface, WireRoute, WireRouteTable, WireSubnet } from './wire.ts';
import type { Seen } from './write-live.ts';
import { busyWith, gone, settled } from './write-live.ts';
import { readUpgrade } from './write-model.ts';
import type { ArmWrite, RoutePlace } from './write-requests.ts';
import { deleteRoute, instanceOf, plainTable, putInterface, putRoute, putSubnet, sameId } from './write-requests.ts';

const ABSENT: TargetState = { kind: 'absent' };

export async function readForwarding(calls: Calls, change: PlannedChange): Promise<Seen | WriteTrouble> {
  const { target, after, precondition } = change;
  if (target.kind !== 'interface' || after.kind !== 'forwarding') throw new Error('not about an interface');
  const id = target.interface;
  const face = await readInterface(calls, id);
  if ('trouble' in face) return face;
  if (face.raw === undefined) return gone(id);
  const { properties } = face.raw;
  const busy = busyWith(id, properties?.provisioningState);
  if (busy !== undefined) return busy;
  const { forwarding = 'unknown' } = face.facts ?? {};
  const seen: TargetState = forwarding === 'unknown' ? ABSENT : { kind: 'forwarding', forwarding };
  const state = settled(seen, properties?.provisioningState, change);
  const drift = attachmentDrift(face.facts, precondition.attached);
  if (drift !== undefined) return { ...state, drift, token: [] };
  const isOn = after.forwarding === 'on';
  const member = instanceOf(id);
  if (member === undefined) return { ...state, token: [putInterface(id, face.raw, isOn)] };
  if (forwarding === after.forwarding && state.resumable !== true) return { ...state, token: [] };
  const upgrade = await readUpgrade(calls, member, isOn);
  return 'trouble' in upgrade ? upgrade : { ...state, ...upgrade };
}

interface Face {
  readonly raw: WireInterface | undefined;
  readonly facts: InterfaceDraft | undefined;
}

/** `raw` undefined: there is no such interface. */
async function readInterface(calls: Calls, id: string): Promise<Face | WriteTrouble> {
  let raw: WireInterface | undefined;
  const kind = instanceOf(id) === undefined ? ('interfaces' as const) : ('setInterface' as const);
  const trouble = await calls.get({ kind, path: id }, (one) => {
    raw = one;
  });
  if (trouble !== undefined && trouble.kind !== 'gone') return writeTroubleFor(trouble);
  return { raw, facts: raw === undefined ? undefined : translateInterface(raw) };
}

function attachmentDrift(
  face: InterfaceDraft | undefined,
  attached: PlannedChange['precondition']['attached'],
): string | undefined {
  if (attached === undefined || sameId(face?.machine, attached.machine)) return undefined;
  return `${attached.interface} is attached to ${face?.machine ?? 'nothing'} now, not to ${attached.machine}`;
}

/** The whole table: another route may have the range, or the name, and they have one etag. */
export async function readRoute(calls: Calls, change: PlannedChange): Promise<Seen | WriteTrouble> {
  const { target, after, precondition } = change;
  if (target.kind !== 'route') throw new Error('not about a route');
  const table = plainTable(target.table);
  let raw: WireRouteTable | undefined;
  const [trouble, hop] = await Promise.all([
    calls.get({ kind: 'tables', path: table }, (one) => {
      raw = one;
    }),
    readNextHop(calls, after, precondition.attached),
  ]);
  if (trouble !== undefined && trouble.kind !== 'gone') return writeTroubleFor(trouble);
  if (raw === undefined) return gone(table);
  if (typeof hop === 'object') return hop;
  const routes = raw.properties?.routes ?? [];
  const present = routes.find((one) => prefixOf(one) === target.prefix);
  const name = target.name ?? present?.name;
  if (name === undefined) return { state: ABSENT, drift: 'the plan gives the route no name', token: [] };
  const busy =
    busyWith(table, raw.properties?.provisioningState) ?? busyWith(name, present?.properties?.provisioningState);
  if (busy !== undefined) return busy;
  const facts = translateTable({ ...raw, properties: { routes: present === undefined ? [] : [present] } })?.routes[0];
  const seen: TargetState = facts === undefined ? ABSENT : { kind: 'route', to: facts.target };
  const state = settled(seen, present?.properties?.provisioningState, change);
  const drift = nameDrift(routes, present, name) ?? hop;
  if (drift !== undefined) return { ...state, drift, token: [] };
  return { ...state, token: routeRequests({ table, prefix: target.prefix, name, raw: present }, after) };
}

function routeRequests(place: RoutePlace, after: TargetState): ArmWrite[] {
  if (after.kind !== 'route') return [deleteRoute(place)];
  const request = putRoute(place, after.to);
  return request === undefined ? [] : [request];
}

function prefixOf({ properties }: WireRoute): string {
  return canonicalPrefix(properties?.addressPrefix ?? '');
}

/** A PUT under a name that another route has would overwrite that one. */
function nameDrift(routes: readonly WireRoute[], present: WireRoute | undefined, name: string): string | undefined {
  const isCalled = (one: WireRoute): boolean => one.name?.toLowerCase() === name.toLowerCase();
  if (present !== undefined) {
    return isCalled(present) ? undefined : `the route is called ${present.name ?? 'nothing'} now, not ${name}`;
  }
  const other = routes.find(isCalled);
  return other === undefined ? undefined : `${name} is the name of the route for ${prefixOf(other)} now`;
}

/** Routes name addresses, and those move from interface to interface: undefined where it is where it was. */
async function readNextHop(
  calls: Calls,
  after: TargetState,
  attached: PlannedChange['precondition']['attached'],
): Promise<string | WriteTrouble | undefined> {
  if (attached === undefined) return undefined;
  const face = await readInterface(calls, attached.interface);
  if ('trouble' in face) return face;
  if (face.raw === undefined) return `${attached.interface} does not exist any more`;
  const drift = attachmentDrift(face.facts, attached);
  if (drift !== undefined || after.kind !== 'route' || after.to.kind !== 'address') return drift;
  const address = parseAddress(after.to.address)?.text ?? after.to.address;
  return face.facts?.addresses.includes(address) === true
    ? undefined
    : `${attached.interface} does not have the address ${address} any more`;
}

export async function readAssociation(calls: Calls, change: PlannedChange): Promise<Seen | WriteTrouble> {
  const { target, before, after } = change;
  if (target.kind !== 'subnet') throw new Error('not about a subnet');
  let raw: WireSubnet | undefined;
  const trouble = await calls.get({ kind: 'subnets', path: target.subnet }, (one) => {
    raw = one;
  });
  if (trouble !== undefined && trouble.kind !== 'gone') return writeTroubleFor(trouble);
  if (raw === undefined) return gone(target.subnet);
  const busy = busyWith(target.subnet, raw.properties?.provisioningState);
  if (busy !== undefined) return busy;
  const now = raw.properties?.routeTable?.id;
  // In the words of the plan, which may spell the id, and the network behind it, in another way.
  const known = [before, after].find((one) => one.kind === 'association' && sameId(plainTable(one.table), now));
  const seen: TargetState = now === undefined ? ABSENT : (known ?? { kind: 'association', table: now });
  const table = after.kind === 'association' ? plainTable(after.table) : undefined;
  return {
    ...settled(seen, raw.properties?.provisioningState, change),
    token: [putSubnet(target.subnet, raw, table)],
  };
}
