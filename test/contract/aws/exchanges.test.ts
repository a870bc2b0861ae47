/** Every request that the reader makes, and what the lab answers, has the form that EC2's API description says. */
import type { LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { nodesOf, openReader } from './expected.ts';
import { testExchanges } from './validate-exchanges.ts';

function busyWorld() {
  const world = ec2Cluster({ name: 'exchanges', mode: 'fabric', nodes: 7, subnets: 2, ipv6: true });
  const injected = [
    faults.prefixListRoute(0, 'owner'),
    faults.secondInterface(1),
    faults.terminated(2),
    faults.stopped(3),
    faults.groupHalfRange(4),
    faults.groupByPrefixList(['10.244.0.0/16']),
    faults.aclDeniesPods(1, '10.244.9.0/24'),
  ];
  return faults.inject(world, ...injected, faults.foreignTable(0)).world;
}

const RUNS: readonly LabOptions[] = [
  {},
  { pageSize: { ec2: 2 }, sparsePages: true },
  { deny: ['ec2:DescribeInstances'] },
  { deny: ['ec2:DescribeSecurityGroups', 'ec2:DescribeNetworkAcls'] },
  { deny: ['ec2:GetManagedPrefixListEntries', 'ec2:DescribeRouteTables'] },
  { throttleEvery: 5 },
  { expiredToken: 'aws' },
];

testExchanges('all exchanges of the reader conform to the API description', async (record) => {
  for (const options of RUNS) {
    const lab = await startLab(busyWorld(), { ...options, record });
    try {
      const nodes = nodesOf(lab.world);
      const reader = openReader(lab.env);
      await reader.read(nodes);
      const [region] = lab.world.aws;
      await reader.reread({
        nodes: [],
        machines: region!.instances.map(({ id }) => id),
        interfaces: region!.interfaces.map(({ id }) => id),
        tables: region!.routeTables.map(({ id }) => id),
        filters: [...region!.securityGroups, ...region!.networkAcls].map(({ id }) => id),
      });
      await openReader(lab.env).read(nodes.map((node) => ({ ...node, providerID: '' })));
    } finally {
      await lab.stop();
    }
  }
});
