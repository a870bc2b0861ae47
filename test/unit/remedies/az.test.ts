import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../src/model/plan.ts';
import { remediesFor } from '../../../src/remedies/index.ts';

const place = { cloud: 'azure', subscription: 's-1' } as const;
const GROUP = '/subscriptions/s-1/resourceGroups/Shop-Prod/providers';
const NIC = `${GROUP}/Microsoft.Network/networkInterfaces/a-nic`;
const SET = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/pool`;
const TABLE = `${GROUP}/Microsoft.Network/routeTables/pods`;
const SUBNET = `${GROUP}/Microsoft.Network/virtualNetworks/net/subnets/nodes`;
const route = { place, table: TABLE, interface: NIC, node: 'a', address: '10.0.0.4' } as const;
const AT = '--resource-group Shop-Prod --route-table-name pods';

test.each([
  [undefined, undefined, "'*'", "'*'"],
  ['tcp', 443, 'Tcp', '443'],
  ['udp', 8472, 'Udp', '8472'],
  ['icmp', undefined, 'Icmp', "'*'"],
  ['50', undefined, 'Esp', "'*'"],
  ['51', undefined, 'Ah', "'*'"],
  // Azure's rules have no word for IP-in-IP.
  ['4', undefined, "'*'", "'*'"],
  ['icmpv6', undefined, "'*'", "'*'"],
])('a security rule for protocol %s, port %s is one of %s', (protocol, port, word, ports) => {
  const change: Change = {
    kind: 'admit-range',
    place,
    filter: `${GROUP}/Microsoft.Network/networkSecurityGroups/nodes`,
    filterKind: 'network-security-group',
    direction: 'in',
    prefixes: ['10.244.0.0/16'],
    rank: 200,
    ...(protocol === undefined ? {} : { protocol }),
    ...(port === undefined ? {} : { port }),
  };
  const [command] = remediesFor([change]).az;
  expect(command).toContain(` --protocol ${word} `);
  expect(command).toContain(` --destination-port-ranges ${ports} `);
});

describe('commands', () => {
  test.each<[string, Change, string[]]>([
    [
      'forwarding of a machine of its own',
      { kind: 'set-forwarding', place, interface: NIC, node: 'a' },
      [`az network nic update --ids ${NIC} --ip-forwarding true`],
    ],
    [
      'forwarding of an instance of a Uniform scale set',
      { kind: 'set-forwarding', place, interface: `${SET}/virtualMachines/12/networkInterfaces/nic`, node: 'a' },
      [
        "az vmss update --resource-group Shop-Prod --name pool --subscription s-1 --set 'virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].enableIPForwarding=true'",
        'az vmss update-instances --resource-group Shop-Prod --name pool --subscription s-1 --instance-ids 12',
        '# [0] is the first interface of the model; count from there if the instances have several.',
      ],
    ],
    [
      'a new route, under the name that the cloud controller would give it',
      { kind: 'create-route', ...route, prefix: '10.244.1.0/24' },
      [
        `az network route-table route create ${AT} --name a --address-prefix 10.244.1.0/24 --next-hop-type VirtualAppliance --next-hop-ip-address 10.0.0.4 --subscription s-1`,
      ],
    ],
    [
      'a new route of the second family, under a name of its own',
      { kind: 'create-route', ...route, prefix: 'fd00:1::/64', address: 'fd00::4' },
      [
        `az network route-table route create ${AT} --name a____fd00164 --address-prefix fd00:1::/64 --next-hop-type VirtualAppliance --next-hop-ip-address fd00::4 --subscription s-1`,
      ],
    ],
    [
      'another next hop, in one of several networks that share the table',
      { kind: 'replace-route', ...route, table: `${TABLE}#net-b`, prefix: '10.244.1.0/24', route: 'old name' },
      [
        `az network route-table route update ${AT} --name 'old name' --address-prefix 10.244.1.0/24 --next-hop-type VirtualAppliance --next-hop-ip-address 10.0.0.4 --subscription s-1`,
      ],
    ],
    [
      'a route to an address that is not known',
      { kind: 'create-route', place, table: TABLE, interface: NIC, node: 'a', prefix: '10.244.1.0/24' },
      [
        `az network route-table route create ${AT} --name a --address-prefix 10.244.1.0/24 --next-hop-type VirtualAppliance --next-hop-ip-address "$(az network nic show --ids ${NIC} --query 'ipConfigurations[?privateIPAddressVersion=='\\''IPv4'\\''].privateIPAddress | [0]' --output tsv)" --subscription s-1`,
      ],
    ],
    [
      'the same for an instance of a Uniform scale set',
      {
        kind: 'create-route',
        place,
        table: TABLE,
        interface: `${SET}/virtualMachines/12/networkInterfaces/nic`,
        node: 'a',
        prefix: 'fd00:1::/64',
      },
      [
        `az network route-table route create ${AT} --name a____fd00164 --address-prefix fd00:1::/64 --next-hop-type VirtualAppliance --next-hop-ip-address "$(az vmss nic show --resource-group Shop-Prod --vmss-name pool --instance-id 12 --name nic --subscription s-1 --query 'ipConfigurations[?privateIPAddressVersion=='\\''IPv6'\\''].privateIPAddress | [0]' --output tsv)" --subscription s-1`,
      ],
    ],
    [
      'a deletion',
      { kind: 'delete-route', place, table: TABLE, prefix: '10.244.9.0/24', route: 'gone' },
      [`az network route-table route delete ${AT} --name gone --subscription s-1`],
    ],
    [
      'a deletion of a route without a name',
      { kind: 'delete-route', place, table: TABLE, prefix: '10.244.9.0/24' },
      [
        `az network route-table route delete ${AT} --name "$(az network route-table route list ${AT} --query '[?addressPrefix=='\\''10.244.9.0/24'\\''].name | [0]' --output tsv --subscription s-1)" --subscription s-1`,
      ],
    ],
    [
      'the model of a scale set',
      { kind: 'set-template-forwarding', place, template: SET },
      [
        "az vmss update --resource-group Shop-Prod --name pool --subscription s-1 --set 'virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].enableIPForwarding=true'",
        '# [0] is the first interface of the model; count from there if the instances have several.',
      ],
    ],
    [
      'a limit, which is raised by a support request',
      { kind: 'raise-route-limit', place, table: TABLE, allowed: 400 },
      [],
    ],
    [
      'an association',
      { kind: 'associate-table', place, subnet: SUBNET, table: `${TABLE}#net-b` },
      [`az network vnet subnet update --ids ${SUBNET} --route-table ${TABLE}`],
    ],
  ])('%s', (_name, change, expected) => {
    const { aws, gcloud, az } = remediesFor([change]);
    expect({ aws, gcloud, az }).toEqual({ aws: [], gcloud: [], az: expected });
  });

  test('what foreign text contains stays text', () => {
    const hostile = `${NIC}; rm -rf ~`;
    const { az } = remediesFor([{ kind: 'set-forwarding', place, interface: hostile, node: 'a' }]);
    expect(az).toEqual([`az network nic update --ids '${hostile}' --ip-forwarding true`]);
  });
});
