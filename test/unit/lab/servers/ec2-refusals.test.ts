import {
  CreateRouteCommand,
  DescribeInstancesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { startLab, type Lab } from '../../../../lab/servers/index.ts';
import type { InterfaceWorld } from '../../../../lab/world/world.ts';
import { ec2Of, meddlingEc2, refusal, smallWorld, withLab } from './support.ts';

let lab: Lab;
let client: EC2Client;
beforeAll(async () => {
  lab = await startLab(smallWorld());
  client = ec2Of(lab);
});
afterAll(async () => {
  await lab.stop();
});

const describe = new DescribeInstancesCommand({});
const meddle = (change: (form: URLSearchParams) => void) => refusal(meddlingEc2(lab, change).send(describe));

test('what is no EC2 request: action, version, parameter', async () => {
  expect(await meddle((form) => form.set('Action', 'DescribeInstancez'))).toEqual({
    code: 'InvalidAction',
    status: 400,
    message: 'The action DescribeInstancez is not valid for this web service.',
  });
  expect(await meddle((form) => form.delete('Action'))).toMatchObject({ code: 'MissingAction', status: 400 });
  expect(await meddle((form) => form.set('Version', '2014-01-01'))).toMatchObject({ code: 'NoSuchVersion' });
  for (const name of ['Colour', 'NetworkInterfaceId.1', 'InstanceId', 'InstanceId.0', 'Filter.1.Names', 'AllRegions']) {
    expect(await meddle((form) => form.set(name, 'x'))).toEqual({
      code: 'UnknownParameter',
      status: 400,
      message: `The parameter ${name} is not recognized`,
    });
  }
  expect(await meddle((form) => form.set('DryRun', 'perhaps'))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('filters: unknown names, too many values, names that only another action has', async () => {
  const filtered = (Name: string, Values: string[]) =>
    refusal(client.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] })));
  expect(await filtered('instance-idd', ['x'])).toEqual({
    code: 'InvalidParameterValue',
    status: 400,
    message: "The filter 'instance-idd' is invalid",
  });
  expect(await filtered('attachment.instance-id', ['x'])).toMatchObject({ code: 'InvalidParameterValue' });
  const many = Array.from({ length: 201 }, (_, index) => `i-${index}`);
  expect(await filtered('instance-id', many)).toEqual({
    code: 'FilterLimitExceeded',
    status: 400,
    message: 'The maximum number of filter values specified on a single call is 200',
  });
  expect(await filtered('hibernation-options.configured', ['true'])).toMatchObject({
    code: 'LabHasNoData',
    status: 501,
  });
  const { Reservations } = await client.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: many.slice(1) }] }),
  );
  expect(Reservations).toEqual([]);
});

test.each([
  [0, 'greater than 5'],
  [4, 'greater than 5'],
  [1001, 'less than or equal to 1000'],
])('DescribeInstances refuses MaxResults %i', async (MaxResults, expectation) => {
  expect(await refusal(client.send(new DescribeInstancesCommand({ MaxResults })))).toEqual({
    code: 'InvalidParameterValue',
    status: 400,
    message: `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${expectation}.`,
  });
});

test('every other action has its own bounds for MaxResults', async () => {
  const bounds = (low: number, high: number): string[] => [
    `Value ( ${low - 1} ) for parameter MaxResults is invalid. Expecting a value greater than or equal to ${low}.`,
    `Value ( ${high + 1} ) for parameter MaxResults is invalid. Expecting a value smaller than or equal to ${high}.`,
  ];
  const tried = async (low: number, high: number, send: (MaxResults: number) => Promise<unknown>): Promise<void> => {
    const refusals = [await refusal(send(low - 1)), await refusal(send(high + 1))];
    expect(refusals.map((one) => one.message)).toEqual(bounds(low, high));
    expect(refusals.every((one) => one.code === 'InvalidParameterValue')).toBe(true);
    await send(low);
    await send(high);
  };
  await tried(5, 100, (MaxResults) => client.send(new DescribeRouteTablesCommand({ MaxResults })));
  await tried(5, 1000, (MaxResults) => client.send(new DescribeNetworkInterfacesCommand({ MaxResults })));
  await tried(5, 1000, (MaxResults) => client.send(new DescribeSubnetsCommand({ MaxResults })));
  await tried(5, 1000, (MaxResults) => client.send(new DescribeVpcsCommand({ MaxResults })));
  await tried(1, 100, (MaxResults) => client.send(new DescribeManagedPrefixListsCommand({ MaxResults })));
});

test('MaxResults and ids exclude each other', async () => {
  const MaxResults = 5;
  const [instance] = lab.world.aws[0]!.instances;
  expect(await refusal(client.send(new DescribeInstancesCommand({ MaxResults, InstanceIds: [instance!.id] })))).toEqual(
    {
      code: 'InvalidParameterCombination',
      status: 400,
      message: 'The parameter instancesSet cannot be used with the parameter maxResults',
    },
  );
  const VpcIds = [lab.world.aws[0]!.vpcs[0]!.id];
  expect(await refusal(client.send(new DescribeVpcsCommand({ MaxResults, VpcIds })))).toMatchObject({
    code: 'InvalidParameterCombination',
    message: 'The parameter VpcIds cannot be used with the parameter MaxResults',
  });
});

test('tokens: forged ones, and those of another question', async () => {
  expect(await refusal(client.send(new DescribeInstancesCommand({ NextToken: 'x' })))).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'Unable to parse pagination token',
  });
  expect(await refusal(client.send(new DescribeVpcsCommand({ NextToken: 'x' })))).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'Value ( x ) for parameter NextToken is invalid. The token is invalid.',
  });
  await withLab(smallWorld({ nodes: 9 }), {}, async (other) => {
    const { NextToken } = await ec2Of(other).send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
    const Filters = [{ Name: 'status', Values: ['in-use'] }];
    const changed = new DescribeNetworkInterfacesCommand({ MaxResults: 5, NextToken, Filters });
    expect(await refusal(ec2Of(other).send(changed))).toMatchObject({ code: 'InvalidParameterValue' });
  });
});

