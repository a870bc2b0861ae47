import { randomUUID } from 'node:crypto';

import { ArmError } from './errors.ts';
import type { Accepted } from './operation.ts';

interface Running {
  polls: number;
  /** Only with it operations can be asked for: Resource Manager lets nobody but the caller do so. */
  hash: string;
  resource?: string;
  result?: object;
  /** How it ends; gone once it has ended. */
  end?: (outcome: 'Succeeded' | 'Failed') => void;
  failure: string | undefined;
}

export interface Begun {
  base: string;
  subscription: string;
  location: string;
  provider: string;
  version: string;
  /** Code of the error with which it will end. */
  failure?: string | undefined;
}

/** Operations that take their time: how often they were asked for, and what comes out. */
export class LongRunning {
  readonly #running = new Map<string, Running>();
  readonly #wanted: () => number;

  constructor(wanted: () => number) {
    this.#wanted = wanted;
  }

  /** Headers that say where to ask. */
  begin(what: { result: object } | Accepted, begun: Begun): Record<string, string> {
    const id = randomUUID();
    const hash = randomUUID().replaceAll('-', '');
    const running: Running = { polls: 0, hash, failure: begun.failure };
    if ('result' in what) running.result = what.result;
    else Object.assign(running, { resource: what.resource.toLowerCase(), end: what.end });
    this.#running.set(id, running);
    const { base, subscription, provider, location, version } = begun;
    const at = (kind: string): string =>
      `${base}/subscriptions/${subscription}/providers/${provider}/locations/${location}/${kind}/${id}?api-version=${version}&h=${hash}`;
    return { 'Azure-AsyncOperation': at('operations'), Location: at('operationResults'), 'Retry-After': '0' };
  }

  /** Time passes whenever somebody looks at what is being changed. */
  touch(path: string): void {
    const looked = path.toLowerCase();
    for (const one of this.#running.values()) {
      if (one.resource !== undefined && (looked === one.resource || one.resource.startsWith(`${looked}/`))) {
        this.#advance(one);
      }
    }
  }

  /** Of the operation itself. */
  status(id: string, hash: string | null): object {
    const one = this.#find(id, hash);
    this.#advance(one);
    if (!this.#isOver(one)) return { status: 'InProgress' };
    if (one.failure === undefined) return { status: 'Succeeded' };
    return { status: 'Failed', error: { code: one.failure, message: 'An error occurred.' } };
  }

  /** What came out; undefined: it is still under way. Whoever only asks here gets there as well. */
  result(id: string, hash: string | null): { result?: object } | undefined {
    const one = this.#find(id, hash);
    if (this.#isOver(one)) return one.result === undefined ? {} : { result: one.result };
    this.#advance(one);
    return undefined;
  }

  #find(id: string, hash: string | null): Running {
    const one = this.#running.get(id);
    if (one === undefined) throw new ArmError(404, 'OperationNotFound', 'The operation could not be found.');
    if (one.hash === hash) return one;
    const message =
      'Only the original caller of an asynchronous operation is allowed to retrieve the results. The content hash ' +
      'provided in the query params of the request uri does not match the expected hash.';
    throw new ArmError(403, 'AuthorizationFailed', message);
  }

  #isOver({ polls }: Running): boolean {
    return polls > this.#wanted();
  }

  #advance(one: Running): void {
    one.polls += 1;
    if (!this.#isOver(one) || one.end === undefined) return;
    one.end(one.failure === undefined ? 'Succeeded' : 'Failed');
    delete one.end;
  }
}
