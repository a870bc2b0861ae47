import { describe, expect, test } from '@jest/globals';
import type { IpPermission, NetworkAclEntry } from '@aws-sdk/client-ec2';
import {
  finishFilter,
  translateAcl,
  translateGroup,
  unseenGroup,
} from '../../../../src/clouds/aws/translate-filters.ts';
import type { FilterRule } from '../../../../src/model/filter.ts';

const NO_LISTS = new Map<string, readonly string[]>();

function groupRules(
  permission: IpPermission,
  lists: ReadonlyMap<string, readonly string[]> = NO_LISTS,
): readonly FilterRule[] {
  const draft = translateGroup({ GroupId: 'sg-1', VpcId: 'vpc-1', IpPermissions: [permission] });
  return finishFilter(draft!, lists).rules;
}

function aclRules(...entries: NetworkAclEntry[]): readonly FilterRule[] {
  return finishFilter(translateAcl({ NetworkAclId: 'acl-1', VpcId: 'vpc-1', Entries: entries })!, NO_LISTS).rules;
}

const traffic = ([rule]: readonly FilterRule[]): unknown => [rule?.protocol, rule?.ports];
const range = (from: number, to: number) => [{ from, to }];

describe('what a rule of a group is about', () => {
  test.each<[string, IpPermission, unknown]>([
    ['everything', { IpProtocol: '-1' }, [undefined, undefined]],
    [
      'everything, with ports that mean nothing',
      { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
      [undefined, undefined],
    ],
    ['some ports', { IpProtocol: 'tcp', FromPort: 80, ToPort: 443 }, ['tcp', range(80, 443)]],
    ['port 0 alone', { IpProtocol: 'tcp', FromPort: 0, ToPort: 0 }, ['tcp', range(0, 0)]],
    ['all ports, spelt out', { IpProtocol: 'udp', FromPort: 0, ToPort: 65_535 }, ['udp', undefined]],
    ['all ports as -1', { IpProtocol: 'udp', FromPort: -1, ToPort: -1 }, ['udp', undefined]],
    ['no ports given', { IpProtocol: 'tcp' }, ['tcp', undefined]],
    ['tcp by number', { IpProtocol: '6', FromPort: 22, ToPort: 22 }, ['tcp', range(22, 22)]],
    ['all of ICMP', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, ['icmp', undefined]],
    ['a type of ICMP with all codes', { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 }, ['icmp', range(8, 8)]],
    ['one code of a type', { IpProtocol: 'icmp', FromPort: 3, ToPort: 4 }, ['icmp', range(3, 3)]],
    ['type 0', { IpProtocol: '1', FromPort: 0, ToPort: 0 }, ['icmp', range(0, 0)]],
    ['ICMPv6', { IpProtocol: '58', FromPort: 128, ToPort: 0 }, ['icmpv6', range(128, 128)]],
    ['another protocol', { IpProtocol: '50' }, ['50', undefined]],
    ['another protocol, with ports that mean nothing', { IpProtocol: '4', FromPort: 1, ToPort: 2 }, ['4', undefined]],
  ])('%s', (_, permission, expected) => {
    expect(traffic(groupRules({ ...permission, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }))).toEqual(expected);
  });
});

describe('who is at the other end of a rule of a group', () => {
  test('ranges of both families, without host bits, each once', () => {
    const [rule] = groupRules({
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '10.9.0.1/16' }, { CidrIp: '10.9.0.0/16' }, {}],
      Ipv6Ranges: [{ CidrIpv6: 'FD00:0::1/64' }],
    });
    expect(rule?.peers).toEqual({ prefixes: ['10.9.0.0/16', 'fd00::/64'] });
  });

  test('groups by id, also those of other accounts; one without an id is not known', () => {
    const [rule] = groupRules({
      IpProtocol: '-1',
      UserIdGroupPairs: [
        { GroupId: 'sg-2', UserId: '1' },
        { GroupId: 'sg-1', UserId: '2', VpcPeeringConnectionId: 'pcx-1', PeeringStatus: 'active' },
        { GroupName: 'default', UserId: '3' },
      ],
    });
    expect(rule?.peers).toEqual({ prefixes: [], groups: ['sg-1', 'sg-2'], unread: ['default'] });
  });

  test('entries of prefix lists, as far as they could be read', () => {
    const permission = {
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }, { PrefixListId: 'pl-2' }, { PrefixListId: 'pl-3' }],
    };
    const lists = new Map([
      ['pl-1', ['10.9.0.1/16', '10.0.0.0/8']],
      ['pl-3', []],
    ]);
    const [rule] = groupRules(permission, lists);
    expect(rule?.peers).toEqual({ prefixes: ['10.0.0.0/8', '10.9.0.0/16'], unread: ['pl-2'] });
  });

  test('both directions of a group are kept apart, and all allow without order', () => {
    const any = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const draft = translateGroup({ GroupId: 'sg-1', GroupName: 'nodes', IpPermissions: any, IpPermissionsEgress: any });
    const { name, rules } = finishFilter(draft!, NO_LISTS);
    expect(name).toBe('nodes');
    expect(rules.map(({ direction, action, rank }) => [direction, action, rank])).toEqual([
      ['in', 'allow', 0],
      ['out', 'allow', 0],
    ]);
  });
});

