import { GoogleError } from './errors.ts';
import { fieldOf } from './schema.ts';

/** Selected fields; an empty map means all below. */
type Selection = ReadonlyMap<string, Selection>;

const ALL: Selection = new Map();

/**
 * Partial responses: `a,b/c,d(e,f/g),h/*`. `.` separates as `/` does, since the header's type is a FieldMask. What the
 * mask does not name is not in the answer, warnings and page tokens included.
 */
export function parseMask(text: string, message: string): Selection {
  const tokens = text.match(/[A-Za-z0-9_]+|[*/.,()]|\S|\s+/g) ?? [];
  let at = 0;
  const refuse = (what: string): GoogleError =>
    new GoogleError(400, 'invalidParameter', `Invalid field selection ${what}`, {
      locationType: 'parameter',
      location: 'fields',
    });

  function list(within: Level[]): Selection {
    const selection = new Map<string, Selection>();
    do item(selection, within);
    while (tokens[at] === ',' && ++at > 0);
    return selection;
  }

  function item(selection: Map<string, Selection>, within: Level[]): void {
    const name = tokens[at] ?? '';
    at += 1;
    if (!/^(?:\*|\w+)$/.test(name)) throw refuse(name === '' ? text : name);
    const below = within.flatMap((level) => level(name));
    if (below.length === 0) throw refuse(name);
    const known = selection.get(name);
    let inner = ALL;
    if (tokens[at] === '/' || tokens[at] === '.') {
      at += 1;
      const one = new Map<string, Selection>();
      item(one, below);
      inner = one;
    } else if (tokens[at] === '(') {
      at += 1;
      inner = list(below);
      if (tokens[at] !== ')') throw refuse(text);
      at += 1;
    }
    // `a,a/b` is all of a.
    const whole = known?.size === 0 || inner.size === 0;
    selection.set(name, whole ? ALL : merge(known ?? inner, inner));
  }

  const selection = list([messageLevel(message)]);
  if (at < tokens.length) throw refuse(text);
  return selection;
}

/** The levels that a name leads to; none: there is no such field. */
type Level = (name: string) => Level[];

const scalar: Level = () => [];

function messageLevel(message: string): Level {
  return (name) => {
    if (name === '*') return [anyLevel];
    const field = fieldOf(message, name);
    if (field === undefined) return [];
    const inner = field.message === undefined ? scalar : messageLevel(field.message);
    return field.map ? [mapLevel(inner)] : [inner];
  };
}

/** Below a map only the wildcard selects: its keys (`zones/a`) do not fit the grammar. */
function mapLevel(inner: Level): Level {
  return (name) => (name === '*' ? [inner] : []);
}

/** Below a wildcard over fields of many kinds any name may fit one of them. */
const anyLevel: Level = () => [anyLevel];

function merge(one: Selection, other: Selection): Selection {
  const all = new Map(one);
  for (const [name, inner] of other) {
    const known = all.get(name);
    all.set(name, known === undefined ? inner : known.size === 0 || inner.size === 0 ? ALL : merge(known, inner));
  }
  return all;
}

/** The value with nothing but what is selected. */
export function applyMask(value: unknown, selection: Selection): unknown {
  if (selection.size === 0) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => applyMask(one, selection));
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    const named = selection.get(key);
    const every = selection.get('*');
    const chosen = named !== undefined && every !== undefined ? merge(named, every) : (named ?? every);
    if (chosen !== undefined) kept.push([key, applyMask(inner, chosen)]);
  }
  return Object.fromEntries(kept);
}
