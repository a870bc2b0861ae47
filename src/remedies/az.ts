/** Changes as command lines of the Azure CLI. */
import type { Change } from '../model/plan.ts';
import { idOf, instanceOf, partsOf, protocolName, routeNameFor } from './azure-names.ts';
import { shellComment, shellOption, shellWord } from './shell.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;
type Deletion = Extract<Change, { kind: 'delete-route' }>;

/** Command and comment lines, in the order in which to run them; empty for a change in another cloud. */
export function renderAz(change: Change): string[] {
  if (change.place.cloud !== 'azure') return [];
  switch (change.kind) {
    case 'set-forwarding':
      return renderForwarding(change.interface, change.forwarding !== 'off');
    case 'create-route':
    case 'replace-route':
      return renderRoute(change);
    case 'delete-route':
      return renderDeletion(change);
    case 'associate-table':
      return renderAssociation(change.subnet, change.table);
    case 'admit-range':
      return renderSecurityRule(change);
    case 'set-template-forwarding':
      return [updateModel(change.template, change.forwarding !== 'off'), shellComment(FIRST_INTERFACE)];
    case 'raise-route-limit':
    case 'tag-table':
    case 'untag-table':
      // Limits are raised by a support request; controllers find their table by its name.
      return [];
  }
}

const FIRST_INTERFACE = '[0] is the first interface of the model; count from there if the instances have several.';

/** By the id of the scale set, or of a part of it. */
function updateModel(id: string, isOn: boolean): string {
  const setting = `virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].enableIPForwarding=${String(isOn)}`;
  return command('vmss update', [...setOptions(id), `--set ${shellWord(setting)}`]);
}

function setOptions(id: string): string[] {
  const { subscription, resourceGroup, name } = partsOf(id);
  return [
    shellOption('resource-group', resourceGroup),
    shellOption('name', name),
    shellOption('subscription', subscription),
  ];
}

function renderSecurityRule(change: Extract<Change, { kind: 'admit-range' }>): string[] {
  const { subscription, resourceGroup, name } = partsOf(change.filter);
  const isIn = change.direction === 'in';
  if (change.rank === undefined) return [shellComment(`No priority is free in ${name}: renumber its rules first.`)];
  const words = (change.prefixes[0] ?? '').replaceAll(/[^A-Za-z0-9]+/g, '-');
  return [
    command('network nsg rule create', [
      shellOption('resource-group', resourceGroup),
      shellOption('nsg-name', name),
      shellOption('name', `pods-${words}-${change.direction}`),
      `--priority ${String(change.rank)}`,
      `--direction ${isIn ? 'Inbound' : 'Outbound'}`,
      '--access Allow',
      shellOption('protocol', protocolName(change.protocol)),
      `--source-address-prefixes ${isIn ? change.prefixes.map(shellWord).join(' ') : "'*'"}`,
      `--destination-address-prefixes ${isIn ? "'*'" : change.prefixes.map(shellWord).join(' ')}`,
      `--destination-port-ranges ${change.port === undefined ? "'*'" : String(change.port)}`,
      shellOption('subscription', subscription),
    ]),
  ];
}

/**
 * Interfaces of a Uniform scale set can only be changed by way of its model, which then has to be applied to the
 * instance.
 */
function renderForwarding(id: string, isOn: boolean): string[] {
  const instance = instanceOf(id);
  if (instance === undefined) {
    return [command('network nic update', [shellOption('ids', id), `--ip-forwarding ${String(isOn)}`])];
  }
  return [
    updateModel(id, isOn),
    command('vmss update-instances', [...setOptions(id), shellOption('instance-ids', instance)]),
    shellComment(FIRST_INTERFACE),
  ];
}

function renderRoute(change: RouteChange): string[] {
  const { kind, table, prefix, route } = change;
  const options = [shellOption('address-prefix', prefix), ...nextHop(change)];
  const verb = kind === 'replace-route' && route !== undefined ? 'update' : 'create';
  return [routeCommand(verb, table, route ?? routeNameFor(change), options)];
}

function nextHop(change: RouteChange): string[] {
  const { to } = change;
  if (to?.kind === 'none') return ['--next-hop-type None'];
  if (to?.kind === 'gateway') return [`--next-hop-type ${to.gateway === 'vpn' ? 'VirtualNetworkGateway' : 'Internet'}`];
  const address = to?.kind === 'address' ? to.address : change.address;
  const hop = address === undefined ? `"$(${findAddress(change)})"` : shellWord(address);
  return ['--next-hop-type VirtualAppliance', `--next-hop-ip-address ${hop}`];
}

/** Of the interface that the route should lead to. */
function findAddress({ interface: id, prefix }: RouteChange): string {
  const version = prefix.includes(':') ? 'IPv6' : 'IPv4';
  const query = `ipConfigurations[?privateIPAddressVersion=='${version}'].privateIPAddress | [0]`;
  const output = [`--query ${shellWord(query)}`, '--output tsv'];
  const instance = instanceOf(id);
  if (instance === undefined) return command('network nic show', [shellOption('ids', id), ...output]);
  const { subscription, resourceGroup, name } = partsOf(id);
  return command('vmss nic show', [
    shellOption('resource-group', resourceGroup),
    shellOption('vmss-name', name),
    shellOption('instance-id', instance),
    shellOption('name', id.split('/').at(-1) ?? ''),
    shellOption('subscription', subscription),
    ...output,
  ]);
}

function routeCommand(
  verb: 'create' | 'update' | 'delete',
  table: string,
  name: string,
  options: readonly string[],
): string {
  const { subscription, resourceGroup, name: tableName } = partsOf(table);
  return command(`network route-table route ${verb}`, [
    shellOption('resource-group', resourceGroup),
    shellOption('route-table-name', tableName),
    shellOption('name', name),
    ...options,
    shellOption('subscription', subscription),
  ]);
}

function renderDeletion({ table, prefix, route }: Deletion): string[] {
  if (route !== undefined) return [routeCommand('delete', table, route, [])];
  const { subscription, resourceGroup, name } = partsOf(table);
  const find = command('network route-table route list', [
    shellOption('resource-group', resourceGroup),
    shellOption('route-table-name', name),
    `--query ${shellWord(`[?addressPrefix=='${prefix}'].name | [0]`)}`,
    '--output tsv',
    shellOption('subscription', subscription),
  ]);
  return [
    command('network route-table route delete', [
      shellOption('resource-group', resourceGroup),
      shellOption('route-table-name', name),
      `--name "$(${find})"`,
      shellOption('subscription', subscription),
    ]),
  ];
}

/** A table has to be in the subnet's subscription and location. */
function renderAssociation(subnet: string, table: string): string[] {
  return [command('network vnet subnet update', [shellOption('ids', subnet), shellOption('route-table', idOf(table))])];
}

function command(name: string, options: readonly string[]): string {
  return ['az', name, ...options].join(' ');
}
