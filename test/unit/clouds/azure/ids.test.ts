import { describe, expect, test } from '@jest/globals';
import {
  foldId,
  networkOfSubnet,
  parentId,
  parseResourceId,
  resourceGroupOf,
  scaleSetOf,
} from '../../../../src/clouds/azure/ids.ts';

const GROUP = '/subscriptions/S-1/resourceGroups/Shop-Prod';
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines/web-1`;
const INSTANCE = `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/Pool/virtualMachines/12`;

describe('resource ids', () => {
  test('are equal in every spelling', () => {
    const spellings = [VM, VM.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'), `${VM}/`, VM.toLowerCase()];
    expect(new Set(spellings.map(foldId)).size).toBe(1);
  });

  test('are taken apart by segment', () => {
    expect(parseResourceId(INSTANCE)).toEqual({
      subscription: 'S-1',
      resourceGroup: 'Shop-Prod',
      type: 'microsoft.compute/virtualmachinescalesets/virtualmachines',
      names: ['Pool', '12'],
    });
  });

  test.each([
    '',
    'web-1',
    '/subscriptions/s',
    '/subscriptions/s/resourceGroups/g',
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute',
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines',
    '/subscriptions/s/resourceGroups//providers/Microsoft.Compute/virtualMachines/v',
    `${VM}/extensions`,
    `x${VM}`,
  ])('%p is none', (text) => {
    expect(parseResourceId(text)).toBeUndefined();
  });

  test('a name that begins like another is not part of it', () => {
    expect(scaleSetOf(`${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSetsX/Pool/virtualMachines/1`)).toBe(
      undefined,
    );
    expect(networkOfSubnet(`${GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnetsX/s`)).toBe('');
  });

  test('lead to what they are a part of', () => {
    expect(parentId(INSTANCE)).toBe(`${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/Pool`);
    expect(parentId(VM)).toBeUndefined();
    expect(scaleSetOf(`${INSTANCE}/networkInterfaces/nic`)).toBe(
      `${GROUP}/providers/microsoft.compute/virtualmachinescalesets/pool`.toLowerCase(),
    );
    expect(scaleSetOf(VM)).toBeUndefined();
    expect(networkOfSubnet(`${GROUP}/providers/Microsoft.Network/virtualNetworks/Net/subnets/a`)).toBe(
      `${GROUP}/providers/microsoft.network/virtualnetworks/net`.toLowerCase(),
    );
    expect(resourceGroupOf(VM)).toBe(GROUP.toLowerCase());
  });
});
