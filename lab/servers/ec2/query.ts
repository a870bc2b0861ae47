import { Ec2Error } from './errors.ts';

/** What an action takes; every other parameter is refused by name. */
export interface ActionShape {
  /** Parameter name of a list of ids, such as InstanceId for InstanceId.1, InstanceId.2. */
  ids?: string;
  filters?: boolean;
  /** Parameters with one value. */
  scalars: readonly string[];
}

export interface Filter {
  name: string;
  values: string[];
}

export interface Parameters {
  ids: string[];
  filters: Filter[];
  scalar(name: string): string | undefined;
  flag(name: string): boolean;
}

/** The text that a request's parameters come in: the body of a POST, the query string of a GET. */
export function parseForm(method: string, url: string, body: string): URLSearchParams {
  if (method === 'POST' && body !== '') return new URLSearchParams(body);
  return new URL(url, 'http://lab.invalid').searchParams;
}

const COMMON = new Set(['Action', 'Version', 'DryRun']);
// FilterLimitExceeded: "The maximum number of filter values specified on a single call is 200".
const MOST_FILTER_VALUES = 200;

function parseFilters(parts: Map<string, { name?: string; values: string[] }>): Filter[] {
  const filters = [...parts].map(([number, { name, values }]) => {
    if (name === undefined) throw new Ec2Error('InvalidParameterValue', "The filter 'null' is invalid");
    if (values.length === 0) {
      throw new Ec2Error('MissingParameter', `The request must contain the parameter Filter.${number}.Value`);
    }
    return { name, values };
  });
  if (filters.reduce((sum, { values }) => sum + values.length, 0) > MOST_FILTER_VALUES) {
    const message = `The maximum number of filter values specified on a single call is ${MOST_FILTER_VALUES}`;
    throw new Ec2Error('FilterLimitExceeded', message);
  }
  return filters;
}

export function parseParameters(shape: ActionShape, form: URLSearchParams): Parameters {
  const ids: string[] = [];
  const filters = new Map<string, { name?: string; values: string[] }>();
  const scalars = new Map<string, string>();
  for (const [key, value] of form) {
    const [head = '', number, ...rest] = key.split('.');
    const numbered = number !== undefined && /^[1-9]\d*$/.test(number);
    if (shape.ids !== undefined && head === shape.ids && numbered && rest.length === 0) ids.push(value);
    else if (shape.filters === true && head === 'Filter' && numbered) {
      const filter = filters.get(number) ?? { values: [] };
      filters.set(number, filter);
      if (rest.join('.') === 'Name') filter.name = value;
      else if (/^Value\.[1-9]\d*$/.test(rest.join('.'))) filter.values.push(value);
      else throw unknownParameter(key);
    } else if (COMMON.has(key) || shape.scalars.includes(key)) scalars.set(key, value);
    else throw unknownParameter(key);
  }
  return {
    ids,
    filters: parseFilters(filters),
    scalar: (name) => scalars.get(name),
    flag: (name) => parseBoolean(name, scalars.get(name)),
  };
}

function unknownParameter(name: string): Ec2Error {
  return new Ec2Error('UnknownParameter', `The parameter ${name} is not recognized`);
}

function parseBoolean(name: string, text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw new Ec2Error('InvalidParameterValue', `Invalid value '${text}' for ${name}. Must be a boolean.`);
}

/** Filter values: `*` stands for any characters, `?` for one, a backslash takes either literally. Case counts. */
export function filterPattern(value: string): (candidate: string) => boolean {
  if (!/[*?\\]/.test(value)) return (candidate) => candidate === value;
  const source = value.replace(/\\[*?\\]|[\s\S]/g, (token) => {
    if (token === '*') return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    return (token.length > 1 ? token.slice(1) : token).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const pattern = new RegExp(`^${source}$`);
  return (candidate) => pattern.test(candidate);
}
