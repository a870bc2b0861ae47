/** What a run that changes something writes down, line by line, before and after each request: in a file and in the log. */
import type { PlannedChange } from '../model/planned.ts';
import { messageOf } from '../model/errors.ts';
import { describeChange } from '../plan/state.ts';
import type { Clock, Files, Log, SendStep } from '../ports.ts';

export type JournalEntry =
  | { readonly event: 'begin'; readonly digest: string; readonly changes: number; readonly undo: string }
  | { readonly event: 'sending' | 'answered'; readonly change: string; readonly request: string }
  | { readonly event: 'unanswered'; readonly change: string; readonly request: string; readonly reason: string }
  | { readonly event: 'outcome'; readonly change: string; readonly outcome: string; readonly reason?: string }
  | { readonly event: 'end'; readonly interrupted: boolean };

/**
 * The next run needs nothing of it: plan and live state alone tell what is done. It is for people, and the file is for an
 * upload that also happens when the job was cancelled.
 */
export class Journal {
  readonly path: string;
  readonly #files: Files;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(path: string, { files, clock, log }: { files: Files; clock: Clock; log: Log }) {
    this.path = path;
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
  }

  /** Returns once the line is in the file. */
  async add(entry: JournalEntry): Promise<void> {
    const at = new Date(this.#clock.now()).toISOString();
    await this.#files.append(this.path, `${JSON.stringify({ at, ...entry })}\n`);
  }

  /** For the requests of one change: nothing is sent that is not written down first. */
  stepsOf(change: PlannedChange): SendStep {
    return async (request, send) => {
      await this.add({ event: 'sending', change: change.id, request });
      this.#log.info(`Sending ${request} (${describeChange(change)})`);
      try {
        const answer = await send();
        await this.add({ event: 'answered', change: change.id, request });
        this.#log.info(`Accepted: ${request}`);
        return answer;
      } catch (error) {
        const reason = messageOf(error);
        await this.add({ event: 'unanswered', change: change.id, request, reason });
        this.#log.info(`Not accepted: ${request}: ${reason}`);
        throw error;
      }
    };
  }
}
