/** A terminal in the runner's place: the report on the standard output, all that happens meanwhile on the other. */
import type { Log, Runner } from '../ports.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface TerminalOptions {
  /** The report as JSON and nothing else on the standard output. */
  readonly json: boolean;
  readonly verbose: boolean;
}

export function createTerminalLog({ out, err }: Streams, { json, verbose }: TerminalOptions): Log {
  let depth = 0;
  const say = (text: string): void => {
    // What is said inside a group is about the way, not about the result.
    (json || depth > 0 ? err : out)(`${text}\n`);
  };
  return {
    debug: (text) => {
      if (verbose) err(`${text}\n`);
    },
    info: say,
    warning: (text) => {
      err(`Warning: ${text}\n`);
    },
    group: async (title, work) => {
      err(`${title}...\n`);
      depth += 1;
      try {
        return await work();
      } finally {
        depth -= 1;
      }
    },
    fold: (title, text) => {
      say(`\n${title}\n${text}`);
    },
  };
}

/** Annotations and outputs are for workflows; the text of the report has it all. */
export function createTerminalRunner({ out }: Streams, { json }: TerminalOptions): Runner {
  return {
    annotate: () => undefined,
    setOutput: () => undefined,
    writeSummary: async () => Promise.resolve(),
    ...(json ? { printJson: out } : {}),
  };
}
