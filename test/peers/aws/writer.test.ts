/** Plan, apply and undo against moto's EC2 server; whole resources are compared, as it shows them. */
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type NetworkInterface,
  type Reservation,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { applyAgainst, planAgainst } from '../../contract/aws/changing.ts';
import { kindsOf } from '../../support/applying.ts';
import { findMoto, startMoto } from '../moto-server.ts';
import { motoClient, seedMoto } from '../seed-moto.ts';

const REGION = 'eu-central-1';
const command = findMoto();

interface Whole {
  readonly interfaces: readonly NetworkInterface[];
  readonly tables: readonly RouteTable[];
  readonly reservations: readonly Reservation[];
  readonly others: readonly unknown[];
}

/** All that moto tells of what a change could reach; routes in the order of their ranges. */
async function readWhole(client: EC2Client): Promise<Whole> {
  const [{ NetworkInterfaces = [] }, { RouteTables = [] }, { Reservations = [] }, ...others] = [
    await client.send(new DescribeNetworkInterfacesCommand({})),
    await client.send(new DescribeRouteTablesCommand({})),
    await client.send(new DescribeInstancesCommand({})),
    (await client.send(new DescribeSubnetsCommand({}))).Subnets,
    (await client.send(new DescribeVpcsCommand({}))).Vpcs,
  ] as const;
  const tables = RouteTables.map(({ Routes = [], ...rest }) => {
    const sorted = [...Routes].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return { ...rest, Routes: sorted };
  });
  return { interfaces: NetworkInterfaces, tables, reservations: Reservations, others };
}

/** The same resources with exactly what the plan says in them. */
function withPlan({ interfaces, tables, reservations, others }: Whole, plan: Plan): Whole {
  const changedFace = <T extends { NetworkInterfaceId?: string | undefined }>(face: T): T => {
    const change = plan.changes.find(
      ({ target }) => target.kind === 'interface' && target.interface === face.NetworkInterfaceId,
    );
    return change === undefined ? face : { ...face, SourceDestCheck: false };
  };
  // Instances show the flags of their interfaces, too; their own, which moto keeps apart, has to stay as it is.
  const machines = reservations.map(({ Instances = [], ...rest }) => ({
    ...rest,
    Instances: Instances.map((one) => ({ ...one, NetworkInterfaces: (one.NetworkInterfaces ?? []).map(changedFace) })),
  }));
  const changed = tables.map((table) => {
    let routes = table.Routes ?? [];
    for (const { target, after } of plan.changes) {
      if (target.kind !== 'route' || target.table !== table.RouteTableId) continue;
      routes = routes.filter(({ DestinationCidrBlock }) => DestinationCidrBlock !== target.prefix);
      if (after.kind !== 'route' || after.to.kind !== 'interface') continue;
      const route = {
        DestinationCidrBlock: target.prefix,
        NetworkInterfaceId: after.to.interface,
        Origin: 'CreateRoute' as const,
        State: 'active' as const,
      };
      routes = [...routes, route];
    }
    return { ...table, Routes: [...routes].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
  });
  return { interfaces: interfaces.map(changedFace), tables: changed, reservations: machines, others };
}

if (command === undefined) {
  test.skip('moto_server is neither in MOTO_SERVER nor on the PATH', () => undefined);
} else {
  test('moto: the plan changes exactly what it says, and the undo restores every resource', async () => {
    const moto = await startMoto(command);
    const client = motoClient(moto.url, REGION);
    try {
      const world = faults.inject(
        ec2Cluster({ name: 'writer', mode: 'host-gw', nodes: 4, subnets: 2 }),
        faults.checkOn(1),
        faults.routeMissing(2),
        faults.wrongTarget(3, { node: 0 }),
        faults.staleRoute('10.244.77.0/24', [0], 0),
      ).world;
      const seeded = await seedMoto(world, moto.url);
      const env = {
        AWS_ACCESS_KEY_ID: 'writer',
        AWS_SECRET_ACCESS_KEY: 'writer',
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL_EC2: moto.url,
        AWS_ENDPOINT_URL_SERVICE_QUOTAS: moto.url,
      };
      const before = await readWhole(client);
      const plan = await planAgainst(seeded.world, env);
      expect(new Set(plan.changes.map(({ kind }) => kind))).toEqual(
        new Set(['set-forwarding', 'create-route', 'replace-route', 'delete-route']),
      );
      expect(new Set(kindsOf(await applyAgainst(plan, env)))).toEqual(new Set(['applied']));
      expect(await readWhole(client)).toEqual(withPlan(before, plan));
      expect(new Set(kindsOf(await applyAgainst(plan, env)))).toEqual(new Set(['already']));
      expect(new Set(kindsOf(await applyAgainst(undoPlan(plan), env)))).toEqual(new Set(['applied']));
      expect(await readWhole(client)).toEqual(before);
    } finally {
      client.destroy();
      await moto.stop();
    }
  });
}
