import { describe, expect, test } from '@jest/globals';
import { mapLimited } from '../../../src/net/limit.ts';
import {
  decideRetry,
  parseRetryAfter,
  retry,
  type Advice,
  type Failure,
  type RetryOptions,
} from '../../../src/net/retry.ts';

const policy = { attempts: 4, baseMs: 1000, maxMs: 3000 };
const failure: Failure = { advice: { retry: true }, failed: 1, leftMs: 60_000, chance: 0 };

describe('decideRetry', () => {
  test.each<[string, Partial<Failure>, ReturnType<typeof decideRetry>]>([
    ['waits half of the base at least', {}, { then: 'wait', ms: 500 }],
    ['waits all of the base at most', { chance: 0.9999 }, { then: 'wait', ms: 1000 }],
    ['doubles with every failure', { failed: 2 }, { then: 'wait', ms: 1000 }],
    ['but not beyond its longest wait', { failed: 3, chance: 0.9999 }, { then: 'wait', ms: 3000 }],
    ["keeps to the server's wait, however long", { advice: { retry: true, waitMs: 9000 } }, { then: 'wait', ms: 9000 }],
    ['and a little more', { advice: { retry: true, waitMs: 9000 }, chance: 0.5 }, { then: 'wait', ms: 9450 }],
    [
      'waits its own time where the server asks for less',
      { advice: { retry: true, waitMs: 0 } },
      { then: 'wait', ms: 500 },
    ],
    ['gives up on what cannot pass', { advice: { retry: false } }, { then: 'give-up', because: 'final' }],
    ['gives up after the last attempt', { failed: 4 }, { then: 'give-up', because: 'attempts' }],
    ['does not sleep into the deadline', { leftMs: 500 }, { then: 'give-up', because: 'deadline' }],
    ['sleeps up to the deadline', { leftMs: 501 }, { then: 'wait', ms: 500 }],
    [
      'does not wait for a server that asks for more than is left',
      { advice: { retry: true, waitMs: 3_600_000 } },
      { then: 'give-up', because: 'deadline' },
    ],
    [
      'names what is final before anything else',
      { advice: { retry: false }, failed: 9, leftMs: -1 },
      { then: 'give-up', because: 'final' },
    ],
  ])('%s', (_, change, expected) => {
    expect(decideRetry({ ...failure, ...change }, policy)).toEqual(expected);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  test.each([
    ['3', 3000],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['-3', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, expected) => {
    expect(parseRetryAfter(text, now)).toBe(expected);
  });
});

describe('retry', () => {
  function setting(advice: Advice = { retry: true }): RetryOptions & { readonly slept: number[] } {
    const slept: number[] = [];
    let now = 0;
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms);
      now += ms;
    };
    const clock = { now: () => now, sleep };
    return { policy, clock, random: () => 0, deadline: 60_000, classify: () => advice, slept };
  }

  test('returns the value after passing trouble, having waited in between', async () => {
    const options = setting();
    const answers = [new Error('one'), new Error('two'), 'value'];
    const result = await retry(async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    }, options);
    expect(result).toEqual({ ok: true, value: 'value' });
    expect(options.slept).toEqual([500, 1000]);
  });

  test('returns the last error when the attempts are used up, and never throws it', async () => {
    let count = 0;
    const options = setting();
    const result = await retry(async () => {
      count += 1;
      throw new Error(`failure ${String(count)}`);
    }, options);
    expect(result).toEqual({ ok: false, error: new Error('failure 4'), failed: 4, because: 'attempts' });
    expect(options.slept).toEqual([500, 1000, 1500]);
  });

  test('tells about each wait before it waits', async () => {
    const waits: unknown[] = [];
    await retry(() => Promise.reject(new Error('busy')), {
      ...setting(),
      onWait: (error, ms) => waits.push([(error as Error).message, ms]),
    });
    expect(waits).toEqual([
      ['busy', 500],
      ['busy', 1000],
      ['busy', 1500],
    ]);
  });

  test('stops at the deadline', async () => {
    const options = { ...setting(), deadline: 700 };
    const result = await retry(() => Promise.reject(new Error('busy')), options);
    expect(result).toMatchObject({ ok: false, failed: 2, because: 'deadline' });
  });

  test('starts nothing when it was cancelled', async () => {
    let started = false;
    const work = async (): Promise<void> => {
      started = true;
    };
    const result = await retry(work, { ...setting(), signal: AbortSignal.abort(new Error('stop')) });
    expect(result).toEqual({ ok: false, error: new Error('stop'), failed: 0, because: 'cancelled' });
    expect(started).toBe(false);
  });

  test('does not try again what is final', async () => {
    const options = setting({ retry: false });
    const result = await retry(() => Promise.reject(new Error('no')), options);
    expect(result).toMatchObject({ ok: false, failed: 1, because: 'final' });
    expect(options.slept).toEqual([]);
  });
});

describe('mapLimited', () => {
  test('keeps the order and never runs more at a time than allowed', async () => {
    let running = 0;
    let most = 0;
    const result = await mapLimited([5, 1, 4, 2, 3, 0], 3, async (value) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < value; turn += 1) await Promise.resolve();
      running -= 1;
      return value * 10;
    });
    expect(result).toEqual([50, 10, 40, 20, 30, 0]);
    expect(most).toBe(3);
  });

  test('nothing to do is nothing', async () => {
    expect(await mapLimited([], 3, async () => 1)).toEqual([]);
  });

  test('fails as the work fails', async () => {
    await expect(mapLimited([1, 2], 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
