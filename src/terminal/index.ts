/** The check as a command. */
export { parseArguments } from './arguments.ts';
export { renderHelp } from './help.ts';
export { createTerminalLog, createTerminalRunner } from './runner.ts';
