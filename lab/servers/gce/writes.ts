/** The methods that change something, and those that ask how far a change has come. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';

import { updateInstance } from './change-instances.ts';
import { deleteRoute, insertRoute } from './change-routes.ts';
import { requestIdOf, type Order } from './changes.ts';
import { noSuchResource } from './errors.ts';
import type { Operations } from './operations.ts';

type Operation = google.cloud.compute.v1.IOperation;

export type Write =
  | { kind: 'insert-route' }
  | { kind: 'delete-route'; name: string }
  | { kind: 'update-instance'; scope: string; name: string }
  | { kind: 'operation'; scope: string; name: string; wait: boolean };

const SEGMENT = '([a-z0-9-]+)';
const OPERATION = new RegExp(`^(global|zones/${SEGMENT})/operations/${SEGMENT}(/wait)?$`);
const INSTANCE = new RegExp(`^(zones/${SEGMENT})/instances/${SEGMENT}$`);
const ROUTE = new RegExp(`^global/routes/${SEGMENT}$`);

/** `place`: the path below the project. Undefined: no such method here. */
export function parseWrite(verb: string, place: string): Write | undefined {
  const [, scope, , operation, wait] = OPERATION.exec(place) ?? [];
  if (scope !== undefined && operation !== undefined) {
    const isAsked = verb === 'GET' ? wait === undefined : verb === 'POST' && wait !== undefined;
    return isAsked ? { kind: 'operation', scope, name: operation, wait: wait !== undefined } : undefined;
  }
  if (verb === 'POST' && place === 'global/routes') return { kind: 'insert-route' };
  const [, route] = ROUTE.exec(place) ?? [];
  if (verb === 'DELETE' && route !== undefined) return { kind: 'delete-route', name: route };
  const [, zone, , instance] = INSTANCE.exec(place) ?? [];
  if (verb === 'PUT' && zone !== undefined && instance !== undefined) {
    return { kind: 'update-instance', scope: zone, name: instance };
  }
  return undefined;
}

/** Query parameters of each, beside those of every method. */
export const WRITE_PARAMETERS: Readonly<Record<Write['kind'], readonly string[]>> = {
  'insert-route': ['requestId'],
  'delete-route': ['requestId'],
  'update-instance': ['requestId', 'minimalAction', 'mostDisruptiveAllowedAction', 'discardLocalSsd'],
  operation: [],
};

/** As the lab's log of requests names it. */
export function describeWrite(write: Write, project: string, body: string): string {
  switch (write.kind) {
    case 'insert-route':
      return `routes.insert ${project}/${/"name":\s*"([^"]*)"/.exec(body)?.[1] ?? ''}`;
    case 'delete-route':
      return `routes.delete ${project}/${write.name}`;
    case 'update-instance':
      return `instances.update ${project}/${write.name}`;
    case 'operation':
      return `${operationsOf(write.scope)}.${write.wait ? 'wait' : 'get'} ${project}`;
  }
}

function operationsOf(scope: string): 'globalOperations' | 'zoneOperations' {
  return scope === 'global' ? 'globalOperations' : 'zoneOperations';
}

interface Caller {
  /** Who is to be named in operations. */
  user: string;
  now: string;
}

export function performWrite(write: Write, order: Order, { user, now }: Caller): Operation {
  const { operations, view, query } = order;
  const { project } = view;
  if (write.kind === 'operation') return askFor(write, order, operations);
  const requestId = requestIdOf(query);
  const echo = operations.echo(requestId);
  if (echo !== undefined) return echo;
  const scope = write.kind === 'update-instance' ? write.scope : 'global';
  const job = jobOf(write, order);
  return operations.begin({ ...job, project, scope, user, now }, requestId);
}

function jobOf(write: Exclude<Write, { kind: 'operation' }>, order: Order): ReturnType<typeof insertRoute> {
  switch (write.kind) {
    case 'insert-route':
      return insertRoute(order);
    case 'delete-route':
      return deleteRoute(order, write.name);
    case 'update-instance':
      return updateInstance(order, write.scope, write.name);
  }
}

/** `wait` answers when the operation has ended, at most after two minutes; here it ends at once. */
function askFor(
  { scope, name, wait }: Extract<Write, { kind: 'operation' }>,
  { view: { project }, require }: Order,
  operations: Operations,
): Operation {
  const resource = `projects/${project}/${scope}/operations/${name}`;
  require(`compute.${operationsOf(scope)}.get`, resource);
  const isRunning = (): boolean => operations.find(project, scope, name)?.status !== 'DONE';
  if (operations.find(project, scope, name) === undefined) throw noSuchResource(resource);
  while (wait && isRunning()) operations.tick();
  const found = operations.find(project, scope, name);
  if (found === undefined) throw noSuchResource(resource);
  return found;
}
