import { badRequest } from './status.ts';

type Predicate = (values: Record<string, string | undefined>) => boolean;

const all =
  (predicates: Predicate[]): Predicate =>
  (values) =>
    predicates.every((holds) => holds(values));

/** Cuts at the commas that stand outside parentheses. */
function requirements(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const KEY = String.raw`(?:[A-Za-z0-9][-A-Za-z0-9.]*/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALS = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`);
const IN = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

function labelRequirement(text: string): Predicate {
  const exists = EXISTS.exec(text);
  if (exists !== null) {
    const [, not, key = ''] = exists;
    return (labels) => (labels[key] !== undefined) === (not !== '!');
  }
  const equals = EQUALS.exec(text);
  if (equals !== null) {
    const [, key = '', operator, value] = equals;
    // An absent label is unequal to everything (Kubernetes, labels and selectors).
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const within = IN.exec(text);
  if (within !== null) {
    const [, key = '', operator, values = ''] = within;
    const set = new Set(values.split(',').map((value) => value.trim()));
    return (labels) => {
      const value = labels[key];
      return (value !== undefined && set.has(value)) === (operator === 'in');
    };
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: a key, an operator and values`);
}

export function labelSelector(selector: string): Predicate {
  return all(requirements(selector).map(labelRequirement));
}

/** Says what an API server says of a field that it does not select by; it differs from resource to resource. */
export type UnknownField = (field: string) => string;

export const unsupportedField: UnknownField = (field) => `field label not supported: ${field}`;
export const notMetadataField: UnknownField = (field) =>
  `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;

export function fieldSelector(selector: string, known: readonly string[], unknown: UnknownField): Predicate {
  return all(
    requirements(selector).map((text) => {
      const [, field, operator, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(text) ?? [];
      if (field === undefined) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
      if (!known.includes(field)) throw badRequest(unknown(field));
      return (fields) => ((fields[field] ?? '') === value) === (operator !== '!=');
    }),
  );
}
