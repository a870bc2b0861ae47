/** Families of trouble, by who has to act. Each carries what to do next. */

export interface ErrorDetails {
  /** One sentence: what to do. */
  readonly hint: string;
  /** Anchor in docs/troubleshooting.md. */
  readonly docs?: string;
  /** The permission or right that would help. */
  readonly permission?: string;
  readonly cause?: unknown;
}

abstract class FamilyError extends Error {
  readonly hint: string;
  readonly docs: string | undefined;
  readonly permission: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
    this.docs = details.docs;
    this.permission = details.permission;
  }
}

/** The workflow's author has to act: an input or file is wrong. */
export class ConfigError extends FamilyError {}

/** The account's owner has to act: credentials or a permission are missing. */
export class AccessError extends FamilyError {}

/** Nobody has to act: the other side was unreachable or answered nonsense, after all retries. */
export class UpstreamError extends FamilyError {}

/** The operator has to act: nothing may be changed, or not like this. */
export class ChangeError extends FamilyError {}

/** The text could not be delivered where it was wanted; it is still in the log. */
export class DeliveryError extends FamilyError {}

export type KnownError = ConfigError | AccessError | UpstreamError | ChangeError | DeliveryError;

export function isKnownError(error: unknown): error is KnownError {
  return error instanceof FamilyError;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
