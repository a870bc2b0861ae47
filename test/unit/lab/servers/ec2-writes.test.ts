/** The lab's EC2 changes what it is told to, and refuses what EC2 refuses. */
import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import * as faults from '../../../../lab/world/faults.ts';
import type { World } from '../../../../lab/world/world.ts';
import type { LabOptions } from '../../../../lab/servers/index.ts';
import { ec2Of, meddlingEc2, refusal, smallWorld, withLab } from './support.ts';

type Send = (client: EC2Client, world: World) => Promise<unknown>;

const PREFIX = '10.244.1.0/24';

function ids(world: World) {
  const [region] = world.aws;
  return {
    RouteTableId: region!.routeTables[1]!.id,
    NetworkInterfaceId: region!.interfaces[1]!.id,
    InstanceId: region!.instances[1]!.id,
  };
}

function create(more: object): Send {
  return (client, world) => {
    const { RouteTableId, NetworkInterfaceId } = ids(world);
    return client.send(
      new CreateRouteCommand({ RouteTableId, NetworkInterfaceId, DestinationCidrBlock: PREFIX, ...more }),
    );
  };
}

function modify(more: object): Send {
  return (client, world) => {
    const { NetworkInterfaceId } = ids(world);
    const input = { NetworkInterfaceId, SourceDestCheck: { Value: true }, ...more };
    return client.send(new ModifyNetworkInterfaceAttributeCommand(input));
  };
}

async function codeOf(send: Send, world: World, options: LabOptions = {}): Promise<string> {
  return withLab(world, { writable: true, ...options }, async (lab) => {
    const before = JSON.stringify(lab.world);
    const { code, status } = await refusal(send(ec2Of(lab), lab.world));
    expect(JSON.stringify(lab.world)).toBe(before);
    return `${code} ${String(status)}`;
  });
}

const plain = (): World => faults.inject(smallWorld({ podRoutes: false }), faults.secondInterface(2)).world;
const routed = (): World => smallWorld({ podRoutes: true });

describe('what is refused changes nothing', () => {
  test.each<[string, Send, World, string]>([
    ['a route that is there', create({}), routed(), 'RouteAlreadyExists 400'],
    [
      'a table that is not',
      create({ RouteTableId: 'rtb-0deadbeefdeadbeef' }),
      plain(),
      'InvalidRouteTableID.NotFound 400',
    ],
    ['an id of no table', create({ RouteTableId: 'rtb-x' }), plain(), 'InvalidRouteTableId.Malformed 400'],
    [
      'an interface that is not',
      create({ NetworkInterfaceId: 'eni-0deadbeefdeadbeef' }),
      plain(),
      'InvalidNetworkInterfaceID.NotFound 400',
    ],
    ['no target', create({ NetworkInterfaceId: undefined }), plain(), 'MissingParameter 400'],
    ['two targets', create({ GatewayId: 'igw-1' }), plain(), 'InvalidParameterCombination 400'],
    ['no range', create({ DestinationCidrBlock: undefined }), plain(), 'MissingParameter 400'],
    ['a range that is none', create({ DestinationCidrBlock: '10.0.0.0/33' }), plain(), 'InvalidParameterValue 400'],
    [
      'a range of the other family',
      create({ DestinationCidrBlock: 'fd00::/64' }),
      plain(),
      'InvalidParameterValue 400',
    ],
    [
      'a range inside the network',
      create({ DestinationCidrBlock: '10.40.7.0/24' }),
      plain(),
      'InvalidParameterValue 400',
    ],
    [
      'a machine with two interfaces',
      (client, world) => {
        const InstanceId = world.aws[0]!.instances[2]!.id;
        return create({ NetworkInterfaceId: undefined, InstanceId })(client, world);
      },
      plain(),
      'InvalidInstanceID 400',
    ],
    [
      'a table that is full',
      create({ DestinationCidrBlock: '10.250.0.0/24' }),
      faults.inject(routed(), faults.nearLimit(0)).world,
      'RouteLimitExceeded 400',
    ],
    [
      'another target for a route that is not there',
      (client, world) => {
        const { RouteTableId, NetworkInterfaceId } = ids(world);
        return client.send(new ReplaceRouteCommand({ RouteTableId, NetworkInterfaceId, DestinationCidrBlock: PREFIX }));
      },
      plain(),
      'InvalidParameterValue 400',
    ],
    [
      'the deletion of a route that is not there',
      (client, world) =>
        client.send(new DeleteRouteCommand({ RouteTableId: ids(world).RouteTableId, DestinationCidrBlock: PREFIX })),
      plain(),
      'InvalidRoute.NotFound 400',
    ],
    [
      'the deletion of the network’s own route',
      (client, world) =>
        client.send(
          new DeleteRouteCommand({ RouteTableId: ids(world).RouteTableId, DestinationCidrBlock: '10.40.0.0/16' }),
        ),
      plain(),
      'InvalidParameterValue 400',
    ],
    ['no attribute', modify({ SourceDestCheck: undefined }), plain(), 'MissingParameter 400'],
    ['two attributes', modify({ Description: { Value: 'x' } }), plain(), 'InvalidParameterCombination 400'],
    ['a dry run', modify({ DryRun: true }), plain(), 'DryRunOperation 412'],
  ])('%s', async (_, send, world, expected) => {
    expect(await codeOf(send, world)).toBe(expected);
  });

  test('an interface that a service keeps', async () => {
    const world = plain();
    world.aws[0]!.interfaces[1]!.managedHidden = true;
    expect(await codeOf(modify({}), world)).toBe('OperationNotPermitted 400');
  });

  test('a parameter that the action does not have', async () => {
    await withLab(plain(), { writable: true }, async (lab) => {
      const client = meddlingEc2(lab, (form) => form.set('Surprise', '1'));
      expect((await refusal(modify({})(client, lab.world))).code).toBe('UnknownParameter');
    });
  });

  test('everything, where the lab is not writable', async () => {
    expect(await codeOf(modify({}), plain(), { writable: false })).toBe('UnauthorizedOperation 403');
  });
});

