import { createHash } from 'node:crypto';

import { Ec2Error } from './errors.ts';
import type { Parameters } from './query.ts';

export interface PageRules {
  action: string;
  min: number;
  max: number;
  /** How the parameter's list of ids is called in the message, and how MaxResults is spelt there. */
  idsName: string;
  style: 'instances' | 'vpc';
}

export interface PageSettings {
  most?: number;
  sparse: boolean;
}

function parseMaxResults(rules: PageRules, text: string): number {
  const refuse = (expectation: string, name: string): Ec2Error =>
    new Ec2Error(
      'InvalidParameterValue',
      `Value ( ${text} ) for parameter ${name} is invalid. Expecting a value ${expectation}.`,
    );
  if (!/^-?\d+$/.test(text)) {
    throw new Ec2Error('InvalidParameterValue', `Invalid value '${text}' for maxResults. Must be an integer.`);
  }
  const value = Number(text);
  // Two wordings were seen, one of DescribeInstances and one of the VPC actions. DescribeInstances was once said to cut
  // values above 1,000 down silently; the lab refuses them, because a client that relies on either is wrong.
  if (rules.style === 'instances') {
    if (value < rules.min) throw refuse(`greater than ${rules.min}`, 'maxResults');
    if (value > rules.max) throw refuse(`less than or equal to ${rules.max}`, 'maxResults');
  } else {
    if (value < rules.min) throw refuse(`greater than or equal to ${rules.min}`, 'MaxResults');
    if (value > rules.max) throw refuse(`smaller than or equal to ${rules.max}`, 'MaxResults');
  }
  return value;
}

function digestOf(rules: PageRules, parameters: Parameters): string {
  const text = JSON.stringify([rules.action, parameters.filters, parameters.scalar('IncludeManagedResources') ?? '']);
  return createHash('sha1').update(text).digest('base64url').slice(0, 10);
}

function parseToken(rules: PageRules, parameters: Parameters, token: string): number {
  const [digest, offset, ...rest] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  if (digest === digestOf(rules, parameters) && /^\d+$/.test(offset ?? '') && rest.length === 0) return Number(offset);
  // InvalidNextToken and InvalidPaginationToken are in the official list, but these two answers are what was seen of
  // the Describe actions, DescribeVpcs among them.
  const message =
    rules.style === 'instances'
      ? 'Unable to parse pagination token'
      : `Value ( ${token} ) for parameter NextToken is invalid. The token is invalid.`;
  throw new Ec2Error('InvalidParameterValue', message);
}

export interface Paged<T> {
  items: T[];
  nextToken?: string;
}

/** Whether the client pages at all; some actions answer differently then. */
export function isPaged(parameters: Parameters): boolean {
  return parameters.scalar('MaxResults') !== undefined || parameters.scalar('NextToken') !== undefined;
}

/** One page of what matches, or all of it where the client asked for no pages. */
export function paginate<T>(
  rules: PageRules,
  parameters: Parameters,
  all: T[],
  matches: (item: T) => boolean,
  settings: PageSettings,
): Paged<T> {
  const maxResults = parameters.scalar('MaxResults');
  const token = parameters.scalar('NextToken');
  if (!isPaged(parameters)) return { items: all.filter(matches) };
  const wanted = maxResults === undefined ? rules.max : parseMaxResults(rules, maxResults);
  if (parameters.ids.length > 0) {
    const name = rules.style === 'instances' ? 'maxResults' : 'MaxResults';
    const message = `The parameter ${rules.idsName} cannot be used with the parameter ${name}`;
    throw new Ec2Error('InvalidParameterCombination', message);
  }
  const start = token === undefined ? 0 : parseToken(rules, parameters, token);
  const size = Math.min(wanted, settings.most ?? wanted);
  const candidates = settings.sparse ? all : all.filter(matches);
  const slice = candidates.slice(start, start + size);
  const more = settings.sparse ? slice.length === size : start + size < candidates.length;
  const nextToken = Buffer.from(`${digestOf(rules, parameters)}:${start + size}`).toString('base64url');
  return { items: settings.sparse ? slice.filter(matches) : slice, ...(more && { nextToken }) };
}
