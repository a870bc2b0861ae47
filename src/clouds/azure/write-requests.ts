/** A raw answer of Resource Manager, and what is to be changed in it -> the requests that change it. Pure. */
import type { RouteTarget } from '../../model/snapshot.ts';
import { VERSIONS } from './calls.ts';
import { foldId, parseResourceId } from './ids.ts';
import type { WireInterface, WireRoute, WireScaleSet, WireSetInterface, WireSubnet } from './wire.ts';

/** One request that changes something. */
export interface ArmWrite {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  /** Below the endpoint: `/subscriptions/...`. */
  readonly path: string;
  readonly version: string;
  /** The action that a role has to allow. */
  readonly permission: string;
  readonly body?: unknown;
  /** Makes the API refuse it (412) where the resource is not as it was read. */
  readonly condition?: Readonly<Record<'If-Match', string>> | Readonly<Record<'If-None-Match', '*'>>;
}

interface Tagged {
  readonly etag?: string;
}

/** Without an etag nothing would notice a change in between. */
function unchanged({ etag }: Tagged): Pick<ArmWrite, 'condition'> {
  return etag === undefined ? {} : { condition: { 'If-Match': etag } };
}

/** All fields as they were read, known here or not: what a PUT leaves out is set back. */
export function putInterface(id: string, raw: WireInterface, isOn: boolean): ArmWrite {
  const body = { ...raw, properties: { ...raw.properties, enableIPForwarding: isOn } };
  const permission = 'Microsoft.Network/networkInterfaces/write';
  return { method: 'PUT', path: id, version: VERSIONS.network, permission, body, ...unchanged(raw) };
}

/** Interfaces of the model, with the one that the others are counted from first. */
function interfacesOf(set: WireScaleSet): readonly WireSetInterface[] {
  return set.properties?.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
}

/** By name, which an instance's interface shares with its part of the model; without a name the primary one. */
export function findInModel(set: WireScaleSet, name: string | undefined): WireSetInterface | undefined {
  const faces = interfacesOf(set);
  if (name !== undefined) return faces.find((face) => face.name?.toLowerCase() === name.toLowerCase());
  return faces.find((face) => face.properties?.primary === true) ?? faces[0];
}

/**
 * The whole set, as `az vmss update` sends it. A PATCH takes fewer fields for interfaces than a reading shows, and
 * replaces their list.
 */
export function putModel(id: string, raw: WireScaleSet, face: WireSetInterface, isOn: boolean): ArmWrite {
  const faces = interfacesOf(raw).map((one) =>
    one === face ? { ...one, properties: { ...one.properties, enableIPForwarding: isOn } } : one,
  );
  const profile = raw.properties?.virtualMachineProfile;
  const networkProfile = { ...profile?.networkProfile, networkInterfaceConfigurations: faces };
  const properties = { ...raw.properties, virtualMachineProfile: { ...profile, networkProfile } };
  const permission = 'Microsoft.Compute/virtualMachineScaleSets/write';
  const body = { ...raw, properties };
  return { method: 'PUT', path: id, version: VERSIONS.compute, permission, body, ...unchanged(raw) };
}

/** Makes one instance what the model of its set says. */
export function upgradeInstance(set: string, instance: string): ArmWrite {
  return {
    method: 'POST',
    path: `${set}/manualupgrade`,
    version: VERSIONS.compute,
    permission: 'Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action',
    body: { instanceIds: [instance] },
  };
}

/** Undefined: Azure takes no route to such a target. */
function nextHopOf(target: RouteTarget): { nextHopType: string; nextHopIpAddress?: string } | undefined {
  switch (target.kind) {
    case 'address':
      return { nextHopType: 'VirtualAppliance', nextHopIpAddress: target.address };
    case 'none':
      return { nextHopType: 'None' };
    case 'gateway':
      if (target.gateway === 'internet') return { nextHopType: 'Internet' };
      return target.gateway === 'vpn' ? { nextHopType: 'VirtualNetworkGateway' } : undefined;
    case 'interface':
    case 'machine':
    case 'local':
    case 'unknown':
      return undefined;
  }
}

export interface RoutePlace {
  /** Of the table, without what facts append to it. */
  readonly table: string;
  readonly prefix: string;
  readonly name: string;
  /** The route that is there now. */
  readonly raw: WireRoute | undefined;
}

/**
 * One route by itself: a PUT of the whole table would set back what others have changed in it meanwhile. Routes have the
 * etag of their table. Undefined: Azure takes no route to such a target.
 */
export function putRoute({ table, prefix, name, raw }: RoutePlace, to: RouteTarget): ArmWrite | undefined {
  const hop = nextHopOf(to);
  if (hop === undefined) return undefined;
  // An address is only allowed beside VirtualAppliance.
  const { nextHopIpAddress: _, ...kept } = raw?.properties ?? { addressPrefix: prefix };
  const body = { name, ...raw, properties: { ...kept, ...hop } };
  const permission = 'Microsoft.Network/routeTables/routes/write';
  const condition = raw === undefined ? { condition: { 'If-None-Match': '*' as const } } : unchanged(raw);
  return { method: 'PUT', path: `${table}/routes/${name}`, version: VERSIONS.network, permission, body, ...condition };
}

export function deleteRoute({ table, name, raw }: RoutePlace): ArmWrite {
  const permission = 'Microsoft.Network/routeTables/routes/delete';
  const path = `${table}/routes/${name}`;
  return { method: 'DELETE', path, version: VERSIONS.network, permission, ...unchanged(raw ?? {}) };
}

/** `table` undefined: none. */
export function putSubnet(id: string, raw: WireSubnet, table: string | undefined): ArmWrite {
  const { routeTable: _, ...kept } = raw.properties ?? {};
  const body = { ...raw, properties: { ...kept, ...(table === undefined ? {} : { routeTable: { id: table } }) } };
  const permission = 'Microsoft.Network/virtualNetworks/subnets/write';
  return { method: 'PUT', path: id, version: VERSIONS.network, permission, body, ...unchanged(raw) };
}

/** Scale set and number of the instance that an interface of a Uniform set belongs to, as the id spells them. */
export function instanceOf(face: string): { set: string; instance: string; name: string } | undefined {
  const parsed = parseResourceId(face);
  const type = 'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces';
  const [, instance, name] = parsed?.names ?? [];
  if (parsed?.type !== type || instance === undefined || name === undefined) return undefined;
  return { set: face.split('/').slice(0, 9).join('/'), instance, name };
}

/** In facts a table that serves several virtual networks has the network behind `#`. */
export function plainTable(id: string): string {
  return id.split('#')[0] ?? id;
}

export function sameId(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && foldId(one) === foldId(other);
}
