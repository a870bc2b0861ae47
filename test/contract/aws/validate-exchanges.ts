/** Checks recorded exchanges against the vendor's API description, where the checker is at hand (PRC_CONTRACTS). */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** The folder of the checker; undefined: not at hand, so nothing is recorded. */
export function contractsFolder(): string | undefined {
  const folder = process.env['PRC_CONTRACTS'];
  return folder !== undefined && existsSync(join(folder, 'validate', 'validate.mjs')) ? folder : undefined;
}

/** What the checker objects to, line by line; `side` judges the client or the server alone. Throws where it cannot judge. */
export function validateExchanges(folder: string, record: string, side?: 'request' | 'response'): string[] {
  const script = join(folder, 'validate', 'validate.mjs');
  const only = side === undefined ? [] : ['--only', side];
  try {
    const text = execFileSync(process.execPath, [script, '--quiet', ...only, record], { encoding: 'utf8' });
    const last = text.trim().split('\n').at(-1) ?? '';
    return /^[1-9]\d* records/.test(last) ? [] : [`nothing was checked: ${last}`];
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1) return (stdout ?? '').trim().split('\n');
    throw error;
  }
}

/**
 * A test that is left out, with a word about it, where the checker is not at hand. `exchange` lets a lab write its exchanges
 * into the file.
 */
export function testExchanges(name: string, exchange: (record: string) => Promise<void>): void {
  const folder = contractsFolder();
  if (folder === undefined) {
    console.info('The API descriptions are not at hand (PRC_CONTRACTS), so exchanges are not checked.');
    test.skip(name, () => undefined);
    return;
  }
  test(
    name,
    async () => {
      const place = mkdtempSync(join(tmpdir(), 'pod-route-check-'));
      const record = join(place, 'run.jsonl');
      try {
        await exchange(record);
        expect(validateExchanges(folder, record)).toEqual([]);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
    120_000,
  );
}
