/** Every request that the reader makes, and what the lab answers, has the form that Compute Engine's description says. */
import type { LabOptions } from '../../../lab/servers/index.ts';
import { testExchanges } from '../aws/validate-exchanges.ts';
import { gceOf, leave, nodesOf, openReader, serveGce } from './expected.ts';
import { busyWorld, firewallWorld, instanceAt, NETWORK } from './worlds.ts';

const RUNS: readonly LabOptions[] = [
  {},
  { pageSize: { gce: 2 } },
  { gceDeny: ['compute.routes.list'] },
  { gceDeny: ['compute.instances.list'] },
  { gceDeny: ['compute.firewalls.list', 'compute.networks.getRegionEffectiveFirewalls'] },
  { throttleEvery: 3 },
  { unreachableZones: 'failure' },
];

testExchanges('all exchanges of the reader conform to the API description', async (record) => {
  for (const options of RUNS) {
    const world = busyWorld();
    const gce = gceOf(world);
    gce.firewalls = gceOf(firewallWorld()).firewalls;
    const { zone, name } = instanceAt(gce, 0);
    if (options.unreachableZones !== undefined) gce.projects[0]?.unreachableZones.push(zone);
    const lab = await serveGce(world, { ...options, record });
    try {
      const reader = openReader(lab);
      await reader.read(nodesOf(world));
      const machines = [`shop-prod/${zone}/${name}`];
      const network = `shop-prod/${NETWORK}`;
      await reader.reread({ nodes: [], machines, interfaces: [], tables: [network], filters: [network] });
    } finally {
      leave();
      await lab.stop();
    }
  }
});
