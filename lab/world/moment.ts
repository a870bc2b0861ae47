/** Moving a world in time, so that a story told today is served today. */

import type { World } from './world.ts';

const timeKeys = new Set(['now', 'createdAt', 'deletingSince', 'launchedAt']);

function shifted(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => shifted(one, by));
  if (typeof value !== 'object' || value === null) return value;
  const moved = Object.entries(value).map(([key, one]: [string, unknown]) => {
    if (!timeKeys.has(key) || typeof one !== 'string') return [key, shifted(one, by)];
    return [key, new Date(Date.parse(one) + by).toISOString().replace('.000Z', 'Z')];
  });
  return Object.fromEntries(moved) as unknown;
}

/**
 * A copy of the world in which everything happened as long before `now` as it did in the original: a process that
 * reads the real clock then finds a node that is one minute old as young as it was meant to be.
 */
export function atMoment(world: World, now: Date): World {
  const whole = Math.floor(now.getTime() / 1000) * 1000;
  return shifted(world, whole - Date.parse(world.now)) as World;
}
