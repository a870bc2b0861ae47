/** Answers -> slim drafts: virtual machines, scale sets and network interfaces. One object in, one slim object out. */
import { canonicalPrefix, parseAddress } from '../../model/prefix.ts';
import type { InterfaceFacts, MachineFacts, MachineState } from '../../model/snapshot.ts';
import { foldId, parentId } from './ids.ts';
import type { Reference, WireInterface, WireIpConfiguration, WireMachine, WireScaleSet } from './wire.ts';

/** A machine before it is known which other resources there are; ids of others as its own answer spells them. */
export interface MachineDraft {
  readonly id: string;
  readonly name?: string;
  readonly state: MachineState;
  readonly stateText: string;
  readonly zone?: string;
  /** The scale set that made it. */
  readonly scaleSet?: string;
  /** Of instances of a Uniform set: whether they are what the set's model says now. */
  readonly hasLatestModel?: boolean;
}

export interface InterfaceDraft {
  readonly id: string;
  readonly machine?: string;
  readonly subnet: string;
  readonly addresses: readonly string[];
  readonly assignedPrefixes: readonly string[];
  readonly forwarding: InterfaceFacts['forwarding'];
  readonly primary: boolean;
  readonly type?: string;
  /** The service that keeps it. */
  readonly owner?: string;
  /** Its network security group, as its own answer spells it. */
  readonly filter?: string;
  /** Application security groups, folded. */
  readonly groups: readonly string[];
}

export interface ScaleSetDraft {
  readonly id: string;
  readonly isUniform: boolean;
  /** Of the interface configuration that the next instance's primary interface is made from. */
  readonly forwarding: InterfaceFacts['forwarding'];
  /** Where the next instances' interfaces will be. */
  readonly subnets: readonly string[];
}

const STATES: Readonly<Record<string, MachineState>> = {
  starting: 'running',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  deallocating: 'stopped',
  deallocated: 'stopped',
};

/** Also an instance of a Uniform scale set, which is told by its id. */
export function translateMachine(machine: WireMachine): MachineDraft | undefined {
  const { id, name, zones, properties } = machine;
  if (id === undefined) return undefined;
  const [zone] = zones ?? [];
  // An instance of a Uniform set is a part of it; a member of a Flexible one names it.
  const scaleSet = parentId(id) ?? properties?.virtualMachineScaleSet?.id;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...stateOf(machine),
    ...(zone === undefined ? {} : { zone }),
    ...(scaleSet === undefined ? {} : { scaleSet }),
    ...(properties?.latestModelApplied === undefined ? {} : { hasLatestModel: properties.latestModelApplied }),
  };
}

/** `PowerState/running`; the case of codes differs between machines and scale-set instances. */
function stateOf({ properties }: WireMachine): Pick<MachineFacts, 'state' | 'stateText'> {
  const words = (properties?.instanceView?.statuses ?? []).map(({ code = '' }) => code.toLowerCase().split('/'));
  const wordOf = (kind: string): string | undefined => words.find(([first]) => first === kind)?.[1];
  if (wordOf('provisioningstate') === 'deleting') return { state: 'terminated', stateText: 'deleting' };
  const word = wordOf('powerstate');
  return { state: STATES[word ?? ''] ?? 'unknown', stateText: word ?? 'not given' };
}

export function translateInterface(face: WireInterface): InterfaceDraft | undefined {
  const { id, properties } = face;
  if (id === undefined) return undefined;
  const configurations = [...(properties?.ipConfigurations ?? [])].sort(primaryFirst);
  const held = configurations.map(holdingOf);
  const subnet = configurations.find((one) => one.properties?.subnet?.id !== undefined)?.properties?.subnet?.id;
  const machine = properties?.virtualMachine?.id;
  const filter = properties?.networkSecurityGroup?.id;
  const type = typeOf(face);
  const owner = serviceOf(id, face.tags ?? {});
  return {
    id,
    ...(machine === undefined ? {} : { machine }),
    subnet: subnet ?? '',
    addresses: [...new Set(held.flatMap(({ address }) => address ?? []))],
    assignedPrefixes: [...new Set(held.flatMap(({ prefix }) => prefix ?? []))].sort(),
    forwarding: forwardingOf(properties),
    primary: properties?.primary === true,
    ...(type === undefined ? {} : { type }),
    ...(owner === undefined ? {} : { owner }),
    ...(filter === undefined ? {} : { filter }),
    groups: groupsOf(configurations.flatMap((one) => one.properties?.applicationSecurityGroups ?? [])),
  };
}

function primaryFirst(a: WireIpConfiguration, b: WireIpConfiguration): number {
  return Number(b.properties?.primary === true) - Number(a.properties?.primary === true);
}

/** An IP configuration holds one address, or a block of them whose length is given beside it. */
function holdingOf({ properties }: WireIpConfiguration): { readonly address?: string; readonly prefix?: string } {
  const text = properties?.privateIPAddress;
  if (text === undefined) return {};
  const length = properties?.privateIPAddressPrefixLength;
  if (text.includes('/')) return { prefix: canonicalPrefix(text) };
  const address = parseAddress(text);
  if (address === undefined) return {};
  const isBlock = length !== undefined && length < (address.family === 4 ? 32 : 128);
  return isBlock ? { prefix: canonicalPrefix(`${address.text}/${String(length)}`) } : { address: address.text };
}

/** Answers leave the property out where nobody ever set it, and then it is off. */
function forwardingOf(properties: { readonly enableIPForwarding?: boolean } | undefined): InterfaceFacts['forwarding'] {
  if (properties === undefined) return 'unknown';
  return properties.enableIPForwarding === true ? 'on' : 'off';
}

/** Interfaces of the platform's own services belong to no machine that a subscription can see. */
function typeOf({ properties }: WireInterface): string | undefined {
  if (properties?.privateEndpoint !== undefined) return 'private endpoint';
  return (properties?.hostedWorkloads ?? []).length > 0 ? 'hosted workload' : undefined;
}

/** AKS keeps what it manages in a resource group of its own, and tags it. */
export function serviceOf(id: string, tags: Readonly<Record<string, string>>): string | undefined {
  const marks = Object.entries(tags).filter(([key]) => /^aks-managed-/i.test(key));
  const name = marks.find(([key]) => /^aks-managed-cluster-name$/i.test(key))?.[1];
  if (name !== undefined) return `AKS cluster ${name}`;
  return marks.length > 0 || /\/resourceGroups\/MC_[^/]+\//i.test(id) ? 'AKS' : undefined;
}

export function translateScaleSet(set: WireScaleSet): ScaleSetDraft | undefined {
  const { id, properties } = set;
  if (id === undefined) return undefined;
  const faces = properties?.virtualMachineProfile?.networkProfile?.networkInterfaceConfigurations ?? [];
  const primary = faces.find((face) => face.properties?.primary === true) ?? faces[0];
  const references = faces.flatMap((face) => face.properties?.ipConfigurations ?? []);
  return {
    id,
    // Sets that are older than the choice have no word for it.
    isUniform: (properties?.orchestrationMode ?? 'Uniform') !== 'Flexible',
    forwarding: forwardingOf(primary?.properties),
    subnets: idsOf(references.map((one) => one.properties?.subnet)),
  };
}

export function idsOf(references: readonly (Reference | undefined)[] | undefined): string[] {
  return [...new Set((references ?? []).flatMap((one) => one?.id ?? []))].sort();
}

/** Application security groups, folded: they are only named, and rules and interfaces have to name them alike. */
export function groupsOf(references: readonly Reference[] | undefined): string[] {
  return [...new Set(idsOf(references).map(foldId))].sort();
}
