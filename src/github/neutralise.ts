/**
 * The runner reads commands from everything that a step prints: `::name::` at the start of a line, after any white
 * space, and the older `##[name]` anywhere in a line. Foreign text must not be able to speak to it.
 */

// The runner splits lines at a lone carriage return too.
const LINE_END = /\r\n|\r|\n/;

/** The same text for people; for the runner, no command. */
export function neutralise(text: string): string {
  return text
    .split(LINE_END)
    .map((line) => line.replace(/^(\s*):(?=:.*::)/, '$1: ').replaceAll('##[', '## ['))
    .join('\n');
}
