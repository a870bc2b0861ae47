import { expect, test } from '@jest/globals';
import { createTerminalLog, createTerminalRunner, type TerminalOptions } from '../../../src/terminal/runner.ts';

async function listen(options: TerminalOptions): Promise<{ out: string; err: string }> {
  const heard = { out: '', err: '' };
  const streams = {
    out: (text: string) => void (heard.out += text),
    err: (text: string) => void (heard.err += text),
  };
  const log = createTerminalLog(streams, options);
  const runner = createTerminalRunner(streams, options);
  await log.group('Reading', async () => {
    log.info('3 nodes');
  });
  log.debug('detail');
  log.warning('odd');
  log.info('Pass.');
  log.fold('Nodes', 'a\nb');
  runner.annotate({ level: 'error', title: 't', message: 'm' });
  runner.setOutput('verdict', 'pass');
  await runner.writeSummary('# summary');
  runner.printJson?.('{}\n');
  return heard;
}

test('the report is on the standard output, the way to it on the other', async () => {
  expect(await listen({ json: false, verbose: false })).toEqual({
    out: 'Pass.\n\nNodes\na\nb\n',
    err: 'Reading...\n3 nodes\nWarning: odd\n',
  });
});

test('with JSON nothing else is on the standard output', async () => {
  const { out, err } = await listen({ json: true, verbose: true });
  expect(out).toBe('{}\n');
  expect(err).toContain('detail');
});

test('a group that fails ends all the same', async () => {
  const heard: string[] = [];
  const log = createTerminalLog(
    { out: (text) => void heard.push(text), err: () => undefined },
    { json: false, verbose: false },
  );
  await expect(log.group('x', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  log.info('after');
  expect(heard).toEqual(['after\n']);
});
