/** An event's file, as the runner writes it, for as long as it is needed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN_SHA, type LabEvent } from '../../lab/runner/events.ts';

export async function withEvent<T>(event: LabEvent, use: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pod-route-check-event-'));
  try {
    const file = join(folder, 'event.json');
    await writeFile(file, JSON.stringify(event.payload));
    return await use({ GITHUB_SHA: MAIN_SHA, ...event.env, GITHUB_EVENT_NAME: event.name, GITHUB_EVENT_PATH: file });
  } finally {
    await rm(folder, { recursive: true });
  }
}
