/** The routes that a change is about, out of all of a project. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ChangeTarget, PlannedChange, TargetState } from '../../model/planned.ts';
import { podRouteName } from '../../model/route-names.ts';
import type { RouteTarget } from '../../model/snapshot.ts';
import type { LiveTarget } from '../../ports.ts';
import { translateRoute } from './translate-routes.ts';
import { projectOf } from './url.ts';

type IRoute = google.cloud.compute.v1.IRoute;
export type RouteChangeTarget = Extract<ChangeTarget, { kind: 'route' }>;

/** A route that somebody made. */
export type SeenRoute = Extract<TargetState, { kind: 'route' }> & {
  readonly name: string;
  readonly network: string;
  readonly prefix: string;
};

/** What there is of a change's routes. Whoever has done a part of it says so here, and the next part goes on from there. */
export interface Scene {
  own: SeenRoute | undefined;
  /** Carries the range while the route itself is made anew. */
  standIn: SeenRoute | undefined;
  /** All routes for the range, these included. */
  readonly rivals: readonly SeenRoute[];
}

/** By their names alone nothing is ever taken for ours. */
export function standInText(name: string): string {
  return `Stands in for route ${name} while Pod Route Check makes that anew`;
}

const SUFFIX = '-moving';
const LONGEST_NAME = 63;

/** The same for the same route, always: an earlier run may have been cut off. */
export function standInName(name: string): string {
  if (name.length + SUFFIX.length <= LONGEST_NAME) return `${name}${SUFFIX}`;
  // What is cut off may be all that tells two routes apart.
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const stem = name.slice(0, LONGEST_NAME - SUFFIX.length - mark.length - 1).replace(/-+$/, '');
  return `${stem}-${mark}${SUFFIX}`;
}

/** Named: the route of that name. Not named: the only route for the range, whatever its name. */
export function ownName({ name, prefix }: RouteChangeTarget): string {
  return name ?? podRouteName(prefix);
}

export function leadsTo({ to }: { readonly to: RouteTarget }, other: TargetState): boolean {
  return other.kind === 'route' && isDeepStrictEqual(to, other.to);
}

/** `routes`: all of the project that owns the network. */
export function surveyRoutes(
  routes: readonly IRoute[],
  change: PlannedChange,
  target: RouteChangeTarget,
): LiveTarget & { readonly token: Scene } {
  const all = routes.flatMap((route) => seenRoute(route, projectOf(target.table)));
  const rivals = all.filter(({ network, prefix }) => network === target.table && prefix === target.prefix);
  const name = ownName(target);
  const isReplacement = change.kind === 'replace-route';
  const standIn = isReplacement ? rivals.find((one) => isStandIn(one, name)) : undefined;
  const others = rivals.filter((one) => one !== standIn);
  const own = target.name === undefined ? choose(others, name, change) : others.find((one) => one.name === name);
  const token: Scene = { own, standIn, rivals };
  const isOnTheWay = own === undefined || leadsTo(own, change.before) || leadsTo(own, change.after);
  if (standIn !== undefined && isOnTheWay) {
    const half = own === undefined ? 'nothing' : `what ${own.name} leads to`;
    const text = `${half}, and ${standIn.name} stands in`;
    return { state: { kind: 'route', to: { kind: 'unknown', text } }, resumable: true, token };
  }
  const why =
    (target.name === undefined ? crowdOf(others, target) : undefined) ??
    takenName(all, isReplacement ? [name, standInName(name)] : [name], [own, standIn]) ??
    (own === undefined ? undefined : mannerDrift(own, change.before));
  const state: TargetState = own === undefined ? { kind: 'absent' } : stateOf(own);
  return { state, ...(why === undefined ? {} : { drift: why }), token };
}

function seenRoute(route: IRoute, project: string): SeenRoute[] {
  const draft = translateRoute(route, project);
  if (draft?.route.origin !== 'static' || draft.route.name === undefined) return [];
  const { prefix, target: to, rank, name, scopeTags, description } = draft.route;
  return [
    {
      kind: 'route',
      name,
      network: draft.network,
      prefix,
      to,
      rank,
      ...(scopeTags === undefined ? {} : { scopeTags }),
      ...(description === undefined ? {} : { description }),
    },
  ];
}

function stateOf({ to, scopeTags }: SeenRoute): TargetState {
  return { kind: 'route', to, ...(scopeTags === undefined ? {} : { scopeTags }) };
}

function isStandIn(route: SeenRoute, name: string): boolean {
  return route.name === standInName(name) && route.description === standInText(name);
}

function choose(routes: readonly SeenRoute[], name: string, { before, after }: PlannedChange): SeenRoute | undefined {
  return (
    routes.find((one) => one.name === name) ??
    routes.find((one) => leadsTo(one, after) || leadsTo(one, before)) ??
    routes[0]
  );
}

function crowdOf(routes: readonly SeenRoute[], { prefix }: RouteChangeTarget): string | undefined {
  return routes.length < 2 ? undefined : `there are ${String(routes.length)} routes for ${prefix} now`;
}

/** Names are unique in a project, whatever the network. */
function takenName(
  all: readonly SeenRoute[],
  names: readonly string[],
  known: readonly (SeenRoute | undefined)[],
): string | undefined {
  const other = all.find((one) => names.includes(one.name) && !known.includes(one));
  return other === undefined
    ? undefined
    : `${other.name} is the name of another route, for ${other.prefix} in ${other.network}`;
}

/** Made anew it would be as planned, and what somebody has changed since would be lost. */
function mannerDrift(own: SeenRoute, before: TargetState): string | undefined {
  if (before.kind !== 'route' || before.rank === undefined || !leadsTo(own, before)) return undefined;
  if (own.rank === before.rank && own.description === before.description) return undefined;
  return `${own.name} has another priority or description now`;
}
