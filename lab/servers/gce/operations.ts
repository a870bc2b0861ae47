import type { google } from '@google-cloud/compute/build/protos/protos.js';

import type { GoogleError } from './errors.ts';
import { numericId, urlOf } from './view.ts';

type Operation = google.cloud.compute.v1.IOperation;

export interface Work {
  project: string;
  /** `global`, `zones/europe-west3-a`. */
  scope: string;
  type: 'insert' | 'delete' | 'update';
  /** URL of what it changes. */
  target: string;
  user: string;
  now: string;
  /** Makes the change, at the end; throws what the operation fails of. */
  effect(): void;
}

interface Running {
  name: string;
  work: Work;
  /** How many more requests come before it has ended. */
  left: number;
  begun: boolean;
  failure?: GoogleError;
}

/** How operations name what the REST API calls by the reason of an error. */
const CODES: Readonly<Record<string, string>> = {
  alreadyExists: 'RESOURCE_ALREADY_EXISTS',
  conditionNotMet: 'CONDITION_NOT_MET',
  notFound: 'RESOURCE_NOT_FOUND',
  quotaExceeded: 'QUOTA_EXCEEDED',
};

/**
 * Changes take their time: PENDING, RUNNING, DONE, and only then is anything changed. Time passes with requests, whatever
 * they are about, so an operation also ends where nobody asks for it.
 */
export class Operations {
  readonly #running: Running[] = [];
  readonly #byRequest = new Map<string, Running>();
  readonly #polls: number;

  constructor(polls: number) {
    this.#polls = polls;
  }

  /** Somebody asks for something: all that is under way gets on. */
  tick(): void {
    for (const one of this.#running) {
      if (one.left === 0) continue;
      one.left -= 1;
      one.begun = true;
      if (one.left === 0) this.#end(one);
    }
  }

  /** What the same request, told by its id, came to before. */
  echo(requestId: string | undefined): Operation | undefined {
    const known = requestId === undefined ? undefined : this.#byRequest.get(requestId);
    return known === undefined ? undefined : operationOf(known);
  }

  begin(work: Work, requestId: string | undefined): Operation {
    const name = `operation-${numericId(work.target, String(this.#running.length))}-lab`;
    const one = { name, work, left: this.#polls, begun: false };
    this.#running.push(one);
    if (requestId !== undefined) this.#byRequest.set(requestId, one);
    if (one.left === 0) this.#end(one);
    return operationOf(one);
  }

  /** What is under way for a resource. */
  pending(target: string): 'insert' | 'delete' | 'update' | undefined {
    return this.#running.find(({ work, left }) => left > 0 && work.target === target)?.work.type;
  }

  find(project: string, scope: string, name: string): Operation | undefined {
    const one = this.#running.find(
      ({ name: own, work }) => own === name && work.project === project && work.scope === scope,
    );
    return one === undefined ? undefined : operationOf(one);
  }

  #end(one: Running): void {
    try {
      one.work.effect();
    } catch (error) {
      if (!(error instanceof Error) || !('item' in error)) throw error;
      one.failure = error as GoogleError;
    }
  }
}

function operationOf({ name, work, left, begun, failure }: Running): Operation {
  const { project, scope, type, target, user, now } = work;
  const done = left === 0;
  const time = now.replace('Z', '-00:00');
  return {
    kind: 'compute#operation',
    id: numericId(name),
    name,
    operationType: type,
    targetLink: target,
    targetId: numericId(target),
    status: done ? 'DONE' : begun ? 'RUNNING' : 'PENDING',
    user,
    progress: done ? 100 : 0,
    insertTime: time,
    ...(begun && { startTime: time }),
    ...(done && { endTime: time }),
    selfLink: urlOf(project, scope, 'operations', name),
    ...(scope.startsWith('zones/') && { zone: urlOf(project, scope) }),
    ...(failure !== undefined && {
      error: { errors: [{ code: CODES[failure.item.reason] ?? 'UNKNOWN', message: failure.message }] },
      httpErrorStatusCode: failure.status,
      httpErrorMessage: failure.item.reason.toUpperCase(),
    }),
  };
}
