/** Chromium, as the system has it: none is downloaded. */
import { spawnSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

const USUAL_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** CHROMIUM, else one on the PATH; undefined: there is none. */
export function findChromium(): string | undefined {
  const runs = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
  const named = process.env['CHROMIUM'] ?? '';
  if (named === '') return USUAL_NAMES.map(pathOf).find((path) => path !== undefined && runs(path));
  if (!runs(named)) throw new Error(`CHROMIUM is ${named}, and that does not run`);
  return pathOf(named) ?? named;
}

/** Where the shell would find it: the driver wants a path. */
function pathOf(command: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

export function startChromium(executablePath: string): Promise<Browser> {
  // In containers, where one is root, Chromium's own sandbox cannot be had; it opens nothing but our page.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}
