import { expect, test } from '@jest/globals';
import type { Instance, InstanceStateName, NetworkInterface } from '@aws-sdk/client-ec2';
import {
  translateInterface,
  translateMachine,
  translateNetwork,
  translateSubnet,
} from '../../../../src/clouds/aws/translate.ts';

test.each([
  ['pending', 'running'],
  ['running', 'running'],
  ['stopping', 'stopped'],
  ['stopped', 'stopped'],
  ['shutting-down', 'terminated'],
  ['terminated', 'terminated'],
  ['hibernating-one-day', 'unknown'],
])('an instance that is %s is %s', (word, state) => {
  const instance: Instance = {
    InstanceId: 'i-0a',
    State: { Name: word as InstanceStateName },
    Placement: { AvailabilityZone: 'eu-west-1a' },
    Tags: [{ Key: 'Name', Value: 'node-a' }],
  };
  expect(translateMachine(instance)).toEqual({
    id: 'i-0a',
    name: 'node-a',
    keys: ['aws:i-0a'],
    state,
    stateText: word,
    zone: 'eu-west-1a',
  });
});

test('an instance without a state is of unknown state', () => {
  expect(translateMachine({ InstanceId: 'i-0a' })).toMatchObject({ state: 'unknown', stateText: 'not given' });
  expect(translateMachine({})).toBeUndefined();
});

const FACE: NetworkInterface = {
  NetworkInterfaceId: 'eni-0a',
  VpcId: 'vpc-0a',
  SubnetId: 'subnet-0a',
  SourceDestCheck: true,
  InterfaceType: 'interface',
  PrivateIpAddress: '10.0.0.9',
  PrivateIpAddresses: [
    { PrivateIpAddress: '10.0.0.20' },
    { PrivateIpAddress: '10.0.0.9' },
    { PrivateIpAddress: '10.0.0.3' },
  ],
  Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:0::5' }],
  Attachment: { InstanceId: 'i-0a', DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached' },
  Groups: [{ GroupId: 'sg-0b' }, { GroupId: 'sg-0a' }],
};

test('an interface with all its addresses, the primary one first, in canonical form', () => {
  expect(translateInterface(FACE)).toEqual({
    id: 'eni-0a',
    machine: 'i-0a',
    network: 'vpc-0a',
    subnet: 'subnet-0a',
    addresses: ['10.0.0.9', '10.0.0.3', '10.0.0.20', '2001:db8::5'],
    forwarding: 'off',
    primary: true,
    filters: ['sg-0a', 'sg-0b'],
  });
});

test.each([{ Groups: [] }, { Groups: undefined }, { Groups: [{}] }])(
  'of an instance without groups some are there, of a managed service none: %j',
  ({ Groups }) => {
    expect(translateInterface({ ...FACE, Groups })?.filters).toEqual(['groups of eni-0a']);
    expect(translateInterface({ ...FACE, Groups, Attachment: { Status: 'attached' } })?.filters).toBeUndefined();
  },
);

test.each([
  [true, 'off'],
  [false, 'on'],
  [undefined, 'unknown'],
])('SourceDestCheck %s: forwarding is %s', (check, forwarding) => {
  expect(translateInterface({ ...FACE, SourceDestCheck: check })?.forwarding).toBe(forwarding);
});

test.each([
  ['device 0 of card 0', { DeviceIndex: 0, NetworkCardIndex: 0 }, true],
  ['device 0, no card named', { DeviceIndex: 0 }, true],
  ['device 0 of card 1', { DeviceIndex: 0, NetworkCardIndex: 1 }, false],
  ['device 1', { DeviceIndex: 1, NetworkCardIndex: 0 }, false],
  ['detached', { DeviceIndex: 0, Status: 'detached' as const }, false],
])('%s: primary is %s', (_, attachment, primary) => {
  const face = translateInterface({ ...FACE, Attachment: { InstanceId: 'i-0a', ...attachment } });
  expect([face?.primary, face?.machine]).toEqual([primary, 'Status' in attachment ? undefined : 'i-0a']);
});

test('inside an instance the machine is that instance', () => {
  const { Attachment: _, ...rest } = FACE;
  const inside = { ...rest, Attachment: { DeviceIndex: 1, Status: 'attached' as const } };
  expect(translateInterface(inside, 'i-0b')).toMatchObject({ machine: 'i-0b', primary: false });
});

test('delegated prefixes are its own, and unusual kinds keep their name', () => {
  const face = translateInterface({
    ...FACE,
    Ipv4Prefixes: [{ Ipv4Prefix: '10.0.1.16/28' }, { Ipv4Prefix: '10.0.1.0/28' }],
    Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8:0:1::/80' }],
    InterfaceType: 'trunk',
  });
  expect(face?.assignedPrefixes).toEqual(['10.0.1.0/28', '10.0.1.16/28', '2001:db8:0:1::/80']);
  expect(face?.type).toBe('trunk');
});

test('an interface that nothing is attached to has no machine', () => {
  const { Attachment: _, ...rest } = FACE;
  expect(translateInterface(rest)).toMatchObject({ primary: false });
  expect(translateInterface(rest)).not.toHaveProperty('machine');
  expect(translateInterface({})).toBeUndefined();
});

test('blocks of a network that are no longer, or not yet, its own are left out', () => {
  const vpc = translateNetwork({
    VpcId: 'vpc-0a',
    CidrBlock: '10.0.0.0/16',
    CidrBlockAssociationSet: [
      { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
      { CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } },
      { CidrBlock: '10.1.0.0/16', CidrBlockState: { State: 'disassociated' } },
    ],
    Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/56', Ipv6CidrBlockState: { State: 'associating' } }],
    Tags: [{ Key: 'Name', Value: '' }],
  });
  expect(vpc).toEqual({ id: 'vpc-0a', prefixes: ['10.0.0.0/16', '100.64.0.0/16'] });
});

test('a subnet of one family or both', () => {
  const plain = { SubnetId: 'subnet-0a', VpcId: 'vpc-0a', AvailabilityZone: 'eu-west-1a' };
  const v6 = [{ Ipv6CidrBlock: '2001:db8:0:0::/64', Ipv6CidrBlockState: { State: 'associated' as const } }];
  const facts = { id: 'subnet-0a', network: 'vpc-0a', zone: 'eu-west-1a' };
  expect(translateSubnet({ ...plain, CidrBlock: '10.0.0.0/20', Ipv6CidrBlockAssociationSet: v6 })).toEqual({
    ...facts,
    prefixes: ['10.0.0.0/20', '2001:db8::/64'],
  });
  // IPv6-only subnets have no IPv4 block, or an empty one.
  expect(translateSubnet({ ...plain, CidrBlock: '', Ipv6CidrBlockAssociationSet: v6 })?.prefixes).toEqual([
    '2001:db8::/64',
  ]);
});
