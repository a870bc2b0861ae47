/** Words for a POSIX shell (bash, zsh, CloudShell): what foreign text contains must stay text. */

// A leading `=` is expanded by zsh.
const PLAIN = /^[A-Za-z0-9_.,:/@%+-][A-Za-z0-9_.,:/@%+=-]*$/;
// Control, format (bidi, zero-width), lone surrogates and line separators: invisible, or not what they look like.
export const TREACHEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const TREACHEROUS_ALL = new RegExp(TREACHEROUS, 'gu');

/** One shell word: as it is where that is safe, in single quotes, or in `$'...'` with every invisible character spelt out. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!TREACHEROUS.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replaceAll(/[\\']/g, '\\$&').replaceAll(TREACHEROUS_ALL, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
  return `$'${escaped}'`;
}

/** `--name value`; a value that would pass for an option is tied to its name. */
export function shellOption(name: string, value: string): string {
  return value.startsWith('-') ? `--${name}=${shellWord(value)}` : `--${name} ${shellWord(value)}`;
}

/** Text for a `#` comment line: nothing in it can end the line. */
export function shellComment(text: string): string {
  return `# ${text.replaceAll(TREACHEROUS_ALL, ' ')}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
