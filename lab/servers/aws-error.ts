import type { Decision } from '../permissions/iam.ts';

/** An error of an AWS service: its code as the service spells it, and the HTTP status that it comes with. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Why IAM refuses an action, in the words that services put into their messages. */
export function notAuthorized(arn: string, action: string, decision: Exclude<Decision, 'allowed'>): string {
  const why =
    decision === 'explicit-deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${arn} is not authorized to perform: ${action} ${why}`;
}