const MISSING = '0123456789abcdef0';

test('ids that are none, and ids of nothing', async () => {
  const codes = async (send: (id: string) => Promise<unknown>, prefix: string): Promise<string[]> => {
    const malformed = await refusal(send('banana'));
    const missing = await refusal(send(`${prefix}${MISSING}`));
    expect([malformed.status, missing.status]).toEqual([400, 400]);
    expect(malformed.message).toContain('"banana"');
    expect(missing.message).toContain(`'${prefix}${MISSING}' does not exist`);
    return [malformed.code, missing.code];
  };
  expect(await codes((id) => client.send(new DescribeInstancesCommand({ InstanceIds: [id] })), 'i-')).toEqual([
    'InvalidInstanceID.Malformed',
    'InvalidInstanceID.NotFound',
  ]);
  expect(
    await codes((id) => client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] })), 'eni-'),
  ).toEqual(['InvalidNetworkInterfaceId.Malformed', 'InvalidNetworkInterfaceID.NotFound']);
  expect(await codes((id) => client.send(new DescribeSubnetsCommand({ SubnetIds: [id] })), 'subnet-')).toEqual([
    'InvalidSubnetID.Malformed',
    'InvalidSubnetID.NotFound',
  ]);
  expect(await codes((id) => client.send(new DescribeVpcsCommand({ VpcIds: [id] })), 'vpc-')).toEqual([
    'InvalidVpcID.Malformed',
    'InvalidVpcID.NotFound',
  ]);
  expect(await codes((id) => client.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })), 'rtb-')).toEqual([
    'InvalidRouteTableId.Malformed',
    'InvalidRouteTableID.NotFound',
  ]);
  const entries = (PrefixListId: string) => client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
  expect(await codes(entries, 'pl-')).toEqual(['InvalidPrefixListId.Malformed', 'InvalidPrefixListID.NotFound']);
});

test('one missing instance fails the whole call, and several are named together', async () => {
  const InstanceIds = [lab.world.aws[0]!.instances[0]!.id, 'i-00000001', 'i-00000002'];
  expect(await refusal(client.send(new DescribeInstancesCommand({ InstanceIds })))).toMatchObject({
    code: 'InvalidInstanceID.NotFound',
    message: "The instance IDs 'i-00000001, i-00000002' do not exist",
  });
});

test('an unknown region', async () => {
  const RegionNames = ['eu-nowhere-1'];
  const answer = await refusal(client.send(new DescribeRegionsCommand({ RegionNames })));
  expect(answer).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
});

test('a large account refuses to list all interfaces at once', async () => {
  const world = smallWorld();
  const [pattern] = world.aws[0]!.interfaces;
  const more = (index: number): InterfaceWorld => ({ ...pattern!, id: `eni-0${index.toString(16).padStart(16, '0')}` });
  world.aws[0]!.interfaces.push(...Array.from({ length: 1000 }, (_, index) => more(index)));
  await withLab(world, {}, async (large) => {
    const big = ec2Of(large);
    expect(await refusal(big.send(new DescribeNetworkInterfacesCommand({})))).toMatchObject({
      code: 'OperationNotPermitted',
      status: 400,
    });
    const unindexed = [{ Name: 'status', Values: ['in-use'] }];
    expect(await refusal(big.send(new DescribeNetworkInterfacesCommand({ Filters: unindexed })))).toMatchObject({
      code: 'OperationNotPermitted',
    });
    const indexed = [{ Name: 'subnet-id', Values: [pattern!.subnetId] }];
    const all = await big.send(new DescribeNetworkInterfacesCommand({ Filters: indexed }));
    expect(all.NetworkInterfaces!.length).toBeGreaterThan(1000);
    const page = await big.send(new DescribeNetworkInterfacesCommand({ MaxResults: 1000 }));
    expect(page.NetworkInterfaces).toHaveLength(1000);
  });
});

test('a dry run says whether it would be allowed, by an error either way', async () => {
  expect(await refusal(client.send(new DescribeVpcsCommand({ DryRun: true })))).toEqual({
    code: 'DryRunOperation',
    status: 412,
    message: 'Request would have succeeded, but DryRun flag is set.',
  });
  await withLab(smallWorld(), { deny: ['ec2:Describe*'] }, async (denying) => {
    expect(await refusal(ec2Of(denying).send(new DescribeVpcsCommand({ DryRun: true })))).toMatchObject({
      code: 'UnauthorizedOperation',
      status: 403,
    });
  });
});

test('nothing that writes is allowed, and every attempt is noticed', async () => {
  const RouteTableId = lab.world.aws[0]!.routeTables[0]!.id;
  const NetworkInterfaceId = lab.world.aws[0]!.interfaces[0]!.id;
  const before = lab.requests().length;
  const create = new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '10.9.0.0/24', NetworkInterfaceId });
  const modify = new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: false } });
  expect(await refusal(client.send(create))).toMatchObject({ code: 'UnauthorizedOperation', status: 403 });
  expect(await refusal(client.send(modify))).toMatchObject({ code: 'UnauthorizedOperation', status: 403 });
  expect(lab.requests().slice(before)).toEqual([
    { service: 'ec2', operation: 'CreateRoute', status: 403, write: true },
    { service: 'ec2', operation: 'ModifyNetworkInterfaceAttribute', status: 403, write: true },
  ]);
});
