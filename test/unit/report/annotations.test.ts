import { expect, test } from '@jest/globals';
import { MOST_ANNOTATIONS, renderAnnotations } from '../../../src/report/annotations.ts';
import {
  brokenJudgement,
  finding,
  forwardingOff,
  hostileJudgement,
  judgement,
  unknownJudgement,
  view,
} from './worlds.ts';

test('says what is wrong, how to mend it and by which command', () => {
  const [first, second, third, ...more] = renderAnnotations(view(brokenJudgement()));
  expect(first).toEqual({
    level: 'error',
    title: 'Source/destination check is on for worker-03',
    message: [
      'The source/destination check of eni-0a100000000000003 (node worker-03) is on. (breaks 22 paths)',
      'Switch the check off.',
      'aws ec2 modify-network-interface-attribute --network-interface-id eni-0a100000000000003 --no-source-dest-check --region eu-west-1',
    ].join('\n'),
  });
  expect(second?.level).toBe('error');
  expect(third?.level).toBe('warning');
  expect(more).toEqual([]);
});

test('never more than GitHub shows: the rest is counted by rule', () => {
  const findings = Array.from({ length: 38 }, (_, index) =>
    forwardingOff(`n${String(index)}`, `eni-${String(index)}`, 1),
  );
  const annotations = renderAnnotations(
    view(judgement({ verdict: 'fail', findings: [...findings, ...unknownJudgement().findings] })),
  );
  expect(annotations).toHaveLength(MOST_ANNOTATIONS);
  expect(annotations.at(-1)).toEqual({
    level: 'error',
    title: 'And 30 more findings',
    message:
      '29 × cloud-forwarding-off (error), 1 × evidence-incomplete (unknown); the job summary and report.json have them all.',
  });
});

test('exactly as many findings as there is room for are all shown', () => {
  const findings = Array.from({ length: 10 }, (_, index) =>
    forwardingOff(`n${String(index)}`, `eni-${String(index)}`, 1),
  );
  const titles = renderAnnotations(view(judgement({ verdict: 'fail', findings }))).map(({ title }) => title);
  expect(titles).toHaveLength(10);
  expect(titles.join()).not.toContain('more');
});

test('a step that fails without an error finding says why, in an error', () => {
  const reasons = ['The evidence is fabric, and require-evidence asks for guest.'];
  const annotations = renderAnnotations(view(unknownJudgement(), { result: 'fail', reasons }));
  expect(annotations.map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
    ['error', reasons[0]],
    ['warning', expect.stringContaining('could not be read')],
  ]);
  expect(renderAnnotations(view(judgement(), { result: 'pass', reasons }))).toEqual([]);
});

test('what could not be decided is no error, whatever its severity', () => {
  const findings = [finding({ verdict: 'unknown', severity: 'error' })];
  const [annotation] = renderAnnotations(view(judgement({ findings }), { result: 'pass', reasons: [] }));
  expect(annotation?.level).toBe('warning');
});

test('foreign text keeps to its line', () => {
  const [annotation] = renderAnnotations(view(hostileJudgement()));
  expect(annotation?.message.split('\n')).toHaveLength(3);
  expect(annotation?.title).not.toMatch(/[\n\u202E]/);
});
