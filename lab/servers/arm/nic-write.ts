import type { AzureIpConfigurationWorld, AzureNicWorld, AzureWorld } from '../../world/azure.ts';
import { nicId } from '../../world/azure-ids.ts';
import { anotherOperation, ArmError } from './errors.ts';
import { sameName } from './ids.ts';
import { NIC_DEFAULTS, ordinaryNics } from './network.ts';
import { GROUP, inGroup, NETWORK, pick, type Call, type Operation, type Result } from './operation.ts';
import { fieldsOf, requireCondition, unknownMember } from './preconditions.ts';

/** Shown, and not looked at when it is sent. */
const READ_ONLY = new Set([
  ...['provisioningState', 'resourceGuid', 'macAddress', 'virtualMachine', 'primary', 'hostedWorkloads'],
  ...['vnetEncryptionSupported', 'tapConfigurations', 'nicType', 'dnsSettings'],
]);
const MODELLED = new Set(['ipConfigurations', 'networkSecurityGroup', 'enableIPForwarding']);
const MODELLED_OF_IP = new Set([
  ...['provisioningState', 'privateIPAddress', 'privateIPAllocationMethod', 'subnet', 'primary'],
  ...['privateIPAddressVersion', 'applicationSecurityGroups'],
]);

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function lastOf(reference: unknown): string {
  return String(fieldsOf(reference, 'a reference')['id']).split('/').at(-1) ?? '';
}

/** What is not modelled is kept as it is sent; what is not sent is gone. */
function settingsOf(
  properties: Record<string, unknown>,
  known: ReadonlySet<string>,
  before: Record<string, unknown> | undefined,
  type: string,
): { settings?: Record<string, unknown> } {
  const others = Object.entries(properties).filter(([name]) => !known.has(name));
  for (const [name] of others) {
    if (!(name in NIC_DEFAULTS) && !(name in (before ?? {}))) throw unknownMember(name, type);
  }
  const set = others.filter(([name, value]) => NIC_DEFAULTS[name as keyof typeof NIC_DEFAULTS] !== value);
  return set.length === 0 ? {} : { settings: Object.fromEntries(set) };
}

function configurationFrom(value: unknown, nic: AzureNicWorld): AzureIpConfigurationWorld {
  const { name, properties: inner } = fieldsOf(value, 'an IP configuration');
  const properties = fieldsOf(inner, 'properties of an IP configuration');
  const before = nic.ipConfigurations.find((one) => sameName(one.name, String(name)));
  if (properties['subnet'] === undefined) {
    throw new ArmError(400, 'SubnetNotSpecified', `IP configuration ${String(name)} does not have a subnet.`);
  }
  const subnet = String(fieldsOf(properties['subnet'], 'subnet')['id']).split('/');
  const groups = (properties['applicationSecurityGroups'] as unknown[] | undefined)?.map(lastOf);
  return {
    name: String(name),
    ip: textOf(properties['privateIPAddress']) ?? before?.ip ?? '',
    vnet: subnet.at(-3) ?? '',
    subnet: subnet.at(-1) ?? '',
    ...(groups !== undefined && { applicationGroups: groups }),
    ...settingsOf(properties, MODELLED_OF_IP, before?.settings, 'NetworkInterfaceIpConfiguration'),
  };
}

function requireFree(world: AzureWorld, nic: AzureNicWorld): void {
  if (nic.provisioningState === 'Updating') {
    throw anotherOperation('PutNicOperation', nicId(world, nic.name));
  }
}

/** The resource is what the body says: whoever sends half of it, loses the other half. */
function putNic(call: Call): Result {
  const all = inGroup(call).flatMap((world) => world.nics.map((nic) => ({ name: nic.name, world, nic })));
  const { world, nic } = pick(all, call.path['name'] ?? '', 'Microsoft.Network/networkInterfaces', call);
  const shown = () => ordinaryNics(world).find((one) => one.name === nic.name) ?? {};
  const id = nicId(world, nic.name);
  const body = fieldsOf(call.body, 'the body');
  if (!sameName(textOf(body['location']) ?? '', world.location)) {
    const message = `The resource '${nic.name}' already exists in location '${world.location}'.`;
    throw new ArmError(409, 'InvalidResourceLocation', message);
  }
  const properties = fieldsOf(body['properties'], 'properties');
  const configurations = properties['ipConfigurations'];
  if (!Array.isArray(configurations) || configurations.length === 0) {
    const message = `Network interface ${id} must have one or more IP configurations.`;
    throw new ArmError(400, 'NetworkInterfaceMustHaveAtLeastOneIpConfiguration', message);
  }
  requireCondition(call, (shown() as { etag?: string }).etag, id);
  requireFree(world, nic);
  const ipConfigurations = configurations.map((one) => configurationFrom(one, nic));
  const known = new Set([...READ_ONLY, ...MODELLED]);
  const { settings } = settingsOf(properties, known, nic.settings, 'NetworkInterfacePropertiesFormat');
  const tags = body['tags'] as Record<string, string> | undefined;
  const guard = properties['networkSecurityGroup'];
  for (const name of ['settings', 'tags', 'securityGroup'] as const) Reflect.deleteProperty(nic, name);
  Object.assign(nic, {
    enableIPForwarding: properties['enableIPForwarding'] === true,
    ipConfigurations,
    ...(settings !== undefined && { settings }),
    ...(tags !== undefined && Object.keys(tags).length > 0 && { tags }),
    ...(guard !== undefined && { securityGroup: lastOf(guard) }),
    provisioningState: 'Updating',
  });
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    if (outcome === 'Failed') nic.provisioningState = 'Failed';
    else delete nic.provisioningState;
  };
  return { accepted: { status: 200, body: shown, resource: id, end } };
}

export const NIC_WRITES: readonly Operation[] = [
  {
    id: 'NetworkInterfaces_CreateOrUpdate',
    method: 'PUT',
    write: true,
    template: `${GROUP}${NETWORK}/networkInterfaces/{name}`,
    api: 'network',
    action: 'Microsoft.Network/networkInterfaces/write',
    run: putNic,
  },
];
