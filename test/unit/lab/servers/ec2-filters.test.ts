import {
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  paginateDescribeNetworkAcls,
  paginateDescribeSecurityGroups,
  type DescribeNetworkAclsCommandInput,
  type DescribeSecurityGroupsCommandInput,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';

import type { GroupRuleWorld } from '../../../../lab/world/ec2-filters.ts';
import * as faults from '../../../../lab/world/faults.ts';
import type { World } from '../../../../lab/world/world.ts';
import { ec2Of, refusal, smallWorld, withLab } from './support.ts';

const region = (world: World) => world.aws[0]!;
const rule = (more: Partial<GroupRuleWorld>): GroupRuleWorld => ({
  egress: false,
  protocol: '-1',
  peer: { cidr: '0.0.0.0/0' },
  ...more,
});

test('a group shows rules for the same traffic as one permission, with names where EC2 has some', async () => {
  const world = smallWorld();
  const [group] = region(world).securityGroups;
  const peer = { groupId: 'sg-0123456789abcdef0', account: '444455556666', peering: 'pcx-0123456789abcdef0' };
  group!.rules = [
    rule({}),
    rule({ peer: { ipv6Cidr: '::/0' } }),
    rule({ protocol: '6', ports: { from: 443, to: 444 }, peer: { groupId: group!.id } }),
    rule({ protocol: 'tcp', ports: { from: 443, to: 444 }, peer: { prefixListId: 'pl-0123456789abcdef0' } }),
    rule({ protocol: 'udp', peer }),
    rule({ protocol: '50' }),
    rule({ protocol: 'icmp', ports: { from: 8, to: -1 }, egress: true }),
  ];
  await withLab(world, {}, async (lab) => {
    const { SecurityGroups } = await ec2Of(lab).send(new DescribeSecurityGroupsCommand({ GroupIds: [group!.id] }));
    const lists = { UserIdGroupPairs: [], IpRanges: [], Ipv6Ranges: [], PrefixListIds: [] };
    const anywhere = [{ CidrIp: '0.0.0.0/0' }];
    expect(SecurityGroups).toEqual([
      {
        GroupId: group!.id,
        GroupName: 'nodes',
        Description: 'nodes of the lab',
        OwnerId: '111122223333',
        VpcId: group!.vpcId,
        SecurityGroupArn: `arn:aws:ec2:eu-central-1:111122223333:security-group/${group!.id}`,
        Tags: [],
        IpPermissions: [
          { ...lists, IpProtocol: '-1', IpRanges: anywhere, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
          {
            ...lists,
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 444,
            UserIdGroupPairs: [{ UserId: '111122223333', GroupId: group!.id }],
            PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }],
          },
          {
            ...lists,
            IpProtocol: 'udp',
            FromPort: 0,
            ToPort: 65_535,
            UserIdGroupPairs: [
              {
                UserId: '444455556666',
                GroupId: peer.groupId,
                VpcPeeringConnectionId: peer.peering,
                PeeringStatus: 'active',
              },
            ],
          },
          { ...lists, IpProtocol: '50', IpRanges: anywhere },
        ],
        IpPermissionsEgress: [{ ...lists, IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: anywhere }],
      },
    ]);
  });
});

test('an ACL shows its subnets, chosen or by default, and the entries that refuse the rest', async () => {
  const world = smallWorld({ ipv6: true });
  const entry = { number: 10, egress: false, action: 'deny', protocol: '6', cidr: '10.9.0.0/16' } as const;
  const acl = faults.subnetAcl(world, 0, [{ ...entry, ports: { from: 22, to: 22 } }]);
  acl.entries = acl.entries.slice(0, 1);
  await withLab(world, {}, async (lab) => {
    const { NetworkAcls = [] } = await ec2Of(lab).send(new DescribeNetworkAclsCommand({}));
    const shown = new Map(NetworkAcls.map((one) => [one.IsDefault, one]));
    const subnets = region(world).subnets.map(({ id }) => id);
    expect(shown.get(false)?.Associations?.map((one) => one.SubnetId)).toEqual([subnets[0]]);
    expect(shown.get(true)?.Associations?.map((one) => one.SubnetId)).toEqual([subnets[1]]);
    const last = { Protocol: '-1', RuleAction: 'deny' };
    expect(shown.get(false)?.Entries).toEqual([
      {
        CidrBlock: '10.9.0.0/16',
        Egress: false,
        PortRange: { From: 22, To: 22 },
        Protocol: '6',
        RuleAction: 'deny',
        RuleNumber: 10,
      },
      { ...last, CidrBlock: '0.0.0.0/0', Egress: true, RuleNumber: 32_767 },
      { ...last, Ipv6CidrBlock: '::/0', Egress: true, RuleNumber: 32_768 },
      { ...last, CidrBlock: '0.0.0.0/0', Egress: false, RuleNumber: 32_767 },
      { ...last, Ipv6CidrBlock: '::/0', Egress: false, RuleNumber: 32_768 },
    ]);
  });
});

