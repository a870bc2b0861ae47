import { describe, expect, test } from '@jest/globals';
import { translateInstance, translateSubnetwork } from '../../../../src/clouds/gcp/translate.ts';

const PROJECTS = 'https://www.googleapis.com/compute/v1/projects';
const nic = {
  name: 'nic0',
  network: `${PROJECTS}/net-host/global/networks/pods`,
  subnetwork: `${PROJECTS}/net-host/regions/europe-west3/subnetworks/nodes`,
  networkIP: '10.0.0.2',
};
const instance = {
  name: 'vm',
  zone: `${PROJECTS}/shop/zones/europe-west3-a`,
  status: 'RUNNING',
  networkInterfaces: [nic],
};

describe('instances', () => {
  test('an instance as the typed client shows it', () => {
    const draft = translateInstance({ ...instance, canIpForward: true, tags: { items: ['b', 'a'] } }, 'shop', '');
    expect(draft).toEqual({
      project: 'shop',
      isManaged: false,
      machine: {
        id: 'shop/europe-west3-a/vm',
        name: 'vm',
        keys: ['gcp:shop/europe-west3-a/vm'],
        state: 'running',
        stateText: 'RUNNING',
        zone: 'europe-west3-a',
      },
      interfaces: [
        {
          id: 'shop/europe-west3-a/vm/nic0',
          machine: 'shop/europe-west3-a/vm',
          network: 'net-host/pods',
          subnet: 'net-host/europe-west3/nodes',
          addresses: ['10.0.0.2'],
          forwarding: 'on',
          nextHopAddresses: ['10.0.0.2'],
          tags: ['a', 'b'],
          primary: true,
        },
      ],
    });
  });

  test.each([
    [true, 'on'],
    [false, 'off'],
    [null, 'off'],
    [undefined, 'off'],
  ])('canIpForward %s is %s on every interface', (flag, forwarding) => {
    const two = { ...instance, networkInterfaces: [nic, { ...nic, name: 'nic1' }] };
    const draft = translateInstance({ ...two, ...(flag === undefined ? {} : { canIpForward: flag }) }, 'shop', '');
    expect(draft?.interfaces.map((face) => [face.id.split('/').at(-1), face.forwarding, face.primary])).toEqual([
      ['nic0', forwarding, true],
      ['nic1', forwarding, false],
    ]);
  });

  test.each([
    ['PROVISIONING', 'running'],
    ['STAGING', 'running'],
    ['RUNNING', 'running'],
    ['STOPPING', 'stopped'],
    ['SUSPENDING', 'stopped'],
    ['SUSPENDED', 'stopped'],
    ['TERMINATED', 'stopped'],
    ['SOMETHING_NEW', 'unknown'],
  ])('%s is %s', (status, state) => {
    expect(translateInstance({ ...instance, status }, 'shop', '')?.machine).toMatchObject({ state, stateText: status });
  });

  test('alias ranges and the range around an IPv6 address are assigned, but no next hops', () => {
    const rich = {
      ...nic,
      ipv6Address: 'fd20:0:0:1::',
      internalIpv6PrefixLength: 96,
      ipv6AccessConfigs: [{ externalIpv6: '2600:1900::5', externalIpv6PrefixLength: 96 }],
      aliasIpRanges: [{ ipCidrRange: '10.8.3.0/24' }, { ipCidrRange: '10.9.0.7' }],
      aliasIpv6Ranges: [{ ipCidrRange: 'fd20:9::/80' }],
    };
    const [face] = translateInstance({ ...instance, networkInterfaces: [rich] }, 'shop', '')?.interfaces ?? [];
    expect(face?.addresses).toEqual(['10.0.0.2', 'fd20:0:0:1::', '2600:1900::5']);
    expect(face?.nextHopAddresses).toEqual(face?.addresses);
    expect(face?.assignedPrefixes).toEqual([
      '10.8.3.0/24',
      '10.9.0.7/32',
      '2600:1900::/96',
      'fd20:0:0:1::/96',
      'fd20:9::/80',
    ]);
  });

  test('the service account is what rules may name the machine by; without one there is nothing', () => {
    const accounts = { serviceAccounts: [{ email: 'nodes@shop.iam.gserviceaccount.com' }] };
    const groupsOf = (more: object): unknown =>
      translateInstance({ ...instance, ...more }, 'shop', '')?.interfaces.map(({ groups }) => groups);
    expect(groupsOf(accounts)).toEqual([['nodes@shop.iam.gserviceaccount.com']]);
    expect(groupsOf({ serviceAccounts: [] })).toEqual([undefined]);
    expect(groupsOf({ serviceAccounts: [{ email: '' }] })).toEqual([undefined]);
  });

  test('a group leaves its mark in the metadata; the zone may come from the list', () => {
    const managed = { ...instance, zone: null, metadata: { items: [{ key: 'instance-template' }] } };
    const draft = translateInstance(managed, 'shop', 'zones/europe-west3-c');
    expect([draft?.isManaged, draft?.machine.zone]).toEqual([true, 'europe-west3-c']);
  });

  test('without name or zone it is nothing', () => {
    expect(translateInstance({ ...instance, name: null }, 'shop', '')).toBeUndefined();
    expect(translateInstance({ ...instance, zone: null }, 'shop', '')).toBeUndefined();
  });
});

describe('subnetworks', () => {
  test('all ranges of both families, each once', () => {
    const subnetwork = {
      name: 'nodes',
      region: `${PROJECTS}/net-host/regions/europe-west3`,
      network: nic.network,
      ipCidrRange: '10.0.0.0/20',
      secondaryIpRanges: [{ ipCidrRange: '10.8.0.0/14' }],
      ipv6CidrRange: 'fd20:0:0:1::/64',
      internalIpv6Prefix: 'fd20:0:0:1::/64',
      externalIpv6Prefix: null,
    };
    expect(translateSubnetwork(subnetwork, 'net-host', '')).toEqual({
      id: 'net-host/europe-west3/nodes',
      name: 'nodes',
      network: 'net-host/pods',
      prefixes: ['10.0.0.0/20', '10.8.0.0/14', 'fd20:0:0:1::/64'],
    });
    expect(translateSubnetwork({ ...subnetwork, region: null }, 'net-host', 'regions/us-east1')?.id).toBe(
      'net-host/us-east1/nodes',
    );
    expect(translateSubnetwork({ ...subnetwork, network: 'odd' }, 'net-host', '')).toBeUndefined();
  });
});
