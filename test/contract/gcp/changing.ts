/** Plans against a lab's Compute Engine, and what they should make of its world. */
import type { Lab } from '../../../lab/servers/index.ts';
import type { GceRouteWorld, GceWorld } from '../../../lab/world/gce.ts';
import { canonical } from '../../../lab/world/addresses.ts';
import type { World } from '../../../lab/world/world.ts';
import { openGcpWriter } from '../../../src/clouds/gcp/write.ts';
import type { ChangePolicy, Plan, TargetState } from '../../../src/model/planned.ts';
import type { RouteTarget } from '../../../src/model/snapshot.ts';
import type { FabricWriter } from '../../../src/ports.ts';
import type { Applied } from '../../support/applying.ts';
import { applyWith, planWith } from '../../support/applying.ts';
import { SILENT } from '../../support/quiet.ts';
import { openReader } from './expected.ts';

export async function planAgainst(lab: Lab, limits: Partial<ChangePolicy> = {}): Promise<Plan> {
  return planWith(lab.world, openReader(lab), 'gcp', limits);
}

/** `wrap`: what a test puts around the writer. */
export async function applyAgainst(
  plan: Plan,
  lab: Lab,
  wrap: (writer: FabricWriter) => FabricWriter = (writer) => writer,
): Promise<Applied> {
  const config = { gcpEndpoint: lab.inputs['gcp-endpoint'] ?? '' };
  return applyWith(plan, async (clock) =>
    wrap(await openGcpWriter({ config, env: process.env, clock, log: SILENT, random: Math.random })),
  );
}

/** The whole world, but for the order of routes, which has no meaning. */
export function settled(world: World): World {
  const copy = structuredClone(world);
  for (const gce of copy.gce ?? []) gce.routes.sort((a, b) => (a.name < b.name ? -1 : 1));
  return copy;
}

/** The world with exactly what the plan says changed in it, worked out without any server. */
export function withPlan(world: World, plan: Plan): World {
  const copy = structuredClone(world);
  for (const { target, after } of plan.changes) {
    for (const gce of copy.gce ?? []) {
      if (target.kind === 'interface' && after.kind === 'forwarding') {
        for (const { project, instances } of gce.projects) {
          for (const one of instances) {
            const id = `${project}/${one.zone}/${one.name}/`;
            if (target.interface.startsWith(id)) one.canIpForward = after.forwarding === 'on';
          }
        }
      } else if (target.kind === 'route' && target.table.startsWith(`${gce.hostProject}/`)) {
        setRoute(gce, target.table.split('/')[1]!, target.prefix, target.name, after);
      }
    }
  }
  return settled(copy);
}

function setRoute(gce: GceWorld, network: string, prefix: string, named: string | undefined, after: TargetState): void {
  const name = named ?? `pods-${prefix.replaceAll(/[^a-z0-9]+/g, '-')}`;
  const isMeant = (one: GceRouteWorld): boolean =>
    one.network === network && canonical(one.destRange) === prefix && one.name === name;
  gce.routes = gce.routes.filter((one) => !isMeant(one));
  if (after.kind !== 'route') return;
  const { rank = 1000, scopeTags = [], description = '' } = after;
  const target = targetIn(after.to);
  gce.routes.push({ name, network, destRange: prefix, priority: rank, tags: [...scopeTags], description, target });
}

function targetIn(to: RouteTarget): GceRouteWorld['target'] {
  if (to.kind === 'machine') {
    const [project = '', zone = '', name = ''] = to.machine.split('/');
    return { kind: 'instance', project, zone, name };
  }
  if (to.kind === 'address') return { kind: 'ip', ip: to.address };
  if (to.kind === 'gateway' && to.gateway === 'internet') return { kind: 'gateway' };
  if (to.kind === 'gateway') return { kind: 'ilb', ip: to.id };
  throw new Error(`no world has a route to ${to.kind}`);
}
