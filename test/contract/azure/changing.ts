/** Plans against a server that speaks Resource Manager: made from what the reader reads, run by the real writer. */
import type { Lab } from '../../../lab/servers/index.ts';
import type { AzureRouteWorld, AzureWorld } from '../../../lab/world/azure.ts';
import { azureSubnetId, azureTableId, nicId, scaleSetId, scaleSetNicId } from '../../../lab/world/azure-ids.ts';
import type { World } from '../../../lab/world/world.ts';
import { openAzureWriter } from '../../../src/clouds/azure/write.ts';
import type { ChangePolicy, Plan, PlannedChange } from '../../../src/model/planned.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Applied, PlannedNow } from '../../support/applying.ts';
import { applyWith, planAndJudge } from '../../support/applying.ts';
import { SILENT } from '../../support/quiet.ts';
import { openReader } from './expected.ts';

/** The plan for what the server shows, every kind of change allowed. */
export function planNow(lab: Lab, limits: Partial<ChangePolicy> = {}): Promise<PlannedNow> {
  return planAndJudge(lab.world, openReader(lab), 'azure', limits);
}

/** `most`: lines that the journal takes. */
export function applyAgainst(plan: Plan, lab: Lab, most?: number): Promise<Applied> {
  const config = { azureEndpoint: lab.inputs['azure-endpoint'] ?? '', timeoutMs: 3_600_000 };
  const open = (clock: Clock) => openAzureWriter({ config, env: lab.env, clock, log: SILENT, random: () => 0.5 });
  return applyWith(plan, open, undefined, most);
}

/** The whole world, but for the order of routes in a table, which has no meaning. */
export function settled(world: World): World {
  const copy = structuredClone(world);
  for (const { routes } of (copy.azure ?? []).flatMap(({ routeTables }) => routeTables)) {
    routes.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  return copy;
}

/** The world with exactly what the plan says changed in it, worked out without any server. */
export function withPlan(world: World, plan: Plan): World {
  const copy = structuredClone(world);
  for (const change of plan.changes) for (const azure of copy.azure ?? []) put(azure, change);
  return settled(copy);
}

function put(azure: AzureWorld, { target, after }: PlannedChange): void {
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  const isOn = after.kind === 'forwarding' && after.forwarding === 'on';
  switch (target.kind) {
    case 'interface':
      for (const nic of azure.nics) if (isSame(nicId(azure, nic.name), target.interface)) nic.enableIPForwarding = isOn;
      for (const set of azure.scaleSets) {
        for (const instance of set.instances) {
          for (const nic of instance.nics) {
            if (!isSame(scaleSetNicId(azure, set, instance, nic.name), target.interface)) continue;
            set.modelForwarding = isOn;
            nic.enableIPForwarding = isOn;
            instance.latestModelApplied = true;
          }
        }
      }
      return;
    case 'template':
      for (const set of azure.scaleSets) {
        if (isSame(scaleSetId(azure, set.name), target.template)) set.modelForwarding = isOn;
      }
      return;
    case 'subnet': {
      const table = after.kind === 'association' ? (after.table.split('/').at(-1) ?? '') : undefined;
      for (const vnet of azure.vnets) {
        for (const subnet of vnet.subnets) {
          if (!isSame(azureSubnetId(azure, vnet.name, subnet.name), target.subnet)) continue;
          delete subnet.routeTable;
          if (table !== undefined) subnet.routeTable = table;
        }
      }
      return;
    }
    case 'route':
      for (const table of azure.routeTables) {
        if (!isSame(azureTableId(azure, table.name), target.table)) continue;
        table.routes = table.routes.filter(({ prefix }) => prefix !== target.prefix);
        const made = routeOf(target.name ?? '', target.prefix, after);
        if (made !== undefined) table.routes.push(made);
      }
  }
}

function routeOf(name: string, prefix: string, after: PlannedChange['after']): AzureRouteWorld | undefined {
  if (after.kind !== 'route') return undefined;
  const { to } = after;
  const hop: Pick<AzureRouteWorld, 'nextHopType' | 'nextHopIp'> =
    to.kind === 'address'
      ? { nextHopType: 'VirtualAppliance', nextHopIp: to.address }
      : { nextHopType: to.kind === 'none' ? 'None' : 'Internet' };
  return { name, prefix, ...hop, provisioningState: 'Succeeded' };
}
