import { randomUUID } from 'node:crypto';

import { AwsError } from './aws-error.ts';
import { parseForm } from './ec2/query.ts';
import { escapeXml } from './ec2/xml.ts';
import type { Answer, Desk, Incoming, Service } from './exchange.ts';
import type { Identities, Refusals } from './identities.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  AssumeRoleWithWebIdentity: ['RoleArn', 'RoleSessionName', 'WebIdentityToken', 'DurationSeconds', 'ProviderId'],
  GetCallerIdentity: [],
};

const REFUSALS: Refusals = {
  unsigned: ['MissingAuthenticationToken', 'Request is missing Authentication Token', 403],
  unknown: ['InvalidClientTokenId', 'The security token included in the request is invalid.', 403],
  expired: ['ExpiredToken', 'The security token included in the request is expired', 403],
  forged: [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
    403,
  ],
};

function headers(requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' };
}

/** The security token service: a workflow's own token for temporary credentials, and who am I. */
export class StsApi implements Service {
  readonly name = 'sts';
  readonly #desk: Desk;
  readonly #identities: Identities;

  constructor(desk: Desk, identities: Identities) {
    this.#desk = desk;
    this.#identities = identities;
  }

  identify({ method, url, body }: Incoming): { operation: string; write: boolean } {
    return { operation: parseForm(method, url, body).get('Action') ?? '', write: false };
  }

  throttled(): Answer {
    return this.#failure(new AwsError('Throttling', 'Rate exceeded'));
  }

  answer(request: Incoming): Answer {
    try {
      const form = parseForm(request.method, request.url, request.body);
      const operation = form.get('Action') ?? '';
      const known = PARAMETERS[operation];
      if (known === undefined || form.get('Version') !== '2011-06-15') {
        throw new AwsError(
          'InvalidAction',
          `Could not find operation ${operation} for version ${form.get('Version') ?? 'NO_VERSION_SPECIFIED'}`,
        );
      }
      for (const name of form.keys()) {
        if (!['Action', 'Version', ...known].includes(name)) {
          throw new AwsError('ValidationError', `lab: ${operation} has no parameter ${name}`);
        }
      }
      const result = operation === 'GetCallerIdentity' ? this.#whoAmI(request) : this.#assume(form);
      return this.#success(operation, result);
    } catch (error) {
      if (error instanceof AwsError) return this.#failure(error);
      throw error;
    }
  }

  #whoAmI(request: Incoming): string {
    const { arn, userId, accountId } = this.#identities.callerOf(request, 'sts', REFUSALS).credentials;
    return `<Arn>${escapeXml(arn)}</Arn><UserId>${escapeXml(userId)}</UserId><Account>${accountId}</Account>`;
  }

  #assume(form: URLSearchParams): string {
    for (const name of ['RoleArn', 'RoleSessionName', 'WebIdentityToken']) {
      if (form.get(name)) continue;
      const message = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
      throw new AwsError('ValidationError', message);
    }
    const { expiredToken } = this.#desk.options;
    if (form.get('WebIdentityToken') !== this.#identities.webIdentityToken) {
      throw new AwsError('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider");
    }
    if (expiredToken === true || expiredToken === 'aws') {
      throw new AwsError('ExpiredTokenException', 'Token expired');
    }
    const session = form.get('RoleSessionName') ?? '';
    const credentials = this.#identities.assume(form.get('RoleArn') ?? '', session);
    if (credentials === undefined) {
      throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
    }
    const seconds = Number(form.get('DurationSeconds') ?? 3600);
    const until = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    return (
      `<SubjectFromWebIdentityToken>repo:lab/lab:ref:refs/heads/main</SubjectFromWebIdentityToken>` +
      `<Audience>sts.amazonaws.com</Audience>` +
      `<AssumedRoleUser><Arn>${escapeXml(credentials.arn)}</Arn>` +
      `<AssumedRoleId>${escapeXml(credentials.userId)}</AssumedRoleId></AssumedRoleUser>` +
      `<Credentials><AccessKeyId>${credentials.accessKeyId}</AccessKeyId>` +
      `<SecretAccessKey>${escapeXml(credentials.secretAccessKey)}</SecretAccessKey>` +
      `<SessionToken>${escapeXml(credentials.sessionToken ?? '')}</SessionToken>` +
      `<Expiration>${until}</Expiration></Credentials>` +
      `<Provider>arn:aws:iam::${credentials.accountId}:oidc-provider/lab.invalid</Provider>`
    );
  }

  #success(operation: string, result: string): Answer {
    const requestId = randomUUID();
    const body =
      `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
    return { status: 200, headers: headers(requestId), body };
  }

  #failure({ code, message, status }: AwsError): Answer {
    const requestId = randomUUID();
    const body =
      `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status, headers: headers(requestId), body };
  }
}
