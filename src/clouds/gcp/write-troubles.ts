/** What it means for a change that a request came to nothing. Pure. */
import type { WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import type { Operation, Trouble } from './errors.ts';
import { CallError, classify, tidy } from './errors.ts';

/** Gone, there already, a fingerprint that is not the present one (`conditionNotMet`): it is not as it was read. */
const CONFLICTS = new Set([404, 409, 412]);
/** Another operation has to end first. */
const NOT_READY = new Set(['resourceNotReady', 'RESOURCE_NOT_READY']);
/** How much there may be of something; how often something may be asked for is told by other codes. */
const FULL = /Quota '\w+' exceeded/i;

export function writeTroubleOf(error: unknown, operation: Operation, project: string): WriteTrouble {
  const trouble = classify(error, operation, project);
  const call = error instanceof CallError ? error : undefined;
  if (call?.stage === 'token') return tokenTrouble(trouble, call);
  if (call === undefined) return { trouble: 'unclear', reason: trouble.reason };
  const said = `Compute Engine refused the request (${tidy(call.message)})`;
  const wait = call.waitMs === undefined ? {} : { waitMs: call.waitMs };
  if (call.codes.some((code) => NOT_READY.has(code))) return { trouble: 'busy', reason: said, ...wait };
  if (call.status === 400 && trouble.kind !== 'denied') {
    // What a route was to lead to may have gone since: that, too, shows when it is read again.
    return { trouble: call.message.includes('resource.nextHop') ? 'conflict' : 'refused', reason: said };
  }
  if (FULL.test(call.message)) return { trouble: 'refused', reason: said };
  if (CONFLICTS.has(call.status) && !/find project/i.test(call.message)) return { trouble: 'conflict', reason: said };
  return { ...writeTroubleFor(trouble), ...wait };
}

/** Without a token nothing was sent. */
function tokenTrouble(trouble: Trouble, { waitMs }: CallError): WriteTrouble {
  const { trouble: kind, reason } = writeTroubleFor(trouble);
  return { trouble: kind === 'unclear' ? 'busy' : kind, reason, ...(waitMs === undefined ? {} : { waitMs }) };
}
