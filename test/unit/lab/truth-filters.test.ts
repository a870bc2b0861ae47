import { describe, expect, test } from '@jest/globals';
import { addressOf } from '../../../lab/world/addresses.ts';
import { fate } from '../../../lab/truth/fate.ts';
import type { Fate } from '../../../lab/truth/fate.ts';
import { Filters } from '../../../lab/truth/filters.ts';
import type { FilterLine, FilterStage, Occasion, Traffic } from '../../../lab/truth/filters.ts';
import type { Machine, Nic } from '../../../lab/truth/ground.ts';

const nic = { id: 'eni-1' } as Nic;
const ends = { source: addressOf('10.1.0.1'), target: addressOf('10.2.0.1'), owner: { key: 'b' } as Machine };
const routed: Fate = { ...fate('pass', 'routed'), way: { from: nic, to: nic } };

const allow = (line: Partial<FilterLine> = {}): FilterLine => ({ does: 'allow', certain: true, ...line });
const deny = (line: Partial<FilterLine> = {}): FilterLine => ({ does: 'deny', certain: true, ...line });
const ports = (from: number, to = from): Pick<FilterLine, 'ports'> => ({ ports: [{ from, to }] });
const stage = (name: string, lines: FilterLine[] | 'unread', stateful = true): FilterStage => ({
  name,
  stateful,
  lines: () => lines,
});
const verdict = (stages: FilterStage[], occasion: Occasion = 'new', only?: Traffic): string =>
  new Filters(() => stages).judge(routed, ends, occasion, only).verdict;

describe('one stage', () => {
  test.each<[string, FilterLine[] | 'unread', string]>([
    ['no line', [], 'fail'],
    ['everything', [allow()], 'pass'],
    ['one port', [allow({ protocol: 'tcp', ...ports(443) })], 'unknown'],
    ['all of one protocol', [allow({ protocol: 'tcp' })], 'unknown'],
    ['everything but one port', [deny({ protocol: 'tcp', ...ports(22) }), allow()], 'unknown'],
    ['a denial that comes too late', [allow(), deny({ protocol: 'tcp', ...ports(22) })], 'pass'],
    ['a denial of all first', [deny(), allow()], 'fail'],
    [
      'all ports of a protocol denied, in two lines',
      [
        deny({ protocol: 'udp', ports: [{ from: 0, to: 99 }] }),
        deny({ protocol: 'udp', ...ports(100, 65_535) }),
        allow(),
      ],
      'unknown',
    ],
    ['an allowance in doubt', [allow({ certain: false })], 'unknown'],
    ['an allowance in doubt before a certain one', [allow({ certain: false }), allow()], 'pass'],
    ['a denial in doubt', [deny({ certain: false }), allow()], 'unknown'],
    ['a denial in doubt before nothing', [deny({ certain: false })], 'fail'],
    ['nobody knows', 'unread', 'unknown'],
  ])('%s', (_, lines, expected) => {
    expect(verdict([stage('one', lines)])).toBe(expected);
  });
});

test('one closed stage closes the way, and a doubtful one leaves it open to doubt', () => {
  const open = stage('open', [allow()]);
  const closed = stage('closed', []);
  const doubtful = stage('doubtful', 'unread');
  expect(verdict([open, doubtful, closed])).toBe('fail');
  expect(verdict([open, doubtful])).toBe('unknown');
  expect(verdict([open])).toBe('pass');
  expect(verdict([])).toBe('pass');
});

test('answers meet only what remembers nothing', () => {
  expect(verdict([stage('group', []), stage('acl', [allow()], false)], 'answer')).toBe('pass');
  expect(verdict([stage('group', [allow()]), stage('acl', [], false)], 'answer')).toBe('fail');
});

test('a tunnel needs nothing but its own packets', () => {
  const lines = [deny({ protocol: 'udp', ...ports(8472) }), allow({ protocol: 'udp' })];
  expect(verdict([stage('acl', lines)], 'new', { protocol: 'udp', port: 8472 })).toBe('fail');
  expect(verdict([stage('acl', lines)], 'new', { protocol: 'udp', port: 4789 })).toBe('pass');
  expect(verdict([stage('acl', lines)], 'new', { protocol: 'udp' })).toBe('unknown');
  expect(verdict([stage('acl', lines)], 'new', { protocol: '4' })).toBe('fail');
});

test('what routing lost stays lost, and where the way is not known the filters are asked for each way', () => {
  const filters = new Filters(({ from }) => [stage(from.id, from.id === 'eni-1' ? [allow()] : [])]);
  const way = (id: string): Fate => ({ ...fate('pass', id), way: { from: { id } as Nic } });
  expect(filters.judge(fate('fail', 'no route'), ends, 'new').verdict).toBe('fail');
  expect(filters.judge(fate('unknown', 'no way is known'), ends, 'new').verdict).toBe('unknown');
  const either = (...fates: Fate[]): Fate => ({ ...fate('pass', 'either'), either: fates });
  expect(filters.judge(either(way('eni-1'), way('eni-2')), ends, 'new').verdict).toBe('unknown');
  expect(filters.judge(either(way('eni-2'), way('eni-3')), ends, 'new').verdict).toBe('fail');
  expect(filters.judge(either(way('eni-1'), way('eni-1')), ends, 'new').verdict).toBe('pass');
});

test('of filters that could not be read only their place is known', () => {
  const filters = new Filters(() => [stage('group', [allow()])]).unread();
  expect(filters.judge(routed, ends, 'new').verdict).toBe('unknown');
  expect(filters.judge(routed, ends, 'answer').verdict).toBe('pass');
  expect(new Filters(() => []).unread().judge(routed, ends, 'new').verdict).toBe('pass');
});
