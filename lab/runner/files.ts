/** The files through which an action answers its runner: outputs, state and environment. */

/**
 * `name=value` lines and `name<<delimiter` blocks, as the runner reads them; a name given twice keeps its last value.
 * @throws Error for what the runner refuses: a line of neither form, or a block that never ends.
 */
export function parseKeyValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, i + 1);
      if (delimiter === '' || end < 0) throw new Error(`the value of ${name} has no end`);
      values[name] = lines.slice(i + 1, end).join('\n');
      i = end;
    } else if (equals > 0) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
    } else {
      throw new Error(`not a name and a value: ${line}`);
    }
  }
  return values;
}
