import type { Answer } from '../exchange.ts';

const DOCS = 'https://docs.github.com/rest';

export interface FieldError {
  resource: string;
  code: 'missing_field' | 'invalid' | 'unprocessable' | 'custom';
  field: string;
  message?: string;
}

interface Details {
  errors?: FieldError[];
  headers?: Record<string, string>;
}

/** An error in GitHub's own words. */
export class GitHubError extends Error {
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  constructor(status: number, message: string, { errors, headers = {} }: Details = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export function notFound(): GitHubError {
  return new GitHubError(404, 'Not Found');
}

export function invalid(...errors: FieldError[]): GitHubError {
  return new GitHubError(422, 'Validation Failed', { errors });
}

export function errorAnswer(error: GitHubError): Answer {
  const { status, message, errors, headers } = error;
  const body = { message, ...(errors !== undefined && { errors }), documentation_url: DOCS, status: String(status) };
  return { status, headers, body: JSON.stringify(body) };
}
