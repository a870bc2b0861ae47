/**
 * Shapes are JSON Schema, written so that the compiler compares them with the model's types: a field that the model
 * gains and the shape does not, or the other way round, does not compile. The published schema is this same data.
 */

/** The part of JSON Schema 2020-12 that snapshots need and check.ts reads. */
export interface Schema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'boolean';
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly pattern?: string;
  /** Checked by us; for others a remark. */
  readonly format?: 'prefix' | 'address' | 'date-time';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  /** Objects that `kind` tells apart, or the field that `x-tag` names. */
  readonly oneOf?: readonly Schema[];
  readonly 'x-tag'?: string;
  /** Told apart by their JSON type. */
  readonly anyOf?: readonly Schema[];
  /** Ours: the name of the field by which the items differ. */
  readonly 'x-unique'?: string;
}

declare const TYPE: unique symbol;

/** A schema that admits exactly the values of T. */
export interface Shape<T> {
  readonly schema: Schema;
  /** Never there; it only keeps T apart for the compiler. */
  readonly [TYPE]?: (value: T) => T;
}

export interface Optional<T> {
  readonly optional: Shape<T>;
}

interface Field extends Partial<Shape<unknown>> {
  readonly optional?: Shape<unknown>;
}

type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false;

export type Fields<T> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true ? Optional<NonNullable<T[K]>> : Shape<T[K]>;
};

export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape };
}

export function object<T>(fields: Fields<T>): Shape<T> {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(fields as Readonly<Record<string, Field>>)) {
    const schema = field.schema ?? field.optional?.schema;
    if (schema !== undefined) properties[name] = schema;
    if (field.optional === undefined) required.push(name);
  }
  return { schema: { type: 'object', properties, required, additionalProperties: false } };
}

export function list<T>(items: Shape<T>): Shape<readonly T[]> {
  return { schema: { type: 'array', items: items.schema } };
}

/** A list of objects of which no two have the same `key`. */
export function listBy<T>(key: keyof T & string, items: Shape<T>): Shape<readonly T[]> {
  return { schema: { type: 'array', items: items.schema, 'x-unique': key } };
}

export function dictionary<T>(values: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { schema: { type: 'object', additionalProperties: values.schema } };
}

export function words<T extends string>(values: readonly T[]): Shape<T> {
  return { schema: { type: 'string', enum: values } };
}

export function fixed<T extends string | number | boolean>(value: T): Shape<T> {
  return { schema: { const: value } };
}

/** One of several objects, told apart by their `kind`. */
export function kinds<T extends { readonly kind: string }>(shapes: {
  readonly [K in T['kind']]: Shape<Extract<T, { readonly kind: K }>>;
}): Shape<T> {
  const each: readonly { readonly schema: Schema }[] = Object.values(shapes);
  return { schema: { type: 'object', oneOf: each.map((shape) => shape.schema) } };
}

/** Two shapes of different JSON types. */
export function either<A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return { schema: { anyOf: [a.schema, b.schema] } };
}

export function described<T>(description: string, shape: Shape<T>): Shape<T> {
  return { schema: { description, ...shape.schema } };
}

export const TEXT: Shape<string> = { schema: { type: 'string' } };
/** An id or name: never empty. */
export const ID: Shape<string> = { schema: { type: 'string', minLength: 1 } };
export const NUMBER: Shape<number> = { schema: { type: 'number' } };
export const FLAG: Shape<boolean> = { schema: { type: 'boolean' } };
/** A network in canonical text. */
export const PREFIX: Shape<string> = { schema: { type: 'string', format: 'prefix' } };
export const ADDRESS: Shape<string> = { schema: { type: 'string', format: 'address' } };
/** ISO 8601 in UTC, as JavaScript and Kubernetes write it. */
export const TIME: Shape<string> = {
  schema: {
    type: 'string',
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
  },
};
