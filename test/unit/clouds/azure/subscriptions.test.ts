import { describe, expect, test } from '@jest/globals';
import { needsOwnSubscriptions, planSubscriptions } from '../../../../src/clouds/azure/subscriptions.ts';
import type { NodeFacts } from '../../../../src/model/snapshot.ts';

function node(name: string, change: Partial<NodeFacts>): NodeFacts {
  return {
    name,
    podCIDRs: [],
    internalIPs: ['10.0.0.4'],
    os: 'linux',
    ready: 'True',
    unschedulable: false,
    taints: [],
    labels: {},
    ...change,
  };
}

function machine(subscription: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/${name}`;
}

const A = node('a', { providerID: `azure://${machine('S-A', 'a')}` });
const B = node('b', { providerID: `azure://${machine('s-b', 'b')}` });
const HOMELESS = node('h', {});
const EC2 = node('e', { providerID: 'aws:///eu-central-1a/i-0123456789abcdef0' });

describe('which subscriptions', () => {
  test('those that the nodes name, in one case, each with its own machines', () => {
    expect(planSubscriptions([], [B, A, HOMELESS], ['own'])).toEqual([
      {
        subscription: 's-a',
        machines: [machine('S-A', 'a').toLowerCase()],
        addresses: ['10.0.0.4'],
      },
      {
        subscription: 's-b',
        machines: [machine('s-b', 'b').toLowerCase()],
        addresses: ['10.0.0.4'],
      },
    ]);
  });

  test('the configured ones win; nodes of others are looked for in all', () => {
    expect(planSubscriptions(['S-B', 's-c'], [A, B], [])).toEqual([
      {
        subscription: 's-b',
        machines: [machine('S-A', 'a').toLowerCase(), machine('s-b', 'b')].map((id) => id.toLowerCase()),
        addresses: [],
      },
      { subscription: 's-c', machines: [machine('S-A', 'a').toLowerCase()], addresses: [] },
    ]);
  });

  test('the login’s own only where no node names any', () => {
    expect(needsOwnSubscriptions([], [HOMELESS])).toBe(true);
    expect(needsOwnSubscriptions(['s'], [HOMELESS])).toBe(false);
    expect(needsOwnSubscriptions([], [HOMELESS, A])).toBe(false);
    expect(needsOwnSubscriptions([], [EC2])).toBe(false);
    expect(planSubscriptions([], [HOMELESS], ['Own']).map(({ subscription }) => subscription)).toEqual(['own']);
  });

  test('none for nodes of other clouds, virtual nodes and provider ids that are none', () => {
    const odd = ['azure://', 'azure:///subscriptions/s', 'azure:///nonsense'].map((providerID) =>
      node('o', { providerID }),
    );
    expect(planSubscriptions(['s'], [EC2, ...odd, { ...HOMELESS, virtual: 'virtual-kubelet' }], [])).toEqual([]);
  });
});
