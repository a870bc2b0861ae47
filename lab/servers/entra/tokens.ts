import { randomBytes } from 'node:crypto';

import type { AzureWorld } from '../../world/azure.ts';
import { uid } from '../../world/ids.ts';
import type { Incoming } from '../exchange.ts';

export const MANAGEMENT = 'https://management.azure.com';
/** The older name of the same audience; the Azure CLI asks for it by default. */
export const CLASSIC_MANAGEMENT = 'https://management.core.windows.net/';
const SECONDS = 3599;

export interface Issued {
  token: string;
  expiresAt: Date;
}

/** The application that workflows log in as, and the tokens it was given. */
export class EntraTokens {
  readonly tenant: string;
  readonly clientId = uid('application', 'pod-route-check');
  readonly objectId = uid('service-principal', 'pod-route-check');
  readonly clientSecret = `lab~${randomBytes(24).toString('base64url')}`;
  /** The token by which a workflow's own identity provider vouches for it. */
  readonly assertion = `lab.${randomBytes(24).toString('base64url')}.token`;
  readonly #issued = new Map<string, string>();
  readonly #expired: () => boolean;

  /** `expired` is asked at every request, so tokens may end in the middle of a run. */
  constructor(worlds: readonly AzureWorld[], expired: () => boolean) {
    this.tenant = worlds[0]?.tenant ?? uid('tenant');
    this.#expired = expired;
  }

  get expired(): boolean {
    return this.#expired();
  }

  /** Tokens can be read by anybody, as the real ones can; the last part is what the lab knows them by. */
  issue(audience: string): Issued {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: audience,
      iss: `https://sts.windows.net/${this.tenant}/`,
      iat: now,
      exp: now + SECONDS,
      appid: this.clientId,
      oid: this.objectId,
      tid: this.tenant,
      ver: '1.0',
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signature = randomBytes(64).toString('base64url');
    const token = `${part({ typ: 'JWT', alg: 'RS256', kid: 'lab' })}.${part(claims)}.${signature}`;
    this.#issued.set(token, audience);
    return { token, expiresAt: new Date((now + SECONDS) * 1000) };
  }

  get lifetime(): number {
    return SECONDS;
  }

  /** What is wrong with the request's token, if anything; `audiences` are those that the service answers to. */
  check(
    { headers }: Incoming,
    audiences: readonly string[],
  ): 'missing' | 'invalid' | 'expired' | 'audience' | undefined {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return 'missing';
    const audience = this.#issued.get(token);
    if (audience === undefined) return 'invalid';
    if (this.#expired()) return 'expired';
    const plain = (text: string): string => text.replace(/\/$/, '');
    return audiences.some((one) => plain(one) === plain(audience)) ? undefined : 'audience';
  }
}
