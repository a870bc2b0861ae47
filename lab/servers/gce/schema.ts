import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** One field of a message of the API, as far as masks and filters need it. */
export interface Field {
  /** Name of the message; absent for scalars. */
  message?: string;
  repeated: boolean;
  /** Keys are data, not names of fields. */
  map: boolean;
}

interface ProtoField {
  type: string;
  rule?: string;
  keyType?: string;
}
type Messages = Readonly<Record<string, { fields?: Readonly<Record<string, ProtoField>> }>>;

interface Tree {
  nested?: Readonly<Record<string, Tree>>;
}

let messages: Messages | undefined;

/** The vendor's own description of all messages, 12 MB of JSON: read when a request needs it first. */
function load(): Messages {
  const path = createRequire(import.meta.url).resolve('@google-cloud/compute/build/protos/protos.json');
  let tree = JSON.parse(readFileSync(path, 'utf8')) as Tree;
  for (const name of ['google', 'cloud', 'compute', 'v1']) tree = tree.nested?.[name] ?? {};
  return (tree.nested ?? {}) as Messages;
}

/** The fields of a message by their JSON names; undefined: there is no such message. */
export function fieldOf(message: string, name: string): Field | undefined {
  messages ??= load();
  const field = messages[message]?.fields?.[name];
  if (field === undefined) return undefined;
  const inner = messages[field.type]?.fields === undefined ? {} : { message: field.type };
  return { ...inner, repeated: field.rule === 'repeated', map: field.keyType !== undefined };
}
