/** A step's log as GitHub shows it: commands become annotations and groups, masked values become stars. */

import { parseCommand } from '../runner/commands.ts';
import type { Command } from '../runner/commands.ts';
import type { Paint, Style } from './text.ts';

const levels: Record<string, { word: string; style: Style }> = {
  error: { word: 'Error', style: 'red' },
  warning: { word: 'Warning', style: 'yellow' },
  notice: { word: 'Notice', style: 'bold' },
};

export interface LogView {
  /** Takes output as it comes, in pieces that need not end with a line. */
  write: (text: string) => void;
  /** Shows a last line that no line end followed. */
  end: () => void;
}

function annotation(command: Command, paint: Paint): string | undefined {
  const level = levels[command.name];
  if (level === undefined) return undefined;
  const title = command.properties['title'];
  const lines = [...(title === undefined ? [] : [title]), ...command.message.split('\n')];
  return lines
    .map((line, i) =>
      i === 0
        ? paint([
            { text: `${level.word}: `, style: level.style },
            { text: line, style: title === undefined ? 'plain' : 'bold' },
          ])
        : paint([{ text: `  ${line}`, style: 'plain' }]),
    )
    .join('\n');
}

/** `print` gets whole lines, without their end. */
export function logView(print: (line: string) => void, paint: Paint): LogView {
  const masks: string[] = [];
  let rest = '';
  let depth = 0;
  const show = (text: string): void => {
    let shown = text;
    for (const mask of masks) if (mask !== '') shown = shown.replaceAll(mask, '***');
    for (const line of shown.split('\n')) print(`${'  '.repeat(depth + 1)}${line}`);
  };
  const line = (text: string): void => {
    const command = parseCommand(text);
    if (command === undefined) show(text);
    else if (command.name === 'add-mask') masks.push(command.message);
    else if (command.name === 'group') {
      show(paint([{ text: `▸ ${command.message}`, style: 'bold' }]));
      depth = 1;
    } else if (command.name === 'endgroup') depth = 0;
    else if (command.name === 'debug') show(paint([{ text: command.message, style: 'dim' }]));
    else {
      const shown = annotation(command, paint);
      if (shown !== undefined) show(shown);
    }
  };
  return {
    write: (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const each of lines) line(each);
    },
    end: () => {
      if (rest !== '') line(rest);
      rest = '';
    },
  };
}