describe('rights', () => {
  const allow = (Resource: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ec2:ModifyNetworkInterfaceAttribute', Resource }],
  });

  test.each([
    ['arn:aws:ec2:*:*:network-interface/*', true],
    ['*', true],
    ['arn:aws:ec2:eu-central-1:111122223333:network-interface/eni-*', true],
    ['arn:aws:ec2:*:*:route-table/*', false],
    ['arn:aws:ec2:us-east-1:*:network-interface/*', false],
  ])('on %s', async (resource, isAllowed) => {
    await withLab(plain(), { writable: true, iamPolicy: allow(resource) }, async (lab) => {
      const sent = modify({})(ec2Of(lab), lab.world);
      const code = isAllowed ? await sent.then(() => 'done') : (await refusal(sent)).code;
      expect(code).toBe(isAllowed ? 'done' : 'UnauthorizedOperation');
    });
  });
});

test('a range with host bits is stored as the network, and the answer says so', async () => {
  await withLab(plain(), { writable: true }, async (lab) => {
    const client = ec2Of(lab);
    expect(await create({ DestinationCidrBlock: '10.244.1.77/24' })(client, lab.world)).toMatchObject({ Return: true });
    const { RouteTables = [] } = await client.send(
      new DescribeRouteTablesCommand({ RouteTableIds: [ids(lab.world).RouteTableId] }),
    );
    expect(RouteTables[0]?.Routes?.map((route) => route.DestinationCidrBlock)).toContain(PREFIX);
  });
});

test('a change is seen by readings only after so many that are late', async () => {
  await withLab(plain(), { writable: true, lagReads: 2 }, async (lab) => {
    const client = ec2Of(lab);
    const { NetworkInterfaceId } = ids(lab.world);
    const read = async () => {
      const answer = await client.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }),
      );
      return answer.NetworkInterfaces?.[0]?.SourceDestCheck;
    };
    await modify({})(client, lab.world);
    expect([await read(), await read(), await read()]).toEqual([false, false, true]);
  });
});

test.each([
  ['before', false],
  ['after', true],
  ['cut', true],
] as const)('an answer that is lost %s the change', async (fail, isDone) => {
  await withLab(plain(), { writable: true, fail: () => fail }, async (lab) => {
    await expect(modify({})(ec2Of(lab), lab.world)).rejects.toThrow();
    expect(lab.world.aws[0]!.interfaces[1]!.sourceDestCheck).toBe(isDone);
  });
});
