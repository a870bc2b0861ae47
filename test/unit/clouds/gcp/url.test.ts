import { expect, test } from '@jest/globals';
import { machineId, networkId, parseResource, projectOf, subnetId, tailOf } from '../../../../src/clouds/gcp/url.ts';

test.each([
  ['https://www.googleapis.com/compute/v1/projects/net-host/global/networks/pods', 'net-host/pods'],
  ['https://compute.googleapis.com/compute/beta/projects/net-host/global/networks/pods', 'net-host/pods'],
  ['https://compute-psc.p.googleapis.com/compute/v1/projects/net-host/global/networks/pods/', 'net-host/pods'],
  ['projects/net-host/global/networks/pods', 'net-host/pods'],
  ['global/networks/pods', 'own/pods'],
  ['projects/example.com:old/global/networks/pods', 'example.com:old/pods'],
  ['projects/net-host/regions/r/networks/pods', undefined],
  ['projects/net-host/global/routes/pods', undefined],
  ['pods', undefined],
  ['', undefined],
  [undefined, undefined],
])('network %s', (url, id) => {
  expect(networkId(url, 'own')).toBe(id);
});

test('the same resource by every form of its URL', () => {
  expect(subnetId('https://x/compute/v1/projects/p/regions/europe-west3/subnetworks/s', 'own')).toBe(
    'p/europe-west3/s',
  );
  expect(subnetId('regions/europe-west3/subnetworks/s', 'own')).toBe('own/europe-west3/s');
  expect(subnetId('projects/p/global/subnetworks/s', 'own')).toBeUndefined();
  expect(machineId('zones/europe-west3-a/instances/vm', 'own')).toBe('own/europe-west3-a/vm');
  expect(machineId('projects/p/zones/europe-west3-a/disks/vm', 'own')).toBeUndefined();
  expect(parseResource('projects/7/global/instanceTemplates/t?x=1')).toEqual({
    project: '7',
    collection: 'instanceTemplates',
    name: 't',
  });
});

test('tails and projects', () => {
  expect(tailOf('https://x/zones/europe-west3-a/')).toBe('europe-west3-a');
  expect(tailOf('europe-west3-a')).toBe('europe-west3-a');
  expect(tailOf(null)).toBe('');
  expect(projectOf('p/zone/name/nic0')).toBe('p');
});
