/** Plans against a server that speaks EC2: made from what the reader reads, run by the real writer. */
import { openAwsWriter } from '../../../src/clouds/aws/write.ts';
import type { Plan } from '../../../src/model/planned.ts';
import type { AwsRegionWorld, World } from '../../../lab/world/world.ts';
import { destination, destinationOf } from '../../../lab/world/look.ts';
import type { Applied } from '../../support/applying.ts';
import { applyWith, planWith } from '../../support/applying.ts';
import { SILENT } from '../../support/quiet.ts';
import { openReader } from './expected.ts';

export type Env = Readonly<Record<string, string>>;

/** The plan for what the server shows, every kind of change allowed. */
export async function planAgainst(world: World, env: Env): Promise<Plan> {
  return planWith(world, openReader(env), 'aws');
}

export async function applyAgainst(plan: Plan, env: Env): Promise<Applied> {
  return applyWith(plan, () => openAwsWriter({ env, log: SILENT }));
}

/** The whole world, but for the order of routes in a table, which has no meaning. */
export function settled(world: World): World {
  const copy = structuredClone(world);
  for (const table of copy.aws.flatMap(({ routeTables }) => routeTables)) {
    table.routes.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return copy;
}

/** The world with exactly what the plan says changed in it, worked out without any server. */
export function withPlan(world: World, plan: Plan): World {
  const copy = structuredClone(world);
  for (const { target, after } of plan.changes) {
    for (const region of copy.aws) {
      if (target.kind === 'interface' && after.kind === 'forwarding') {
        for (const face of region.interfaces) {
          if (face.id === target.interface) face.sourceDestCheck = after.forwarding === 'off';
        }
      } else if (target.kind === 'route') setRoute(region, target.table, target.prefix, after);
    }
  }
  return settled(copy);
}

function setRoute(region: AwsRegionWorld, id: string, prefix: string, after: Plan['changes'][number]['after']): void {
  const table = region.routeTables.find((one) => one.id === id);
  if (table === undefined) return;
  const rest = table.routes.filter((route) => route.origin !== 'CreateRoute' || destinationOf(route) !== prefix);
  const made =
    after.kind === 'route' && after.to.kind === 'interface'
      ? [
          {
            destination: destination(prefix),
            target: { kind: 'interface' as const, interfaceId: after.to.interface },
            origin: 'CreateRoute' as const,
          },
        ]
      : [];
  table.routes = [...rest, ...made];
}
