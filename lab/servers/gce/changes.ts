import type { World } from '../../world/world.ts';
import { GoogleError, invalidValue, missingParameter } from './errors.ts';
import type { Operations, Work } from './operations.ts';
import { fieldOf } from './schema.ts';
import type { ProjectView } from './view.ts';

/** A request that changes something, as far as all of them are alike. */
export interface Order {
  view: ProjectView;
  world: World;
  operations: Operations;
  query: URLSearchParams;
  /** The parsed body; empty where none came. */
  body: Record<string, unknown>;
  /** Throws where the role does not allow it. */
  require: (permission: string, resource: string) => void;
}

/** What has been checked and will be done. */
export type Job = Pick<Work, 'type' | 'target' | 'effect'>;

export function parseBody(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new GoogleError(400, 'parseError', 'Parse Error');
}

/** `known`: fields that the service has and the published description does not. */
export function requireKnownFields(
  message: string,
  body: Record<string, unknown>,
  known: readonly string[] = [],
): void {
  for (const name of Object.keys(body)) {
    if (fieldOf(message, name) !== undefined || known.includes(name)) continue;
    const text = `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`;
    throw new GoogleError(400, 'invalid', text, {}, { status: 'INVALID_ARGUMENT' });
  }
}

export function requiredText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw missingParameter(`resource.${name}`);
}

/** A UUID that is not all zeros (routes.insert, instances.update: requestId). */
export function requestIdOf(query: URLSearchParams): string | undefined {
  const id = query.get('requestId');
  if (id === null) return undefined;
  const isValid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) && /[1-9a-f]/i.test(id);
  if (isValid) return id.toLowerCase();
  throw invalidValue('requestId', id, 'Must be a valid UUID, and not the zero UUID.');
}

/** Another operation has to end first. */
export function notReady(resource: string): GoogleError {
  return new GoogleError(400, 'resourceNotReady', `The resource '${resource}' is not ready`);
}

export function alreadyExists(resource: string): GoogleError {
  return new GoogleError(409, 'alreadyExists', `The resource '${resource}' already exists`);
}
