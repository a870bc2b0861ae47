import { expect, test } from '@jest/globals';
import { shortId, shortenIds } from '../../../src/model/ids.ts';

const GROUP = '/subscriptions/0a5e1f2c-77d4-4c1e-9b3a-762338196504/resourceGroups/Shop-Prod/providers';

test.each([
  [`${GROUP}/Microsoft.Network/virtualNetworks/a-vnet/subnets/nodes-b`, 'a-vnet/nodes-b'],
  [`${GROUP}/Microsoft.Network/networkInterfaces/worker-02-nic`, 'worker-02-nic'],
  [`${GROUP}/Microsoft.Compute/virtualMachineScaleSets/pool/virtualMachines/3`, 'pool/3'],
  [`${GROUP}/Microsoft.Network/virtualNetworks/a-vnet/system-routes`, 'a-vnet'],
  ['eni-0123456789abcdef0', 'eni-0123456789abcdef0'],
  ['project/zone/name', 'project/zone/name'],
])('%s -> %s', (id, short) => {
  expect(shortId(id)).toBe(short);
});

test('in a text, and nothing else of it', () => {
  const text = `Subnet ${GROUP}/Microsoft.Network/virtualNetworks/v/subnets/s uses ${GROUP}/Microsoft.Network/routeTables/t, see https://x/y.`;
  expect(shortenIds(text)).toBe('Subnet v/s uses t, see https://x/y.');
});
