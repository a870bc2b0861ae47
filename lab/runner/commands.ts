/** What an action prints for the runner: workflow commands, one a line, in the escaping that the runner undoes. */

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  message: string;
  /** title, file, line, endLine, col, endColumn. */
  properties: Record<string, string>;
}

export interface Command {
  name: string;
  properties: Record<string, string>;
  message: string;
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

/** A line as a command, or undefined when it is ordinary output. */
export function parseCommand(line: string): Command | undefined {
  const match = /^\s*::([a-z-]+)(?: ([^]*?))?::([^]*)$/.exec(line);
  if (match === null) return undefined;
  const [, name = '', list = '', message = ''] = match;
  const properties: Record<string, string> = {};
  for (const pair of list.split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0) properties[pair.slice(0, equals).trim()] = unescapeProperty(pair.slice(equals + 1));
  }
  return { name, properties, message: unescapeData(message) };
}

/** All commands in a step's output. Between `stop-commands` and its token the runner obeys none. */
export function parseCommands(output: string): Command[] {
  const commands: Command[] = [];
  let stoppedBy: string | undefined;
  for (const line of output.split(/\r?\n/)) {
    if (stoppedBy !== undefined) {
      if (line.trim() === `::${stoppedBy}::`) stoppedBy = undefined;
      continue;
    }
    const command = parseCommand(line);
    if (command?.name === 'stop-commands') stoppedBy = command.message;
    else if (command !== undefined) commands.push(command);
  }
  return commands;
}

export function annotationsOf(commands: readonly Command[]): Annotation[] {
  return commands.flatMap(({ name, properties, message }) =>
    name === 'error' || name === 'warning' || name === 'notice' ? [{ level: name, message, properties }] : [],
  );
}
