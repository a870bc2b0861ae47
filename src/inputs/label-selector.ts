/** Label selectors, as far as their form goes: the API server judges the rest. */
import { quote } from './problem.ts';

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?';
const KEY = `(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?${NAME}`;
const SET = String.raw`\(\s*(?:${NAME})?(?:\s*,\s*(?:${NAME})?)*\s*\)`;
const REQUIREMENT = new RegExp(
  String.raw`^(?:!?\s*${KEY}|${KEY}\s*(?:=|==|!=)\s*(?:${NAME})?|${KEY}\s*[<>]\s*\d+|${KEY}\s+(?:in|notin)\s*${SET})$`,
);

/** What is wrong with the selector, as one sentence; undefined: nothing. */
export function labelSelectorTrouble(text: string): string | undefined {
  const parts = splitOutsideParentheses(text);
  if (parts === undefined) return `${quote(text)} has an unbalanced parenthesis.`;
  for (const part of parts) {
    if (part === '') return `${quote(text)} has a comma with nothing before or after it.`;
    if (!REQUIREMENT.test(part)) return `${quote(part)} is no label requirement.`;
  }
  return undefined;
}

function splitOutsideParentheses(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of text.split('').entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return undefined;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(start, index).trim());
    start = index + 1;
  }
  parts.push(text.slice(start).trim());
  return depth === 0 ? parts : undefined;
}
