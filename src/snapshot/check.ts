/** Compares a value that came from outside with a schema, and says where it differs. */
import { parseAddress, parsePrefix } from '../model/prefix.ts';
import type { Schema } from './shape.ts';

export interface Problem {
  /** As in JavaScript, from the value's root: `.cluster.nodes[3].podCIDRs[0]`. */
  readonly path: string;
  /** What is wrong there: `is missing`, `must be a string`. */
  readonly text: string;
}

/** Stops collecting when `limit` problems were found, so that a wholly foreign file costs no more than a wrong one. */
export function findProblems(value: unknown, schema: Schema, limit: number): Problem[] {
  const problems: Problem[] = [];
  check(value, schema, '', (path, text) => {
    problems.push({ path, text });
    return problems.length < limit;
  });
  return problems;
}

/** False: enough. */
type Report = (path: string, text: string) => boolean;

function check(value: unknown, schema: Schema, path: string, report: Report): boolean {
  if (schema.const !== undefined) {
    return value === schema.const || report(path, `must be ${JSON.stringify(schema.const)}${found(value)}`);
  }
  if (schema.anyOf !== undefined) {
    const type = Array.isArray(value) ? 'array' : typeof value;
    const [first] = schema.anyOf;
    const fitting = schema.anyOf.find((one) => one.type === type) ?? first;
    return fitting === undefined || check(value, fitting, path, report);
  }
  switch (schema.type) {
    case 'object':
      if (!isObject(value)) return report(path, `must be an object${found(value)}`);
      return schema.oneOf === undefined
        ? checkObject(value, schema, path, report)
        : checkKinds(value, schema.oneOf, schema['x-tag'] ?? 'kind', path, report);
    case 'array':
      if (!Array.isArray(value)) return report(path, `must be a list${found(value)}`);
      return checkArray(value, schema, path, report);
    case 'string':
      if (typeof value !== 'string') return report(path, `must be a string${found(value)}`);
      return checkString(value, schema, path, report);
    case 'number':
    case 'boolean':
      return typeof value === schema.type || report(path, `must be a ${schema.type}${found(value)}`);
    case undefined:
    default:
      return true;
  }
}

function checkObject(value: Readonly<Record<string, unknown>>, schema: Schema, path: string, report: Report): boolean {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const name of required) {
    if (!Object.hasOwn(value, name) && !report(join(path, name), 'is missing')) return false;
  }
  for (const [name, entry] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const inner = join(path, name);
    if (typeof known === 'object') {
      if (!check(entry, known, inner, report)) return false;
    } else if (known === false && !report(inner, 'is a field that this version does not know')) return false;
  }
  return true;
}

function checkKinds(
  value: Readonly<Record<string, unknown>>,
  schemas: readonly Schema[],
  tag: string,
  path: string,
  report: Report,
): boolean {
  const names = schemas.map((schema) => schema.properties?.[tag]?.const);
  const index = names.findIndex((name) => name === value[tag]);
  const schema = schemas[index];
  if (schema !== undefined) return checkObject(value, schema, path, report);
  return report(join(path, tag), `must be one of ${names.join(', ')}${found(value[tag])}`);
}

function checkArray(value: readonly unknown[], schema: Schema, path: string, report: Report): boolean {
  const key = schema['x-unique'];
  const seen = new Map<unknown, number>();
  for (const [index, entry] of value.entries()) {
    const inner = `${path}[${String(index)}]`;
    if (schema.items !== undefined && !check(entry, schema.items, inner, report)) return false;
    if (key === undefined || !isObject(entry)) continue;
    const id = entry[key];
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    else if (!report(join(inner, key), `is the same as in ${path}[${String(first)}]${found(id)}`)) return false;
  }
  return true;
}

function checkString(value: string, schema: Schema, path: string, report: Report): boolean {
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return report(path, `must be one of ${schema.enum.join(', ')}${found(value)}`);
  }
  if (schema.minLength !== undefined && value.length < schema.minLength) return report(path, 'must not be empty');
  if (schema.format === 'prefix' && parsePrefix(value)?.text !== value) {
    const canonical = parsePrefix(value)?.text;
    const hint = canonical === undefined ? 'must be a network such as 10.1.0.0/24' : `must be written ${canonical}`;
    return report(path, `${hint}${found(value)}`);
  }
  if (schema.format === 'address' && parseAddress(value) === undefined) {
    return report(path, `must be an IP address${found(value)}`);
  }
  const isTime = schema.format !== 'date-time' || !Number.isNaN(Date.parse(value));
  if (!isTime || (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))) {
    return report(path, `must be a time such as 2026-01-31T12:00:00Z${found(value)}`);
  }
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(clip(name))}]`;
}

function found(value: unknown): string {
  if (value === undefined) return ', but is missing';
  if (Array.isArray(value)) return ', found a list';
  if (typeof value === 'object' && value !== null) return ', found an object';
  return `, found ${clip(JSON.stringify(value))}`;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
