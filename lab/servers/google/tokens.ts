import { randomBytes } from 'node:crypto';

import type { Incoming } from '../exchange.ts';

const SECONDS = 3600;

/** The access tokens that the lab's Google token services have given out. */
export class GoogleTokens {
  /** What the workflow's own identity provider says of it. */
  readonly subjectToken = `lab.${randomBytes(24).toString('base64url')}.token`;
  readonly audience =
    '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/lab/providers/lab';
  readonly serviceAccount: string;
  readonly #issued = new Map<string, 'federated' | 'service-account'>();
  readonly #expired: () => boolean;

  /** `expired` is asked at every request, so tokens may end in the middle of a run. */
  constructor(project: string, expired: () => boolean) {
    this.serviceAccount = `pod-route-check@${project}.iam.gserviceaccount.com`;
    this.#expired = expired;
  }

  issue(kind: 'federated' | 'service-account'): { token: string; seconds: number } {
    const token = `ya29.lab-${randomBytes(48).toString('base64url')}`;
    this.#issued.set(token, kind);
    return { token, seconds: SECONDS };
  }

  isFederated(request: Incoming): boolean {
    return this.#issued.get(bearerOf(request) ?? '') === 'federated';
  }

  get expired(): boolean {
    return this.#expired();
  }

  /** What is wrong with the request's credentials, if anything. */
  check(request: Incoming): 'missing' | 'invalid' | undefined {
    const token = bearerOf(request);
    if (token === undefined) return 'missing';
    return this.#issued.has(token) && !this.#expired() ? undefined : 'invalid';
  }
}

export function bearerOf({ headers }: Incoming): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
