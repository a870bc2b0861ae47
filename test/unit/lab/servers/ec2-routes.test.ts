import { DescribeRouteTablesCommand, paginateDescribeRouteTables, type Route } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';

import type { World } from '../../../../lab/world/world.ts';
import { ec2Of, smallWorld, withLab } from './support.ts';

const region = (world: World) => world.aws[0]!;

async function routesTo(world: World, cidr: string): Promise<Route[]> {
  return withLab(world, {}, async (lab) => {
    const { RouteTables = [] } = await ec2Of(lab).send(new DescribeRouteTablesCommand({}));
    return RouteTables.flatMap((table) => table.Routes ?? []).filter((one) => one.DestinationCidrBlock === cidr);
  });
}

test('a route shows instance, owner and interface while the instance is there', async () => {
  const world = smallWorld();
  const [one] = region(world).interfaces;
  const routes = await routesTo(world, '10.244.0.0/24');
  expect(routes).toHaveLength(2);
  expect(routes[0]).toEqual({
    DestinationCidrBlock: '10.244.0.0/24',
    InstanceId: one!.instanceId,
    InstanceOwnerId: '111122223333',
    NetworkInterfaceId: one!.id,
    Origin: 'CreateRoute',
    State: 'active',
  });
});

test('a route whose instance is terminated is a black hole that names only the interface', async () => {
  const world = smallWorld();
  const [instance] = region(world).instances;
  const [id] = instance!.interfaceIds;
  instance!.state = 'terminated';
  instance!.interfaceIds = [];
  region(world).interfaces = region(world).interfaces.filter((one) => one.id !== id);
  const [route] = await routesTo(world, '10.244.0.0/24');
  expect(route).toMatchObject({ NetworkInterfaceId: id, State: 'blackhole' });
  expect(route).not.toHaveProperty('InstanceId');
});

test('an interface that outlives its instance is a black hole, a stopped instance is not known to be one', async () => {
  const orphaned = smallWorld();
  delete region(orphaned).interfaces[0]!.instanceId;
  expect((await routesTo(orphaned, '10.244.0.0/24'))[0]).toMatchObject({ State: 'blackhole' });
  const stopped = smallWorld();
  region(stopped).instances[0]!.state = 'stopped';
  expect((await routesTo(stopped, '10.244.0.0/24'))[0]).toMatchObject({ State: 'active' });
});

test('a server may lag behind: an overridden state is answered as it is', async () => {
  const world = smallWorld();
  const table = region(world).routeTables[1]!;
  table.routes.push({
    destination: { cidr: '10.99.0.0/24' },
    target: { kind: 'interface', interfaceId: 'eni-0123456789abcdef0' },
    origin: 'CreateRoute',
    stateOverride: 'active',
  });
  expect(await routesTo(world, '10.99.0.0/24')).toMatchObject([{ State: 'active' }]);
});

test('tables list local routes of both families, the main association without a subnet, and page by hundreds', async () => {
  const world = smallWorld({ ipv6: true });
  const copies = Array.from({ length: 150 }, (_, index) => ({
    ...structuredClone(region(world).routeTables[0]!),
    id: `rtb-0${index.toString(16).padStart(16, '0')}`,
  }));
  region(world).routeTables.push(...copies);
  await withLab(world, {}, async (lab) => {
    const client = ec2Of(lab);
    const main = { Filters: [{ Name: 'association.main', Values: ['true'] }] };
    const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand(main));
    expect(RouteTables).toHaveLength(1);
    expect(RouteTables[0]!.Associations).toMatchObject([{ Main: true, AssociationState: { State: 'associated' } }]);
    expect(RouteTables[0]!.Associations![0]).not.toHaveProperty('SubnetId');
    const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
    expect(RouteTables[0]!.Routes).toEqual([
      { DestinationCidrBlock: '10.40.0.0/16', ...local },
      { DestinationIpv6CidrBlock: region(world).vpcs[0]!.ipv6Cidrs[0], ...local },
    ]);
    const pages: number[] = [];
    for await (const page of paginateDescribeRouteTables({ client, pageSize: 100 }, {})) {
      pages.push(page.RouteTables!.length);
    }
    expect(pages).toEqual([100, 53]);
  });
});
