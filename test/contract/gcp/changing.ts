/** Plans against a lab's Compute Engine, and what they should make of its world. */
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import * as gceFaults from '../../../lab/world/faults/gce.ts';
import * as faults from '../../../lab/world/faults.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
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
import type { serveGce } from './expected.ts';
import { gceOf, openReader } from './expected.ts';

/** Every kind of change, both families; nothing of it leads to what is gone. */
export function brokenWorld(options: Partial<Parameters<typeof gceCluster>[0]> = {}): World {
  const world = gceCluster({ name: 'writer', mode: 'host-gw', nodes: 6, subnets: 2, ipv6: true, ...options });
  // What the published description of the API does not name has to come through all the same.
  for (const { instances } of gceOf(world).projects) {
    for (const one of instances) one.undescribed = { afterTomorrow: { kept: true, list: [1, 'two'] } };
  }
  return faults.inject(
    world,
    gceFaults.gceForwardingOff(1),
    gceFaults.gceRouteMissing(2),
    gceFaults.gceRouteMissing(3, 6),
    gceFaults.gceWrongTarget(4, { node: 5 }),
    gceFaults.gceWrongTarget(0, { kind: 'internet' }),
    gceFaults.gceStaleRoute('10.244.77.0/24', 5),
  ).world;
}

/** One change of each kind. */
export function smallWorld(): World {
  return faults.inject(
    gceCluster({ name: 'writer', mode: 'host-gw', nodes: 4, subnets: 2 }),
    gceFaults.gceForwardingOff(1),
    gceFaults.gceRouteMissing(2),
    gceFaults.gceWrongTarget(3, { node: 0 }),
    gceFaults.gceStaleRoute('10.244.77.0/24', 0),
  ).world;
}

/** The plan for a world that is served, and the world as it is then. Without another world: the broken one. */
export async function prepare(
  serve: typeof serveGce,
  options: LabOptions = {},
  world = brokenWorld(),
): Promise<{ lab: Lab; plan: Plan; before: World }> {
  const lab = await serve(world, { writable: true, ...options });
  const plan = await planAgainst(lab);
  return { lab, plan, before: structuredClone(lab.world) };
}

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
