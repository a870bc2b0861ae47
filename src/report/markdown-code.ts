/** Lines to copy, as many as there is room for. */
import { codeBlock } from './escape.ts';
import { plural } from './words.ts';

/** A cause or a plan can be as wide as the cluster; then its lines would leave no room for anything else. */
const SHOWN_LINES = 60;

export function cutCodeBlock(lines: readonly string[], language: string): string {
  const left = lines.length - SHOWN_LINES;
  if (left <= 0) return codeBlock(lines, language);
  const more = `# and ${plural(left, 'more line')}; report.json has them all`;
  return codeBlock([...lines.slice(0, SHOWN_LINES), more], language);
}

/** Nothing where there are no lines. */
export function foldedCode(title: string, lines: readonly string[], language: string): string[] {
  if (lines.length === 0) return [];
  return [`<details><summary>${title}</summary>\n\n${cutCodeBlock(lines, language)}\n\n</details>`];
}
