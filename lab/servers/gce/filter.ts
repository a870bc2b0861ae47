import { invalidValue, type GoogleError } from './errors.ts';
import { fieldOf } from './schema.ts';

type Test = (item: object) => boolean;

const FIELD = String.raw`[A-Za-z][\w-]*(?:\.[\w-]+)*`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const REGEX_TERM = new RegExp(String.raw`^\s*\(?\s*(${FIELD})\s+(eq|ne)\s+(${QUOTED}|[^\s()"']+)\s*\)?\s*`);
const LIST_TERM = new RegExp(String.raw`^\s*\(?\s*(${FIELD})\s*(=|!=|:)\s*(${QUOTED}|[^\s()"'=]+)\s*\)?\s*`);

function unquoted(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function valueAt(item: unknown, path: readonly string[]): string | undefined {
  let value: unknown = item;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Only atomic fields can be filtered by: no lists, nothing inside lists. */
function isAtomic(message: string, path: readonly string[]): boolean {
  let within: string | undefined = message;
  for (const [at, name] of path.entries()) {
    if (within === undefined) return false;
    const field = fieldOf(within, name);
    if (field === undefined || field.repeated) return false;
    if (field.map) return at === path.length - 2;
    within = field.message;
  }
  return within === undefined;
}

function term(field: string, operator: string, literal: string, refusal: GoogleError): Test {
  const path = field.split('.');
  const text = unquoted(literal);
  if (operator === ':') {
    if (literal !== '*') throw refusal;
    return (item) => valueAt(item, path) !== undefined;
  }
  if (operator === '=') return (item) => valueAt(item, path) === text;
  if (operator === '!=') return (item) => valueAt(item, path) !== text;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${text})$`);
  } catch {
    throw refusal;
  }
  const wanted = operator === 'eq';
  return (item) => pattern.test(valueAt(item, path) ?? '') === wanted;
}

/**
 * The two grammars of `filter`, which cannot be mixed: `name eq regex`, several in parentheses one after the other; and
 * `name = value AND status != value AND labels.key:*`. The rest of the second (OR, NOT, ordering) the lab refuses as
 * the service refuses nonsense.
 */
export function parseFilter(text: string, message: string): Test {
  const refusal = invalidValue('filter', text, 'Invalid list filter expression.');
  const terms = REGEX_TERM.test(text) ? regexTerms(text) : listTerms(text);
  if (terms === undefined) throw refusal;
  const tests = terms.map(([field, operator, literal]) => {
    if (!isAtomic(message, field.split('.'))) throw refusal;
    return term(field, operator, literal, refusal);
  });
  return (item) => tests.every((test) => test(item));
}

type Term = [field: string, operator: string, literal: string];

function regexTerms(text: string): Term[] | undefined {
  const terms: Term[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole = '', field = '', operator = '', literal = ''] = REGEX_TERM.exec(rest) ?? [];
    const enclosed = /^\s*\(/.test(whole) && /\)\s*$/.test(whole);
    const bare = !/[()]/.test(whole.replace(literal, ''));
    // Several conditions need parentheses each.
    if (whole === '' || !(enclosed || (bare && whole === text))) return undefined;
    terms.push([field, operator, literal]);
    rest = rest.slice(whole.length);
  }
  return terms;
}

function listTerms(text: string): Term[] | undefined {
  const terms: Term[] = [];
  let rest = text;
  for (;;) {
    const [whole = '', field = '', operator = '', literal = ''] = LIST_TERM.exec(rest) ?? [];
    const outside = whole.replace(literal, '');
    if (whole === '' || outside.includes('(') !== outside.includes(')')) return undefined;
    terms.push([field, operator, literal]);
    rest = rest.slice(whole.length);
    if (rest === '') return terms;
    if (!/^AND\s/.test(rest)) return undefined;
    rest = rest.slice(3);
  }
}
