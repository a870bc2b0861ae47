/** Labs for one test. */
import { afterEach } from '@jest/globals';
import type { Lab } from '../../lab/servers/index.ts';

/** Starts labs as `start` does, and stops all of them when the test is over, after `leave` has put the process in order, if it has to. */
export function labPerTest<A extends unknown[]>(
  start: (...args: A) => Promise<Lab>,
  leave: () => void = () => undefined,
): (...args: A) => Promise<Lab> {
  const running: Lab[] = [];
  afterEach(async () => {
    leave();
    await Promise.all(running.splice(0).map((lab) => lab.stop()));
  });
  return async (...args) => {
    const lab = await start(...args);
    running.push(lab);
    return lab;
  };
}
