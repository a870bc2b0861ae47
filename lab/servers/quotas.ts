import { randomUUID } from 'node:crypto';

import { iamPolicy, type IamPolicy } from '../permissions/iam.ts';
import { AwsError, notAuthorized } from './aws-error.ts';
import type { Answer, Desk, Incoming, Service } from './exchange.ts';
import type { Identities, Refusals } from './identities.ts';

/** Service Quotas (JSON 1.1, ServiceQuotasV20190624) as far as GetServiceQuota of the service `vpc`. */
const PREFIX = 'ServiceQuotasV20190624.';
const READS = /^(?:Get|List)[A-Z]/;

interface Quota {
  QuotaCode: string;
  QuotaName: string;
  Adjustable: boolean;
}

const ROUTES: Quota = { QuotaCode: 'L-93826ACB', QuotaName: 'Routes per route table', Adjustable: true };

const REFUSALS: Refusals = {
  unsigned: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  expired: ['ExpiredTokenException', 'The security token included in the request is expired'],
  unknown: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  forged: ['InvalidSignatureException', 'The request signature does not match.'],
};

function operationOf({ headers }: Incoming): string {
  const target = String(headers['x-amz-target'] ?? '');
  return target.startsWith(PREFIX) ? target.slice(PREFIX.length) : '';
}

export class QuotasApi implements Service {
  readonly name = 'quotas';
  // Its API description is none of those that exchanges are checked against.
  readonly undescribed = true;
  readonly #desk: Desk;
  readonly #identities: Identities;
  readonly #policy: IamPolicy;

  constructor(desk: Desk, identities: Identities) {
    this.#desk = desk;
    this.#identities = identities;
    this.#policy = iamPolicy(desk.options.iamPolicy, desk.options.deny ?? []);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    const operation = operationOf(request);
    return { operation, write: operation !== '' && !READS.test(operation) };
  }

  throttled(): Answer {
    return answerOf(400, { __type: 'TooManyRequestsException', message: 'Rate exceeded' });
  }

  answer(request: Incoming): Answer {
    try {
      return answerOf(200, this.#perform(request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return answerOf(error.status, { __type: error.code, message: error.message });
    }
  }

  #perform(request: Incoming): object {
    const { credentials, region } = this.#identities.callerOf(request, 'servicequotas', REFUSALS);
    const { accountId, arn } = credentials;
    const operation = operationOf(request);
    if (request.method !== 'POST' || !/^application\/x-amz-json-1\.1\b/.test(request.headers['content-type'] ?? '')) {
      throw new AwsError('UnknownOperationException', '');
    }
    const action = `servicequotas:${operation}`;
    if (operation === '' || (operation !== 'GetServiceQuota' && READS.test(operation))) {
      throw new AwsError('UnknownOperationException', '');
    }
    const decision = operation === 'GetServiceQuota' ? this.#policy(action) : 'implicit-deny';
    if (decision !== 'allowed') throw new AwsError('AccessDeniedException', notAuthorized(arn, action, decision));
    const { ServiceCode, QuotaCode } = parametersOf(request.body);
    if (ServiceCode !== 'vpc' || QuotaCode !== ROUTES.QuotaCode) {
      throw new AwsError(
        'NoSuchResourceException',
        'The request failed because the specified resource does not exist.',
      );
    }
    const own = this.#desk.world.aws.find((one) => one.accountId === accountId && one.region === region);
    // The default of an account that has asked for no other.
    const Value = own?.routesPerTable ?? 500;
    const QuotaArn = `arn:aws:servicequotas:${region}:${accountId}:vpc/${ROUTES.QuotaCode}`;
    const shown = { ServiceCode, ServiceName: 'Amazon Virtual Private Cloud (Amazon VPC)', QuotaArn, ...ROUTES };
    return { Quota: { ...shown, Value, Unit: 'None', GlobalQuota: false, QuotaAppliedAtLevel: 'ACCOUNT' } };
  }
}

const KNOWN = new Set(['ServiceCode', 'QuotaCode', 'ContextId']);
const LONGEST = { ServiceCode: 63, QuotaCode: 128 } as const;

/** A parameter that the operation does not have is refused here, so that a client's mistake is seen. */
function parametersOf(body: string): { ServiceCode: string; QuotaCode: string } {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', '');
  }
  if (typeof given !== 'object' || given === null) throw new AwsError('SerializationException', '');
  const fields = given as Record<string, unknown>;
  const unknown = Object.keys(fields).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new AwsError('SerializationException', `Unknown field ${unknown}`);
  const [ServiceCode = '', QuotaCode = ''] = (['ServiceCode', 'QuotaCode'] as const).map((name) => {
    const value = fields[name];
    if (typeof value === 'string' && /^[a-zA-Z][a-zA-Z0-9-]*$/.test(value) && value.length <= LONGEST[name])
      return value;
    const message = `1 validation error detected: Value at '${name}' failed to satisfy constraint`;
    throw new AwsError('IllegalArgumentException', message);
  });
  return { ServiceCode, QuotaCode };
}

function answerOf(status: number, body: object): Answer {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}