test('pages of groups and ACLs together hold everything once', async () => {
  const world = smallWorld();
  const { securityGroups, networkAcls } = region(world);
  for (let number = 1; number < 12; number++) {
    const digits = String(number).padStart(17, '0');
    securityGroups.push({ ...structuredClone(securityGroups[0]!), id: `sg-${digits}` });
    networkAcls.push({ ...structuredClone(networkAcls[0]!), id: `acl-${digits}`, isDefault: false });
  }
  await withLab(world, {}, async (lab) => {
    const settings = { client: ec2Of(lab), pageSize: 5 };
    const groups: number[] = [];
    for await (const page of paginateDescribeSecurityGroups(settings, {})) groups.push(page.SecurityGroups!.length);
    const acls: number[] = [];
    for await (const page of paginateDescribeNetworkAcls(settings, {})) acls.push(page.NetworkAcls!.length);
    expect({ groups, acls }).toEqual({ groups: [5, 5, 2], acls: [5, 5, 2] });
  });
});

test('groups and ACLs are narrowed as EC2 does it', async () => {
  const world = smallWorld();
  const group = faults.ownGroup(world, world.cluster.nodes[0]!);
  const acl = faults.subnetAcl(world, 1, [
    { number: 7, egress: true, action: 'deny', protocol: '1', cidr: '10.9.0.0/16', icmp: { type: 3, code: 4 } },
  ]);
  group.rules.push(rule({ egress: true, protocol: 'tcp', ports: { from: 22, to: 23 }, peer: { groupId: group.id } }));
  await withLab(world, {}, async (lab) => {
    const client = ec2Of(lab);
    const groups = async (Name: string, Value: string) => {
      const Filters = [{ Name, Values: [Value] }];
      const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ Filters }));
      return SecurityGroups?.map(({ GroupId }) => GroupId);
    };
    const only = [
      ['group-id', group.id],
      ['group-name', group.name],
      ['egress.ip-permission.from-port', '22'],
      ['egress.ip-permission.group-id', group.id],
    ] as const;
    for (const [name, value] of only) expect([name, await groups(name, value)]).toEqual([name, [group.id]]);
    expect((await groups('vpc-id', group.vpcId))?.length).toBe(2);
    expect(await groups('ip-permission.cidr', '10.9.9.0/24')).toEqual([]);
    for (const [Name, Value] of [
      ['association.subnet-id', acl.subnetIds[0]!],
      ['default', 'false'],
      ['entry.icmp.code', '4'],
      ['entry.rule-number', '7'],
      ['network-acl-id', acl.id],
    ]) {
      const { NetworkAcls } = await client.send(
        new DescribeNetworkAclsCommand({ Filters: [{ Name, Values: [Value!] }] }),
      );
      expect([Name, NetworkAcls?.map(({ NetworkAclId }) => NetworkAclId)]).toEqual([Name, [acl.id]]);
    }
    const Filters = [{ Name: 'group-id', Values: [group.id] }];
    const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces?.map(({ Groups }) => Groups)).toEqual([[{ GroupId: group.id, GroupName: group.name }]]);
  });
});

test('ids and filters that are none, and pages of ids, are refused in EC2’s words', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    const client = ec2Of(lab);
    const groups = (input: DescribeSecurityGroupsCommandInput) =>
      refusal(client.send(new DescribeSecurityGroupsCommand(input)));
    const acls = (input: DescribeNetworkAclsCommandInput) =>
      refusal(client.send(new DescribeNetworkAclsCommand(input)));
    expect(await groups({ GroupIds: ['nodes'] })).toMatchObject({
      code: 'InvalidGroupId.Malformed',
      message: 'Invalid id: "nodes" (expecting "sg-...")',
    });
    expect(await groups({ GroupIds: ['sg-0123456789abcdef0'] })).toMatchObject({
      code: 'InvalidGroup.NotFound',
      message: "The security group 'sg-0123456789abcdef0' does not exist",
    });
    expect(await acls({ NetworkAclIds: ['acl-0123456789abcdef0'] })).toMatchObject({
      code: 'InvalidNetworkAclID.NotFound',
      message: "The networkAcl ID 'acl-0123456789abcdef0' does not exist",
    });
    for (const MaxResults of [4, 1001]) {
      expect(await groups({ MaxResults })).toMatchObject({ code: 'InvalidParameterValue' });
      expect(await acls({ MaxResults })).toMatchObject({ code: 'InvalidParameterValue' });
    }
    const [group] = region(lab.world).securityGroups;
    expect(await groups({ MaxResults: 5, GroupIds: [group!.id] })).toMatchObject({
      code: 'InvalidParameterCombination',
    });
    const Filters = [{ Name: 'subnet-id', Values: ['x'] }];
    expect(await groups({ Filters })).toMatchObject({ message: "The filter 'subnet-id' is invalid" });
    expect(await acls({ Filters })).toMatchObject({ message: "The filter 'subnet-id' is invalid" });
    const reference = [{ Name: 'ip-permission.group-name', Values: ['x'] }];
    expect(await groups({ Filters: reference })).toMatchObject({ code: 'LabHasNoData', status: 501 });
  });
});
