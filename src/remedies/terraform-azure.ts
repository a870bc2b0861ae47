/** Changes as Terraform configuration for the provider hashicorp/azurerm. */
import type { Change } from '../model/plan.ts';
import { idOf, instanceOf, partsOf, protocolName, routeNameFor } from './azure-names.ts';
import type { Argument } from './hcl.ts';
import { block, literal, nameFor } from './hcl.ts';
import { shellComment } from './shell.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;
type Admission = Extract<Change, { kind: 'admit-range' }>;

/** Blocks and comment lines. */
export function renderAzurerm(change: Change): string[] {
  switch (change.kind) {
    case 'set-forwarding':
      return renderForwarding(change.interface, change.forwarding !== 'off');
    case 'set-template-forwarding':
      return renderModel(change.template, change.forwarding !== 'off');
    case 'create-route':
      return renderRoute(change);
    case 'replace-route':
      return [...renderRoute(change), ...renderImport(change)];
    case 'delete-route':
      return [
        shellComment(
          `Take the azurerm_route for ${change.prefix} of ${partsOf(change.table).name} out of the configuration, and apply that.`,
        ),
      ];
    case 'associate-table':
      return block(
        'resource',
        ['azurerm_subnet_route_table_association', nameFor(change.subnet.split('/').slice(-3).join('_'))],
        [
          ['subnet_id', change.subnet],
          ['route_table_id', idOf(change.table)],
        ],
      );
    case 'admit-range':
      return renderSecurityRule(change);
    case 'raise-route-limit':
    case 'tag-table':
    case 'untag-table':
      // Limits are raised by a support request; controllers find their table by its name.
      return [];
  }
}

const OLDER = 'Older versions of the provider call it enable_ip_forwarding.';

function renderForwarding(id: string, isOn: boolean): string[] {
  if (instanceOf(id) !== undefined) return renderModel(id, isOn);
  return [
    shellComment(`In the azurerm_network_interface that is ${partsOf(id).name}:`),
    `ip_forwarding_enabled = ${String(isOn)}`,
    shellComment(OLDER),
  ];
}

/** Of the set that the id names a part of. */
function renderModel(id: string, isOn: boolean): string[] {
  const { name } = partsOf(id);
  return [
    shellComment(
      `In block network_interface of the azurerm_linux_virtual_machine_scale_set that is ${name} (or of another kind of set):`,
    ),
    `ip_forwarding_enabled = ${String(isOn)}`,
    shellComment(OLDER),
  ];
}

function renderRoute(change: RouteChange): string[] {
  const hop = nextHop(change);
  const { table, prefix } = change;
  if (hop === undefined) return [shellComment(`The address that the route for ${prefix} should lead to is not known.`)];
  const { resourceGroup, name } = partsOf(table);
  return block(
    'resource',
    ['azurerm_route', nameFor(name, prefix)],
    [
      ['name', change.route ?? routeNameFor(change)],
      ['resource_group_name', resourceGroup],
      ['route_table_name', name],
      ['address_prefix', prefix],
      ...hop,
    ],
  );
}

function nextHop({ to, address }: RouteChange): Argument[] | undefined {
  if (to?.kind === 'none') return [['next_hop_type', 'None']];
  if (to?.kind === 'gateway') return [['next_hop_type', to.gateway === 'vpn' ? 'VirtualNetworkGateway' : 'Internet']];
  const text = to?.kind === 'address' ? to.address : address;
  if (text === undefined) return undefined;
  return [
    ['next_hop_type', 'VirtualAppliance'],
    ['next_hop_in_ip_address', text],
  ];
}

/** The route is there already: without this Terraform would refuse to make it. */
function renderImport(change: RouteChange): string[] {
  const { table, prefix, route } = change;
  if (nextHop(change) === undefined) return [];
  const id = `${idOf(table)}/routes/${route ?? routeNameFor(change)}`;
  return ['import {', `  to = azurerm_route.${nameFor(partsOf(table).name, prefix)}`, `  id = ${literal(id)}`, '}'];
}

function renderSecurityRule(change: Admission): string[] {
  const { resourceGroup, name } = partsOf(change.filter);
  const { rank, direction, prefixes, protocol, port } = change;
  if (rank === undefined) return [shellComment(`No priority is free in ${name}: renumber its rules first.`)];
  const isIn = direction === 'in';
  return prefixes.flatMap((prefix, index) =>
    block(
      'resource',
      ['azurerm_network_security_rule', nameFor(name, prefix, direction)],
      [
        ['name', `pods-${prefix.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${direction}`],
        ['resource_group_name', resourceGroup],
        ['network_security_group_name', name],
        ['priority', rank + index],
        ['direction', isIn ? 'Inbound' : 'Outbound'],
        ['access', 'Allow'],
        ['protocol', protocolName(protocol)],
        ['source_port_range', '*'],
        ['destination_port_range', port === undefined ? '*' : String(port)],
        ['source_address_prefix', isIn ? prefix : '*'],
        ['destination_address_prefix', isIn ? '*' : prefix],
      ],
    ),
  );
}
