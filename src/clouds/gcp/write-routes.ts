/**
 * Changes of routes, which Compute Engine can only insert and delete. To lead elsewhere, a route is made anew under its
 * own name, by which its owner knows it. Meanwhile a second one stands in for it, with a priority that wins: at no moment
 * is the range without a route that leads where it should.
 */
import type { RouteManner } from '../../model/plan.ts';
import type { PlannedChange } from '../../model/planned.ts';
import type { RouteTarget } from '../../model/snapshot.ts';
import type { Clock, SendStep, WriteTrouble } from '../../ports.ts';
import { projectOf } from './url.ts';
import type { WriteCalls } from './write-calls.ts';
import type { RouteChangeTarget, Scene, SeenRoute } from './write-scene.ts';
import { leadsTo, ownName, standInName, standInText } from './write-scene.ts';
import { routeBody } from './write-targets.ts';

export interface RouteWork {
  readonly change: PlannedChange;
  readonly target: RouteChangeTarget;
  readonly scene: Scene;
  readonly calls: WriteCalls;
  readonly step: SendStep;
  readonly clock: Clock;
  /** What resource URLs begin with, to the projects. */
  readonly web: string;
  /** The routes as they are now. */
  readonly look: () => Promise<Scene | WriteTrouble>;
}

type Done = 'done' | WriteTrouble;

/** How often a new stand-in is looked for before the route itself goes. */
const MOST_LOOKS = 10;
const LOOK_AGAIN_MS = 1_000;

export async function changeRoute(work: RouteWork): Promise<Done> {
  const { change, target, scene } = work;
  const { after } = change;
  if (after.kind !== 'route') return scene.own === undefined ? 'done' : remove(work, scene.own.name);
  if (change.kind === 'create-route') return insert(work, ownName(target), after.to, after);
  const done = await replace(work, after.to, after);
  if (done === 'done' || scene.standIn === undefined) return done;
  return { ...done, reason: `${done.reason}; ${scene.standIn.name} stands in for ${ownName(target)} meanwhile` };
}

/** Each part only where it has not been done yet, by this run or by an earlier one. */
async function replace(work: RouteWork, to: RouteTarget, manner: RouteManner): Promise<Done> {
  const { change, target, scene } = work;
  const name = ownName(target);
  if (scene.own === undefined || !leadsTo(scene.own, change.after)) {
    if (scene.own !== undefined && scene.standIn === undefined) {
      const rank = winningRank(scene.own, scene.rivals);
      const description = standInText(name);
      const done = await insert(work, standInName(name), to, { ...manner, rank, description });
      const seen = done === 'done' ? await waitForStandIn(work) : done;
      if (seen !== 'done') return seen;
    }
    if (scene.own !== undefined) {
      const done = await remove(work, scene.own.name);
      if (done !== 'done') return done;
      scene.own = undefined;
    }
    const done = await insert(work, name, to, manner);
    if (done !== 'done') return done;
    scene.own = seenAs(target, name, to, manner);
  }
  if (scene.standIn === undefined) return 'done';
  const done = await remove(work, scene.standIn.name);
  if (done === 'done') scene.standIn = undefined;
  return done;
}

/**
 * One better than the route itself, so that nothing else is overtaken. Where another route has that, or nothing is
 * better (0), both share the flows for a moment, which is no worse than before.
 */
function winningRank({ rank = 0 }: SeenRoute, rivals: readonly SeenRoute[]): number {
  const better = rank - 1;
  return better < 0 || rivals.some((one) => one.rank === better) ? rank : better;
}

/** An operation that has ended is no promise that readings show it; the route itself goes only when they do. */
async function waitForStandIn(work: RouteWork): Promise<Done> {
  const { change, target, scene, look, clock } = work;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const now = await look();
    if ('trouble' in now) return now.trouble === 'denied' ? now : { ...now, trouble: 'unclear' };
    scene.standIn = now.standIn;
    if (scene.standIn !== undefined) {
      if (now.own !== undefined && leadsTo(now.own, change.before)) return 'done';
      // Somebody has led it elsewhere, or does not want it any more: nothing may overtake that.
      const gone = await remove(work, scene.standIn.name);
      return gone === 'done' ? { trouble: 'conflict', reason: `${ownName(target)} has changed meanwhile` } : gone;
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
  return { trouble: 'unclear', reason: 'the route that was to stand in is not there, although it was accepted' };
}

function seenAs({ table, prefix }: RouteChangeTarget, name: string, to: RouteTarget, manner: RouteManner): SeenRoute {
  return { kind: 'route', ...manner, name, network: table, prefix, to };
}

async function insert(work: RouteWork, name: string, to: RouteTarget, manner: RouteManner): Promise<Done> {
  const { target, calls, step, web } = work;
  const body = routeBody(web, { ...target, name }, to, manner);
  if (body === undefined) return { trouble: 'refused', reason: 'Compute Engine takes no route to such a target' };
  const says = `routes.insert ${name}`;
  const project = projectOf(target.table);
  return calls.send(
    { method: 'POST', says, permission: 'routes.create', project, place: 'global', resource: 'routes', body },
    step,
  );
}

async function remove({ target, calls, step }: RouteWork, name: string): Promise<Done> {
  const says = `routes.delete ${name}`;
  const project = projectOf(target.table);
  return calls.send(
    { method: 'DELETE', says, permission: 'routes.delete', project, place: 'global', resource: `routes/${name}` },
    step,
  );
}
