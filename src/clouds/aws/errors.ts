/** What went wrong with a call to EC2, and who has to act. */
import { messageOf } from '../../model/errors.ts';
import type { CallTrouble, CommonTroubleKind } from '../../net/trouble.ts';

export type TroubleKind = CommonTroubleKind | 'region';

export type Trouble = CallTrouble<TroubleKind>;

/** Actions of EC2 that are used; each is also the name of the IAM permission, behind `ec2:`. */
export type Operation =
  | WriteOperation
  | 'DescribeInstances'
  | 'DescribeNetworkAcls'
  | 'DescribeNetworkInterfaces'
  | 'DescribeRouteTables'
  | 'DescribeSecurityGroups'
  | 'DescribeSubnets'
  | 'DescribeVpcs'
  | 'GetManagedPrefixListEntries';

export type WriteOperation = 'CreateRoute' | 'DeleteRoute' | 'ModifyNetworkInterfaceAttribute' | 'ReplaceRoute';

/** What of an SDK error is looked at: the code is in `name` (EC2), or in `code` (Node's network errors). */
interface Shape {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly text: string;
}

const DENIED = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'Client.UnauthorizedOperation',
]);
const EXPIRED = new Set(['RequestExpired', 'ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);
const REJECTED = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationToken',
  'IncompleteSignature',
  'InvalidIdentityToken',
  'IDPCommunicationError',
]);
const CLOSED = new Set(['OptInRequired', 'Blocked', 'PendingVerification']);
const THROTTLED = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'EC2ThrottledException',
  'TooManyRequestsException',
  'SlowDown',
]);
const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'ERR_SOCKET_CONNECTION_TIMEOUT']);

const LOG_IN =
  'Run aws-actions/configure-aws-credentials in an earlier step: with role-to-assume and aws-region, and `permissions: id-token: write` in the job, it puts AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION into the environment';

/** Nothing in here is thrown on; `place` is the region. */
export function classify(error: unknown, operation: Operation | 'credentials', place: string): Trouble {
  const shape = shapeOf(error);
  const { name, code, status, text } = shape;
  const said = text === '' ? code || name : `${code || name}: ${text}`;
  if (name === 'AbortError') {
    return final('deadline', "the run's time was over before the answer came. Raise the input timeout");
  }
  if (name === 'CredentialsProviderError' || /^Could not load credentials|Credential is missing/.test(text)) {
    return classifyProvider(shape);
  }
  if (EXPIRED.has(name)) {
    return final(
      'expired-credentials',
      `the AWS credentials have expired (${name}). Log in again right before this step`,
    );
  }
  if (REJECTED.has(name)) {
    const hint = `Check which role the step runs with, and whether the account has enabled ${place}: a region that it has not enabled answers in the same way`;
    return final('bad-credentials', `AWS does not accept the credentials in ${place} (${said}). ${hint}`);
  }
  if (DENIED.has(name)) return classifyDenied(shape, operation);
  if (CLOSED.has(name)) {
    return final(
      'region',
      `the account cannot use EC2 in ${place} (${said}). Enable the region, or correct aws-regions`,
    );
  }
  if (THROTTLED.has(name) || status === 429) {
    return passing(
      'throttled',
      `EC2 kept throttling after all retries (${name}): the account's request limit in ${place} is used up`,
    );
  }
  if (UNREACHABLE.has(code) || UNREACHABLE.has(name)) {
    const hint = code === 'ENOTFOUND' ? `Check that ${place} is a region` : 'Check the network of the runner';
    return final(
      'network',
      `the EC2 endpoint of ${place} cannot be reached (${said}). ${hint}, and AWS_ENDPOINT_URL if it is set`,
    );
  }
  if (BROKEN_OFF.has(code) || name === 'TimeoutError') {
    return passing('network', `the connection to EC2 in ${place} broke off or timed out, also after retries (${said})`);
  }
  if (status >= 500 || status === 0 || status === 200) {
    return passing('server', `EC2 in ${place} did not give a usable answer, also after retries (${said})`);
  }
  return passing('refused', `EC2 refused the request (${said})`);
}

function classifyProvider({ text, name }: Shape): Trouble {
  if (/expired/i.test(text)) {
    return final(
      'expired-credentials',
      `the AWS credentials have expired (${text}). Log in again right before this step`,
    );
  }
  const isAbsent = text === '' || /^Could not load credentials|Credential is missing/.test(text);
  const what = isAbsent ? 'no AWS credentials were found' : `no AWS credentials could be had (${text || name})`;
  return final('no-credentials', `${what}. ${LOG_IN}`);
}

function classifyDenied({ name, text }: Shape, operation: Operation | 'credentials'): Trouble {
  if (operation === 'credentials') {
    return final(
      'bad-credentials',
      `the AWS role may not be assumed (${name}: ${text}). Check the role's trust policy`,
    );
  }
  const said = text.replace(/^You are not authorized to perform this operation\.\s*/, '');
  const why = said === '' ? name : `${name}: ${said}`;
  const policy = /^(?:Describe|Get)/.test(operation) ? 'aws-check' : 'aws-apply';
  const hint = `docs/permissions/${policy}.json allows all that is needed`;
  return { ...passing('denied', `ec2:${operation} is denied (${why}); ${hint}`), permission: `ec2:${operation}` };
}

function shapeOf(error: unknown): Shape {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const metadata = (fields['$metadata'] ?? {}) as Record<string, unknown>;
  const message = messageOf(error).replace(/^AWS SDK error wrapper for (?:Error: )?/, '');
  // The SDK wraps what is no Error of its own realm, and keeps nothing but the text.
  const code = fields['code'] ?? (fields['cause'] as Record<string, unknown> | undefined)?.['code'] ?? codeIn(message);
  const status = metadata['httpStatusCode'];
  return {
    name: typeof fields['name'] === 'string' ? fields['name'] : '',
    code: typeof code === 'string' ? code : '',
    status: typeof status === 'number' ? status : 0,
    text: tidy(message),
  };
}

function codeIn(text: string): string | undefined {
  return [...UNREACHABLE, ...BROKEN_OFF].find((code) => text.includes(code));
}

/** One line of bounded length, without the blob that only `sts:DecodeAuthorizationMessage` can read. */
export function tidy(text: string): string {
  const plain = text
    .replace(/\s*Encoded authorization failure message:\s*\S+/g, '')
    // eslint-disable-next-line no-control-regex -- answers of strangers must not move the cursor of a log
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return plain.length > 300 ? `${plain.slice(0, 297)}...` : plain;
}

function final(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: true };
}

function passing(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: false };
}
