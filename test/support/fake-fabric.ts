/**
 * A fabric of nothing but states, to be changed by way of a writer. What answers it gives is a script: one word per
 * request that would change something.
 */
import type { PlannedChange, TargetState } from '../../src/model/planned.ts';
import { targetKey } from '../../src/plan/state.ts';
import type { FabricWriter, LiveTarget, WriteTrouble } from '../../src/ports.ts';

/**
 * `ok`: done; `lost`: done, and no answer; `broken`: not done, and no answer; `busy`, `conflict`, `denied`, `refused`: not
 * done, as the API says; `lag`: done, and not seen by the next two readings; `late`: the same, and no answer.
 */
export type Answer = 'ok' | 'lost' | 'broken' | 'busy' | 'conflict' | 'denied' | 'refused' | 'lag' | 'late';

/** The process is gone: nothing after it runs. */
export class Killed extends Error {}

export class FakeFabric implements FabricWriter {
  readonly states = new Map<string, TargetState>();
  /** Every request that was carried out. */
  readonly done: string[] = [];
  readonly sent: string[] = [];
  /** Answers to the next requests; `ok` when there is none left. */
  script: Answer[] = [];
  /** What the next readings come to instead. */
  readings: (WriteTrouble | undefined)[] = [];
  drift: string | undefined;
  /** Called before a request arrives, and after it was answered. */
  onSend: (phase: 'before' | 'after', id: string) => void = () => undefined;
  #former: { key: string; state: TargetState; left: number } | undefined;

  constructor(changes: readonly PlannedChange[]) {
    for (const { target, before } of changes) this.states.set(targetKey(target), before);
  }

  read(change: PlannedChange): Promise<LiveTarget | WriteTrouble> {
    const trouble = this.readings.shift();
    if (trouble !== undefined) return Promise.resolve(trouble);
    const key = targetKey(change.target);
    let state = this.states.get(key) ?? { kind: 'absent' };
    if (this.#former?.key === key && this.#former.left > 0) {
      this.#former.left -= 1;
      ({ state } = this.#former);
    }
    return Promise.resolve({ state, ...(this.drift === undefined ? {} : { drift: this.drift }) });
  }

  async write(
    change: PlannedChange,
    _live: LiveTarget,
    step: <T>(request: string, send: () => Promise<T>) => Promise<T>,
  ): Promise<'done' | WriteTrouble> {
    const answer = this.script.shift() ?? 'ok';
    const isLate = answer === 'lag' || answer === 'late';
    const trouble = await step(change.kind, () => {
      this.onSend('before', change.id);
      this.sent.push(change.id);
      const key = targetKey(change.target);
      if (answer === 'ok' || answer === 'lost' || isLate) {
        if (isLate) this.#former = { key, state: this.states.get(key) ?? { kind: 'absent' }, left: 2 };
        this.states.set(key, change.after);
        this.done.push(change.id);
      }
      this.onSend('after', change.id);
      return Promise.resolve(troubleOf(answer));
    });
    return trouble ?? 'done';
  }
}

function troubleOf(answer: Answer): WriteTrouble | undefined {
  switch (answer) {
    case 'ok':
    case 'lag':
      return undefined;
    case 'lost':
    case 'broken':
    case 'late':
      return { trouble: 'unclear', reason: 'no answer' };
    case 'denied':
      return { trouble: 'denied', reason: 'may not', permission: 'write' };
    case 'busy':
    case 'conflict':
    case 'refused':
      return { trouble: answer, reason: answer };
  }
}
