/** Sends one request that changes something, and waits until Resource Manager has ended what it began. */
import type { NetworkManagementContext } from '@azure/arm-network/api';
import { DEFAULT_RETRY, parseRetryAfter, retry } from '../../net/retry.ts';
import type { Clock, Log, SendStep, WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import { atEndpoint, fieldsOf, refusalOf, urlOf } from './calls.ts';
import { REQUEST_TIMEOUT_MS } from './connect.ts';
import { adviseRetry, ArmError, classify } from './errors.ts';
import type { ArmWrite } from './write-requests.ts';

/** Between two questions about an operation, where the answer asks for no other time. */
const POLL_MS = 2_000;

/** Nothing was done, and later it may be: another request is under way, also where the status is not 429. */
const BUSY = new Set([
  'AnotherOperationInProgress',
  'Conflict',
  'OperationPreempted',
  'ReferencedResourceNotProvisioned',
  'RetryableError',
]);
/** Codes with which accepted operations end that may well succeed when they are begun again. */
const PASSING = new Set([...BUSY, 'InternalServerError', 'InternalExecutionError']);
/** The answer is 403 or 409, and no role would change it. */
const FORBIDDEN = new Set(['RequestDisallowedByPolicy', 'ScopeLocked', 'ReadOnlyDisabledSubscription']);

export interface WriteSurroundings {
  readonly client: NetworkManagementContext;
  readonly endpoint: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch: operations are not waited for any longer. */
  readonly deadline: number;
  /** Fires when the run is asked to end: then, too. */
  readonly interrupted: AbortSignal | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The request is not repeated. `done`: the operation that it began has ended, or nobody may be asked about it. */
export async function sendWrite(
  write: ArmWrite,
  place: string,
  step: SendStep,
  around: WriteSurroundings,
): Promise<'done' | WriteTrouble> {
  const troubles: WriteTrouble[] = [];
  try {
    const answer = await step(`${write.method} ${write.path}`, () =>
      send(write, around).catch((error: unknown) => {
        troubles.push(writeTroubleOf(error, write.permission, place));
        throw error;
      }),
    );
    return await follow(answer, write, around);
  } catch (error) {
    const [trouble] = troubles;
    // The journal's own trouble is not Azure's.
    if (trouble === undefined) throw error;
    return trouble;
  }
}

async function send(write: ArmWrite, { client, endpoint, clock }: WriteSurroundings): Promise<Answer> {
  const { method, path, version, body, condition } = write;
  const request = client.pathUnchecked(urlOf(endpoint, path, { 'api-version': version }));
  const options = { timeout: REQUEST_TIMEOUT_MS, headers: { ...condition }, ...(body === undefined ? {} : { body }) };
  const answer = await { PUT: request.put, POST: request.post, DELETE: request.delete }[method](options);
  const status = Number(answer.status);
  if (status >= 200 && status < 300) return { status, body: answer.body, headers: answer.headers };
  throw refusalOf(status, answer.body, answer.headers, clock.now());
}

/** Azure-AsyncOperation says how an operation fares; Location answers 202 until it has ended. */
async function follow(first: Answer, write: ArmWrite, around: WriteSurroundings): Promise<'done' | WriteTrouble> {
  const { endpoint, clock, log, deadline, interrupted } = around;
  const isStatus = first.headers['azure-asyncoperation'] !== undefined;
  const link = first.headers['azure-asyncoperation'] ?? (first.status === 202 ? first.headers['location'] : undefined);
  const url = atEndpoint(endpoint, link);
  if (url === undefined) return 'done';
  for (let { headers } = first; ;) {
    if (interrupted?.aborted === true) return 'done';
    const ms = parseRetryAfter(headers['retry-after'], clock.now()) ?? POLL_MS;
    if (clock.now() + ms >= deadline) {
      return { trouble: 'unclear', reason: "Azure has accepted it, and had not ended it when the run's time was over" };
    }
    await clock.sleep(ms);
    const polled = await poll(url, around);
    if (!polled.ok) {
      // What becomes of it also shows in the resource itself.
      log.debug(`Azure: the operation of ${write.path} cannot be followed: ${String(polled.error)}`);
      return 'done';
    }
    const { status, body } = polled.value;
    const word = isStatus ? fieldsOf(body)['status'] : status === 202 ? 'InProgress' : 'Succeeded';
    if (word === 'Succeeded') return 'done';
    if (word === 'Failed' || word === 'Canceled') return endedBadly(word, fieldsOf(fieldsOf(body)['error']));
    headers = polled.value.headers;
  }
}

function poll(url: string, { client, clock, random, deadline }: WriteSurroundings): ReturnType<typeof retry<Answer>> {
  const ask = async (): Promise<Answer> => {
    const answer = await client.pathUnchecked(url).get({ timeout: REQUEST_TIMEOUT_MS });
    const status = Number(answer.status);
    if (status >= 200 && status < 300) return { status, body: answer.body, headers: answer.headers };
    throw refusalOf(status, answer.body, answer.headers, clock.now());
  };
  return retry(ask, { policy: DEFAULT_RETRY, clock, random, deadline, classify: adviseRetry });
}

function endedBadly(word: string, error: Readonly<Record<string, unknown>>): WriteTrouble {
  const { code = word, message } = error;
  const said = `${String(code)}${typeof message === 'string' ? `: ${message}` : ''}`.replace(/\.$/, '');
  // Another request for the same resource takes the place of one that is under way.
  const mayPass = word === 'Canceled' || PASSING.has(String(code));
  return {
    trouble: mayPass ? 'unclear' : 'refused',
    reason: `Azure accepted it, and then could not do it (${said})`,
  };
}

function writeTroubleOf(error: unknown, permission: string, place: string): WriteTrouble {
  const trouble = classify(error, permission, place, false);
  if (!(error instanceof ArmError)) return writeTroubleFor(trouble);
  const { status, code, waitMs } = error;
  const { reason } = trouble;
  const wait = waitMs === undefined ? {} : { waitMs };
  if (FORBIDDEN.has(code)) return { trouble: 'refused', reason: `${code}: ${error.message}`.replace(/\.$/, '') };
  // Only the next reading shows what is there instead.
  if (status === 412 || status === 404 || code === 'RouteConflict') return { trouble: 'conflict', reason };
  if (status === 429 || BUSY.has(code)) return { trouble: 'busy', reason, ...wait };
  return { ...writeTroubleFor(trouble), ...wait };
}
