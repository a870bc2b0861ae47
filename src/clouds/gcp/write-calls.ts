/**
 * Compute Engine's own JSON as it comes and goes, because the typed clients drop fields that they do not know; and what
 * becomes of requests that change something, to the end of their operation.
 */
import type { AuthClient } from 'google-auth-library';
import type { Clock, SendStep, WriteTrouble } from '../../ports.ts';
import type { WriteOperation } from './errors.ts';
import { CallError } from './errors.ts';
import { writeTroubleOf } from './write-troubles.ts';

/** An operation of a route or of one setting takes seconds; one that hangs is not waited for. */
const LONGEST_OPERATION_MS = 180_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4_000;

export interface ChangingRequest {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  /** The method and what it is about, for people: `routes.insert pods-10-244-1-0-24`. */
  readonly says: string;
  readonly permission: WriteOperation;
  readonly project: string;
  /** `global`, `zones/europe-west3-a`: where the operation is found as well. */
  readonly place: string;
  /** Below the place: `routes`, `routes/name`, `instances/name`. */
  readonly resource: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface WriteOutside {
  /** Repeats what may pass. */
  readonly reading: AuthClient;
  /** Sends once. */
  readonly writing: AuthClient;
  /** `https://compute.googleapis.com` */
  readonly origin: string;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

export interface WriteCalls {
  /** The whole object, without a field mask; undefined: it is not there. */
  get(project: string, path: string): Promise<object | undefined>;
  /** Ends when the operation has ended. */
  send(request: ChangingRequest, step: SendStep): Promise<'done' | WriteTrouble>;
}

interface OperationJson {
  readonly name?: string;
  readonly status?: string;
  readonly httpErrorStatusCode?: number;
  readonly error?: { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
}

export function openWriteCalls({ reading, writing, origin, clock, random }: WriteOutside): WriteCalls {
  /**
   * Ids of requests of which nobody knows whether they were carried out. Sent again with the same id, such a request is
   * answered with the first one's operation. Any other is new to Compute Engine, which would take the second route of
   * the same text for the first one's echo.
   */
  const open = new Map<string, string>();

  function urlOf(project: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${origin}/compute/v1/projects/${project}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  async function get(project: string, path: string): Promise<object | undefined> {
    try {
      return await jsonOf(await reading.request({ url: urlOf(project, path), method: 'GET' }));
    } catch (error) {
      if (error instanceof CallError && error.stage === 'api' && error.status === 404) return undefined;
      throw error;
    }
  }

  async function begin(request: ChangingRequest, requestId: string): Promise<OperationJson> {
    const { method, project, place, resource, query, body } = request;
    const answer = await writing.request({
      url: urlOf(project, `${place}/${resource}`, { ...query, requestId }),
      method,
      retry: false,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: new Headers({ 'Content-Type': 'application/json' }) }),
    });
    return jsonOf(answer);
  }

  async function finish(first: OperationJson, { project, place }: ChangingRequest): Promise<OperationJson> {
    const until = clock.now() + LONGEST_OPERATION_MS;
    let operation = first;
    for (let ms = FIRST_WAIT_MS; operation.status !== 'DONE'; ms = Math.min(2 * ms, LONGEST_WAIT_MS)) {
      if (clock.now() >= until) throw new Error(`operation ${operation.name ?? ''} has not ended`);
      await clock.sleep(ms);
      // An operation that is not found yet is as good as one that has only begun.
      operation = (await get(project, `${place}/operations/${first.name ?? ''}`)) ?? operation;
    }
    return operation;
  }

  async function perform(request: ChangingRequest, requestId: string): Promise<WriteTrouble | undefined> {
    const { permission, project } = request;
    let begun: OperationJson;
    try {
      begun = await begin(request, requestId);
    } catch (error) {
      return writeTroubleOf(error, permission, project);
    }
    try {
      const ended = await finish(begun, request);
      return ended.error === undefined ? undefined : writeTroubleOf(errorOf(ended), permission, project);
    } catch (error) {
      const trouble = writeTroubleOf(error, permission, project);
      // It was accepted. Who may not ask for its operation sees by the target how it ends.
      return trouble.trouble === 'denied' ? undefined : { ...trouble, trouble: 'unclear' };
    }
  }

  async function send(request: ChangingRequest, step: SendStep): Promise<'done' | WriteTrouble> {
    const { method, project, place, resource, body } = request;
    const key = JSON.stringify([method, project, place, resource, body ?? null]);
    const requestId = open.get(key) ?? uuid(random);
    open.set(key, requestId);
    const troubles: WriteTrouble[] = [];
    try {
      await step(request.says, async () => {
        const trouble = await perform(request, requestId);
        if (trouble === undefined) return;
        troubles.push(trouble);
        throw new Error(trouble.reason);
      });
    } catch (error) {
      // The journal's own trouble is not Compute Engine's.
      if (troubles.length === 0) throw error;
    }
    const [trouble] = troubles;
    if (trouble?.trouble !== 'unclear') open.delete(key);
    return trouble ?? 'done';
  }

  return { get, send };
}

async function jsonOf(answer: Response): Promise<object> {
  const value: unknown = await answer.json();
  if (typeof value === 'object' && value !== null) return value;
  throw new Error('the answer is no object');
}

/** What the API says of codes that come without a status (errors of operations). */
const STATUS: Readonly<Record<string, number>> = {
  RESOURCE_NOT_FOUND: 404,
  RESOURCE_ALREADY_EXISTS: 409,
  CONDITION_NOT_MET: 412,
  PERMISSIONS_ERROR: 403,
  QUOTA_EXCEEDED: 403,
  INTERNAL_ERROR: 500,
};

function errorOf({ error, httpErrorStatusCode }: OperationJson): CallError {
  const [first] = error?.errors ?? [];
  const code = first?.code ?? '';
  const status = httpErrorStatusCode ?? STATUS[code] ?? 400;
  return new CallError(first?.message ?? code, { stage: 'api', status, codes: [code], cause: error });
}

/** Version 4 (RFC 9562): the one form of a request id that is taken. */
function uuid(random: () => number): string {
  const digit = (most: number): string => Math.floor(random() * most).toString(16);
  const digits = (count: number): string => Array.from({ length: count }, () => digit(16)).join('');
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}
