/** Inputs that say where in a cloud to look: checked by form, because names come faster than versions of a table. */
import { parseList } from './values.ts';
import type { Notes } from './values.ts';
import { quote } from './problem.ts';

/** Project ids, and the domain-scoped form of older ones (`example.com:project`). */
export function parseProjects(text: string, notes: Notes): readonly string[] {
  return parseNames(text, /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, notes, {
    where: 'gcp-projects',
    what: 'no project id',
    hint: 'Write project ids such as my-project-123456, not their names or numbers.',
  });
}

export function parseSubscriptions(text: string, notes: Notes): readonly string[] {
  return parseNames(text.toLowerCase(), /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, notes, {
    where: 'azure-subscriptions',
    what: 'no subscription id',
    hint: 'Write subscription ids such as 00000000-0000-0000-0000-000000000000; az account list shows them.',
  });
}

interface Complaint {
  readonly where: 'gcp-projects' | 'azure-subscriptions';
  readonly what: string;
  readonly hint: string;
}

function parseNames(text: string, form: RegExp, notes: Notes, { where, what, hint }: Complaint): readonly string[] {
  const names = [...new Set(parseList(text))];
  for (const name of names) {
    if (!form.test(name)) notes.problems.push({ where, what: `${quote(name)} is ${what}.`, hint });
  }
  return names;
}

/** An origin, perhaps with a path; without a slash at the end. */
export function parseEndpoint(where: 'gcp-endpoint' | 'azure-endpoint', text: string, notes: Notes): string {
  if (text === '') return '';
  const hint = 'Write a base URL such as https://management.usgovcloudapi.net.';
  if (!URL.canParse(text)) {
    notes.problems.push({ where, what: `${quote(text)} is no URL.`, hint });
    return '';
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    notes.problems.push({ where, what: `${quote(text)} is neither https nor http.`, hint });
  }
  return text.replace(/\/+$/, '');
}

/** Where accepted faults are looked for unless input config names another place. */
export const CONFIG_FILE = '.github/pod-route-check.yml';
