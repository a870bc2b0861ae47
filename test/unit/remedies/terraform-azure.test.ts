import { expect, test } from '@jest/globals';
import type { Change } from '../../../src/model/plan.ts';
import { remediesFor } from '../../../src/remedies/index.ts';

const place = { cloud: 'azure', subscription: 's' } as const;
const GROUP = '/subscriptions/s/resourceGroups/Shop-Prod/providers';
const NIC = `${GROUP}/Microsoft.Network/networkInterfaces/a-nic`;
const SET = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/pool`;
const TABLE = `${GROUP}/Microsoft.Network/routeTables/pods`;
const SUBNET = `${GROUP}/Microsoft.Network/virtualNetworks/net/subnets/nodes`;
const route = { place, table: TABLE, interface: NIC, node: 'a', prefix: '10.244.1.0/24', address: '10.0.0.4' } as const;

const MODEL =
  '# In block network_interface of the azurerm_linux_virtual_machine_scale_set that is pool (or of another kind of set):';
const OLDER = '# Older versions of the provider call it enable_ip_forwarding.';

function routeBlock(name: string, ...rest: readonly string[]): string[] {
  return [`resource "azurerm_route" "${name}" {`, ...rest.map((line) => `  ${line}`), '}'];
}

test.each<[string, Change, string[]]>([
  [
    'forwarding of a machine of its own',
    { kind: 'set-forwarding', place, interface: NIC, node: 'a' },
    ['# In the azurerm_network_interface that is a-nic:', 'ip_forwarding_enabled = true', OLDER],
  ],
  [
    'the way back of an instance of a Uniform scale set',
    {
      kind: 'set-forwarding',
      place,
      interface: `${SET}/virtualMachines/1/networkInterfaces/n`,
      node: 'a',
      forwarding: 'off',
    },
    [MODEL, 'ip_forwarding_enabled = false', OLDER],
  ],
  [
    'a model',
    { kind: 'set-template-forwarding', place, template: SET },
    [MODEL, 'ip_forwarding_enabled = true', OLDER],
  ],
  [
    'a new route',
    { kind: 'create-route', ...route },
    routeBlock(
      'pods_pods_10_244_1_0_24',
      'name                   = "a"',
      'resource_group_name    = "Shop-Prod"',
      'route_table_name       = "pods"',
      'address_prefix         = "10.244.1.0/24"',
      'next_hop_type          = "VirtualAppliance"',
      'next_hop_in_ip_address = "10.0.0.4"',
    ),
  ],
  [
    'a route that is there, of a table that serves several networks, back to the internet',
    {
      kind: 'replace-route',
      ...route,
      table: `${TABLE}#net`,
      route: 'old',
      to: { kind: 'gateway', gateway: 'internet', id: 'Internet' },
    },
    [
      ...routeBlock(
        'pods_pods_10_244_1_0_24',
        'name                = "old"',
        'resource_group_name = "Shop-Prod"',
        'route_table_name    = "pods"',
        'address_prefix      = "10.244.1.0/24"',
        'next_hop_type       = "Internet"',
      ),
      'import {',
      '  to = azurerm_route.pods_pods_10_244_1_0_24',
      `  id = "${TABLE}/routes/old"`,
      '}',
    ],
  ],
  [
    'a route to an address that is not known',
    { kind: 'replace-route', place, table: TABLE, interface: NIC, node: 'a', prefix: '10.244.1.0/24' },
    ['# The address that the route for 10.244.1.0/24 should lead to is not known.'],
  ],
  [
    'a deletion',
    { kind: 'delete-route', place, table: TABLE, prefix: '10.244.9.0/24', route: 'gone' },
    ['# Take the azurerm_route for 10.244.9.0/24 of pods out of the configuration, and apply that.'],
  ],
  [
    'an association',
    { kind: 'associate-table', place, subnet: SUBNET, table: `${TABLE}#net` },
    [
      'resource "azurerm_subnet_route_table_association" "pods_net_subnets_nodes" {',
      `  subnet_id      = "${SUBNET}"`,
      `  route_table_id = "${TABLE}"`,
      '}',
    ],
  ],
  [
    'a rule of a security group',
    {
      kind: 'admit-range',
      place,
      filter: `${GROUP}/Microsoft.Network/networkSecurityGroups/strict`,
      filterKind: 'security-group',
      direction: 'in',
      prefixes: ['10.244.0.0/16'],
      rank: 120,
      protocol: 'tcp',
      port: 443,
    },
    [
      'resource "azurerm_network_security_rule" "pods_strict_10_244_0_0_16_in" {',
      '  name                        = "pods-10-244-0-0-16-in"',
      '  resource_group_name         = "Shop-Prod"',
      '  network_security_group_name = "strict"',
      '  priority                    = 120',
      '  direction                   = "Inbound"',
      '  access                      = "Allow"',
      '  protocol                    = "Tcp"',
      '  source_port_range           = "*"',
      '  destination_port_range      = "443"',
      '  source_address_prefix       = "10.244.0.0/16"',
      '  destination_address_prefix  = "*"',
      '}',
    ],
  ],
  [
    'a limit, which is raised by a support request',
    { kind: 'raise-route-limit', place, table: TABLE, allowed: 400 },
    [],
  ],
])('%s', (_, change, expected) => {
  expect(remediesFor([change]).terraform).toEqual(expected);
});
