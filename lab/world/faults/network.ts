/** Faults and oddities of the network around the nodes: whose table a subnet uses, other networks beside it. */

import { defaultAcl, nodeGroup } from '../ec2-filters.ts';
import { ec2Id } from '../ids.ts';
import { DoesNotFit, instanceOf, interfaceOf, must, nodeOf, nodeSubnets, regionOf, subnetById } from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { RouteTableWorld } from '../world.ts';
import { tablesInUse } from './fault.ts';
import type { Fault } from './fault.ts';
import { podRanges } from '../pod-ranges.ts';

/** A node subnet (by its place among the node subnets) is associated with a table that holds no pod route. */
export function foreignTable(place: number): Fault {
  return {
    says: `node subnet ${String(place)} uses a table without pod routes`,
    into: (world) => {
      const subnet = must(nodeSubnets(world)[place], `node subnet ${String(place)}`);
      const region = must(
        world.aws.find((one) => one.subnets.includes(subnet)),
        'region',
      );
      for (const table of region.routeTables) table.subnetIds = table.subnetIds.filter((id) => id !== subnet.id);
      const table: RouteTableWorld = {
        id: ec2Id('rtb', world.name, 'foreign', place),
        vpcId: subnet.vpcId,
        subnetIds: [subnet.id],
        routes: [],
        tags: { Name: `${world.name}-legacy` },
      };
      region.routeTables.push(table);
      const used = world.cluster.nodes.some((owner) =>
        podRanges(owner).some((cidr) => tablesInUse(world, owner, cidr, [table]).length > 0),
      );
      if (!used) return [];
      const subjects = { subnets: [subnet.id], routeTables: [table.id] };
      return [{ rule: 'route-table-not-associated', verdict: 'fail', subjects }];
    },
  };
}

/** A table that is associated with a gateway governs no subnet, whatever it holds. */
export function gatewayTable(): Fault {
  return {
    says: 'a gateway has a table of its own',
    into: (world) => {
      const node = nodeOf(world, 0);
      const region = regionOf(world, node);
      const like = must(region.routeTables[0], 'table');
      region.routeTables.push({
        id: ec2Id('rtb', world.name, 'edge'),
        vpcId: like.vpcId,
        subnetIds: [],
        gatewayId: ec2Id('igw', world.name),
        routes: [],
        tags: { Name: `${world.name}-edge` },
      });
      return [];
    },
  };
}

/**
 * A second network of the same ranges beside the cluster's, with a machine that has the same addresses as one node.
 * Without a providerID such a node may be either machine.
 */
export function twinNetwork(ref: NodeRef): Fault {
  return {
    says: `another network has a machine with the address of ${String(ref)}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const region = regionOf(world, node);
      const original = interfaceOf(world, node);
      const subnet = subnetById(region, original.subnetId);
      const vpc = must(
        region.vpcs.find((one) => one.id === subnet.vpcId),
        'network',
      );
      const id = (kind: string): string => ec2Id(kind, world.name, 'twin');
      if (region.vpcs.some((one) => one.id === id('vpc'))) throw new DoesNotFit('there is a twin network already');
      const tags = { Name: 'staging' };
      const twin = { ...structuredClone(vpc), id: id('vpc'), mainRouteTableId: id('rtb'), tags };
      region.vpcs.push(twin);
      region.networkAcls.push(defaultAcl(twin, world.name, 'twin'));
      region.securityGroups.push(nodeGroup(twin, [], world.name, 'twin'));
      region.subnets.push({ ...structuredClone(subnet), id: id('subnet'), vpcId: id('vpc'), tags });
      region.routeTables.push({ id: id('rtb'), vpcId: id('vpc'), subnetIds: [], routes: [], tags });
      region.instances.push({
        ...structuredClone(must(instanceOf(world, node), 'machine')),
        id: id('i'),
        interfaceIds: [id('eni')],
        tags,
      });
      region.interfaces.push({
        ...structuredClone(original),
        id: id('eni'),
        subnetId: id('subnet'),
        instanceId: id('i'),
        deviceIndex: 0,
        groupIds: [id('sg')],
      });
      return [];
    },
  };
}
