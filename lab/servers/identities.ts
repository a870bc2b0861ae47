import { createHash, randomBytes } from 'node:crypto';

import type { World } from '../world/world.ts';
import { AwsError } from './aws-error.ts';
import { isSignedBy, isTimely, parseAuthorization, type Credentials } from './ec2/signature.ts';
import type { Incoming } from './exchange.ts';

/** What is wrong with a request that nobody may be held to have made. */
type Problem = 'unsigned' | 'unknown' | 'forged' | 'expired';

/** A service's own words for it: code, message and, where it is not 400, HTTP status. */
export type Refusals = Readonly<Record<Problem, readonly [code: string, message: string, status?: number]>>;

export interface Caller {
  credentials: Credentials;
  region: string;
}

const FALLBACK_ACCOUNT = '111122223333';

/** Who may call the lab's AWS services: one user with static keys, and whoever has assumed a role. */
export class Identities {
  readonly user: Credentials;
  readonly webIdentityToken = `lab.${randomBytes(24).toString('base64url')}.token`;
  readonly #accounts: ReadonlySet<string>;
  readonly #known = new Map<string, Credentials>();
  readonly #expired: () => boolean;

  /** `expired` is asked at every request, so credentials may end in the middle of a run. */
  constructor(world: World, expired: () => boolean) {
    const [first] = world.aws;
    const accountId = first?.accountId ?? FALLBACK_ACCOUNT;
    this.#accounts = new Set([accountId, ...world.aws.map((one) => one.accountId)]);
    this.#expired = expired;
    this.user = {
      accessKeyId: 'AKIALABLABLABLABLAB1',
      secretAccessKey: randomBytes(30).toString('base64'),
      accountId,
      arn: `arn:aws:iam::${accountId}:user/pod-route-check`,
      userId: 'AIDALABLABLABLABLAB1',
    };
    this.#known.set(this.user.accessKeyId, this.user);
  }

  /** Temporary credentials for a role of an account of this world; undefined for any other. */
  assume(roleArn: string, session: string): Credentials | undefined {
    const [, accountId = '', role = ''] =
      /^arn:aws:iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)$/.exec(roleArn) ?? [];
    if (!this.#accounts.has(accountId)) return undefined;
    const id = createHash('sha1').update(roleArn).digest('hex').toUpperCase().slice(0, 16);
    const credentials: Credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(120).toString('base64'),
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
      userId: `AROA${id}:${session}`,
    };
    this.#known.set(credentials.accessKeyId, credentials);
    return credentials;
  }

  /** Who has signed the request; throws the service's refusal where that is nobody who may. */
  callerOf(request: Incoming, service: 'ec2' | 'sts' | 'servicequotas', refusals: Refusals): Caller {
    const found = this.#check(request, service);
    if (typeof found === 'string') throw new AwsError(...refusals[found]);
    return found;
  }

  #check(request: Incoming, service: string): Caller | Problem {
    const signature = parseAuthorization(request.headers.authorization);
    if (signature === undefined) return 'unsigned';
    const credentials = this.#known.get(signature.accessKeyId);
    const token = request.headers['x-amz-security-token'];
    if (credentials === undefined || credentials.sessionToken !== token) return 'unknown';
    const wrong = signature.service !== service || !isSignedBy(request, signature, credentials.secretAccessKey);
    if (wrong) return 'forged';
    if (this.#expired() || !isTimely(request, Date.now())) return 'expired';
    return { credentials, region: signature.region };
  }
}
