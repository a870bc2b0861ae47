import { ArmError, etagMismatch } from './errors.ts';
import type { Call } from './operation.ts';

/** If-Match and If-None-Match. `present`: the etag of what is there now; undefined: nothing is. */
export function requireCondition({ headers }: Call, present: string | undefined, resource: string): void {
  const wanted = headers['if-match'];
  if (typeof wanted === 'string' && wanted !== '*' && wanted !== present) {
    throw etagMismatch(wanted, present ?? 'null', resource);
  }
  if (headers['if-none-match'] === '*' && present !== undefined) {
    throw new ArmError(412, 'PreconditionFailed', `The resource ${resource} exists already.`);
  }
}

/** A JSON object; anything else is refused. */
export function fieldsOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ArmError(400, 'InvalidRequestFormat', `Cannot parse the request: ${what} is not an object.`);
}

export function unknownMember(name: string, type: string): ArmError {
  const message = `Could not find member '${name}' on object of type '${type}'.`;
  return new ArmError(400, 'InvalidRequestContent', message);
}