describe('entries of a network ACL', () => {
  const entry = (more: NetworkAclEntry): NetworkAclEntry => ({
    Egress: false,
    Protocol: '-1',
    RuleAction: 'allow',
    RuleNumber: 100,
    CidrBlock: '0.0.0.0/0',
    ...more,
  });

  test.each<[string, NetworkAclEntry, unknown]>([
    ['everything', {}, [undefined, undefined]],
    ['ports', { Protocol: '6', PortRange: { From: 22, To: 23 } }, ['tcp', range(22, 23)]],
    ['all ports', { Protocol: '17', PortRange: { From: 0, To: 65_535 } }, ['udp', undefined]],
    ['no ports given', { Protocol: '17' }, ['udp', undefined]],
    ['all of ICMP', { Protocol: '1', IcmpTypeCode: { Type: -1, Code: -1 } }, ['icmp', undefined]],
    ['all of ICMP, without saying so', { Protocol: '1' }, ['icmp', undefined]],
    ['a type', { Protocol: '58', IcmpTypeCode: { Type: 128, Code: -1 } }, ['icmpv6', range(128, 128)]],
    ['one code of a type', { Protocol: '1', IcmpTypeCode: { Type: 3, Code: 4 } }, ['icmp', range(3, 3)]],
    ['another protocol', { Protocol: '50', PortRange: { From: 1, To: 2 } }, ['50', undefined]],
  ])('%s', (_, more, expected) => {
    expect(traffic(aclRules(entry(more)))).toEqual(expected);
  });

  test('in the order in which they are asked, without those that refuse the rest', () => {
    const rules = aclRules(
      entry({ RuleNumber: 32_767, RuleAction: 'deny' }),
      entry({ RuleNumber: 200, RuleAction: 'deny', CidrBlock: '10.9.0.1/16' }),
      entry({ RuleNumber: 101, CidrBlock: undefined, Ipv6CidrBlock: '::/0' }),
      entry({ RuleNumber: 32_768, RuleAction: 'deny', CidrBlock: undefined, Ipv6CidrBlock: '::/0' }),
      entry({ RuleNumber: 100, Egress: true }),
    );
    expect(rules.map((one) => [one.direction, one.rank, one.name, one.action, one.peers.prefixes])).toEqual([
      ['in', 101, '101', 'allow', ['::/0']],
      ['in', 200, '200', 'deny', ['10.9.0.0/16']],
      ['out', 100, '100', 'allow', ['0.0.0.0/0']],
    ]);
  });

  test('with the subnets that the ACL governs, and its name', () => {
    const draft = translateAcl({
      NetworkAclId: 'acl-1',
      Associations: [{ SubnetId: 'subnet-1' }, { NetworkAclAssociationId: 'aclassoc-1' }, { SubnetId: 'subnet-2' }],
      Tags: [{ Key: 'Name', Value: 'private' }],
    });
    expect(draft?.subnets).toEqual(['subnet-1', 'subnet-2']);
    expect(finishFilter(draft!, NO_LISTS).name).toBe('private');
  });
});

test('what has no id is nothing, and what EC2 does not show is in doubt', () => {
  expect(translateGroup({ GroupName: 'x' })).toBeUndefined();
  expect(translateAcl({})).toBeUndefined();
  expect(unseenGroup('sg-9')).toMatchObject({ id: 'sg-9', kind: 'security-group', rules: [] });
  expect(unseenGroup('sg-9').unread).toEqual(['sg-9, which EC2 does not show to the account of the run']);
});
