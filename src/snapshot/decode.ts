/** A snapshot from a file's text. Nothing is taken on trust: a snapshot may come from somebody else's bug report. */
import { ConfigError, messageOf } from '../model/errors.ts';
import { SNAPSHOT_SCHEMA_VERSION, type Snapshot } from '../model/snapshot.ts';
import { findProblems } from './check.ts';
import { SNAPSHOT } from './schema.ts';

const DOCS = 'snapshot';
const SHOWN_PROBLEMS = 10;
const SAVE_AGAIN = 'Take the snapshot again with the input save-snapshot, or name another file.';

/**
 * Returns a ConfigError, naming the file, where the text is empty, no JSON, cut off, no snapshot, of another version,
 * or has a structure that judging could not rely on.
 * @param path only for the message
 */
export function decodeSnapshot(text: string, path: string): Snapshot | ConfigError {
  // PowerShell's redirection writes a byte order mark.
  const value = parseJson(text.replace(/^\uFEFF/, ''), path);
  if (value instanceof ConfigError) return value;
  const version = versionOf(value.json);
  if (version === undefined) {
    return refuse(`Snapshot ${path} is JSON, but not a snapshot: it has no schemaVersion.`, SAVE_AGAIN);
  }
  if (version !== SNAPSHOT_SCHEMA_VERSION) return refuseVersion(path, version);
  const problems = findProblems(value.json, SNAPSHOT.schema, SHOWN_PROBLEMS + 1);
  if (problems.length === 0) return value.json as Snapshot;
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `  ${problem.path} ${problem.text}`);
  if (problems.length > shown.length) shown.push('  and more');
  return refuse(
    `Snapshot ${path} does not have the structure of a snapshot of version ${String(SNAPSHOT_SCHEMA_VERSION)}:\n${shown.join('\n')}`,
    'Mend the fields named, or take the snapshot again; a field that is not known may come from a newer version of this action.',
  );
}

/** Wrapped, because JSON may be any value, and an Error has to stay apart from it. */
function parseJson(text: string, path: string): { readonly json: unknown } | ConfigError {
  if (text.trim() === '') return refuse(`Snapshot ${path} is empty.`, SAVE_AGAIN);
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    // The engine's message quotes the text around the error, and a file named by mistake may hold secrets.
    const message = messageOf(error);
    const position = positionOf(message);
    if (message.startsWith('Unexpected end') || (position !== undefined && position >= text.length)) {
      return refuse(`Snapshot ${path} is cut off: its JSON ends in the middle.`, SAVE_AGAIN);
    }
    if (position === undefined) return refuse(`Snapshot ${path} is not JSON.`, SAVE_AGAIN);
    const lines = text.slice(0, position).split('\n');
    const place = `line ${String(lines.length)}, column ${String((lines.at(-1) ?? '').length + 1)}`;
    return refuse(`Snapshot ${path} is not JSON: see ${place}.`, SAVE_AGAIN);
  }
}

function positionOf(message: string): number | undefined {
  const digits = /at position (\d+)/.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function versionOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) return undefined;
  return value.schemaVersion;
}

function refuseVersion(path: string, version: unknown): ConfigError {
  const known = String(SNAPSHOT_SCHEMA_VERSION);
  const shown = typeof version === 'number' ? String(version) : 'that is no number';
  const isNewer = typeof version === 'number' && version > SNAPSHOT_SCHEMA_VERSION;
  return refuse(
    `Snapshot ${path} has schemaVersion ${shown}; this version of the action reads ${known}.`,
    isNewer ? 'Use the newer version of the action that wrote it.' : SAVE_AGAIN,
  );
}

function refuse(message: string, hint: string): ConfigError {
  return new ConfigError(message, { hint, docs: DOCS });
}
