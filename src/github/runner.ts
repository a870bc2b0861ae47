/** The GitHub runner, by way of its toolkit. */
import type * as core from '@actions/core';
import { messageOf } from '../model/errors.ts';
import type { Annotation, Log, Runner } from '../ports.ts';
import { neutralise } from './neutralise.ts';

/** The part of @actions/core that is used; passed in, because it writes to the process' own streams. */
export type Core = Pick<
  typeof core,
  'debug' | 'info' | 'warning' | 'error' | 'notice' | 'setOutput' | 'startGroup' | 'endGroup'
> & { readonly summary: Pick<typeof core.summary, 'addRaw' | 'write' | 'emptyBuffer'> };

export interface RunnerEnvironment {
  /** GITHUB_STEP_SUMMARY */
  readonly summaryFile: string | undefined;
}

export function createLog(toolkit: Core): Log {
  return {
    // debug and warning travel as commands themselves, whose text the toolkit encodes.
    debug: (text) => {
      toolkit.debug(text);
    },
    info: (text) => {
      toolkit.info(neutralise(text));
    },
    warning: (text) => {
      toolkit.warning(text);
    },
    group: async (title, work) => {
      toolkit.startGroup(title);
      try {
        return await work();
      } finally {
        toolkit.endGroup();
      }
    },
    fold: (title, text) => {
      toolkit.startGroup(title);
      toolkit.info(neutralise(text));
      toolkit.endGroup();
    },
  };
}

export function createRunner(toolkit: Core, environment: RunnerEnvironment): Runner {
  return {
    annotate: ({ level, title, message }: Annotation) => {
      toolkit[level](message, { title });
    },
    setOutput: (name, value) => {
      toolkit.setOutput(name, value);
    },
    /** Does not throw: the log holds the same text, and a report that was judged must not be lost to its delivery. */
    writeSummary: async (markdown) => {
      if (environment.summaryFile === undefined || environment.summaryFile === '') {
        toolkit.debug('GITHUB_STEP_SUMMARY is not set, so no job summary was written.');
        return;
      }
      try {
        // The file is this step's own; a second report replaces the first instead of growing past the limit.
        await toolkit.summary.emptyBuffer().addRaw(markdown).write({ overwrite: true });
      } catch (error) {
        toolkit.warning(`The job summary could not be written: ${messageOf(error)}`);
      }
    },
  };
}
