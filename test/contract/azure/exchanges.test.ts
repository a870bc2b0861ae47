/** Every request that the reader makes, and what the lab answers, has the form that Azure's API description says. */
import type { LabOptions } from '../../../lab/servers/index.ts';
import { testExchanges } from '../aws/validate-exchanges.ts';
import { leave, nodesOf, openReader, serveAzure } from './expected.ts';
import { busyWorld, usualWorld } from './worlds.ts';

const RUNS: readonly LabOptions[] = [
  {},
  { pageSize: { azure: 2 } },
  { azureDeny: ['Microsoft.Network/routeTables/read'] },
  { azureDeny: ['Microsoft.Compute/*'] },
  { azureDeny: ['Microsoft.Network/networkSecurityGroups/read'] },
  { throttleEvery: 3 },
];

testExchanges('all exchanges of the reader conform to the API description', async (record) => {
  for (const options of RUNS) {
    for (const world of [busyWorld(), usualWorld('scale-set-uniform'), usualWorld('scale-set-flexible')]) {
      const lab = await serveAzure(world, { ...options, record });
      try {
        const reader = openReader(lab);
        const [fabric] = (await reader.read(nodesOf(world))).facts;
        const ids = (kind: 'machines' | 'interfaces' | 'tables'): string[] => fabric?.[kind].map(({ id }) => id) ?? [];
        const suspects = {
          machines: ids('machines'),
          interfaces: ids('interfaces'),
          tables: ids('tables'),
          filters: fabric === undefined || fabric.filters === 'unread' ? [] : fabric.filters.map(({ id }) => id),
        };
        await reader.reread({ nodes: [], ...suspects });
        // Nothing names a subscription, so the login's own are asked for.
        await openReader(lab).read(nodesOf(world).map((node) => ({ ...node, providerID: '' })));
      } finally {
        leave();
        await lab.stop();
      }
    }
  }
});
