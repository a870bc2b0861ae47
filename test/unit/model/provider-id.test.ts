import { expect, test } from '@jest/globals';
import { awsKey, parseProviderId } from '../../../src/model/provider-id.ts';

test.each([
  ['aws:///eu-west-1a/i-0123456789abcdef0', { cloud: 'aws', key: 'aws:i-0123456789abcdef0', zone: 'eu-west-1a' }],
  ['aws:////i-0123456789abcdef0', { cloud: 'aws', key: 'aws:i-0123456789abcdef0' }],
  ['i-0123456789abcdef0', { cloud: 'aws', key: 'aws:i-0123456789abcdef0' }],
  ['aws:///eu-west-1a/fargate-ip-10-0-1-2.eu-west-1.compute.internal', { cloud: 'aws', virtual: 'fargate' }],
  ['eks-hybrid:///eu-west-1/prod/mi-1', { cloud: 'aws', virtual: 'hybrid' }],
  ['gce://proj/europe-west1-b/node-1', { cloud: 'gcp', key: 'gcp:proj/europe-west1-b/node-1', zone: 'europe-west1-b' }],
  ['gce://proj/node-1', { cloud: 'gcp' }],
  [
    'azure:///subscriptions/S/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/VM',
    { cloud: 'azure', key: 'azure:/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm' },
  ],
  ['k3s://node-1', {}],
  ['openstack:///0b1c', {}],
  ['', {}],
])('%s', (text, parsed) => {
  expect(parseProviderId(text)).toEqual(parsed);
});

test('the adapter’s key is the one that nodes are joined by', () => {
  expect(parseProviderId('aws:///eu-west-1a/i-1a').key).toBe(awsKey('i-1a'));
});
