/** One container, asked one command after the other until it fails or the time is over. */
import type { Asked, Ran } from '../model/pod.ts';
import type { Clock, PodAccess } from '../ports.ts';
import type { ExecPoint } from './exec-points.ts';

export interface TalkOptions {
  readonly access: PodAccess;
  readonly clock: Clock;
  readonly point: ExecPoint;
  /** Milliseconds since the epoch, for all commands. */
  readonly end: number;
  /** For each command, in milliseconds. */
  readonly commandMs: number;
}

type Trouble = Extract<Asked<never>, { ok: false }>;

export class Talk {
  readonly #options: TalkOptions;
  #trouble: Trouble | undefined;

  constructor(options: TalkOptions) {
    this.#options = options;
  }

  get point(): ExecPoint {
    return this.#options.point;
  }

  /** Why nothing more is to be had here. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Undefined: see `trouble`. A command that fails is an answer. */
  async run(command: readonly string[]): Promise<Ran | undefined> {
    if (this.#trouble !== undefined) return undefined;
    const { access, clock, point, end, commandMs } = this.#options;
    const timeoutMs = Math.min(commandMs, end - clock.now());
    if (timeoutMs <= 0) {
      this.#trouble = { ok: false, reason: 'its commands took too long' };
      return undefined;
    }
    const answer = await access.run(point.pod, { container: point.container, command, timeoutMs });
    if (answer.ok) return answer.value;
    this.#trouble = { ...answer, reason: `${command.slice(0, 6).join(' ')}: ${answer.reason}` };
    return undefined;
  }
}
