import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate, Combination, Need } from '../../../src/judge/traffic.ts';
import { admit } from '../../../src/judge/traffic.ts';

function rule(text: string, certain = true): Candidate {
  const [action, protocol, ports] = text.split(' ');
  const [from, to = from] = ports?.split('-').map(Number) ?? [];
  return {
    action: action === 'deny' ? 'deny' : 'allow',
    certain,
    rank: 0,
    name: text,
    ...(protocol === undefined ? {} : { protocol }),
    ...(from === undefined || to === undefined ? {} : { ports: [{ from, to }] }),
  };
}

interface Row {
  readonly name: string;
  readonly rules: readonly Candidate[];
  readonly combination?: Combination;
  readonly need?: Need;
  readonly answer: string;
}

const ROWS: readonly Row[] = [
  { name: 'no rule at all', rules: [], answer: 'fail' },
  { name: 'everything', rules: [rule('allow')], answer: 'pass' },
  { name: 'one port', rules: [rule('allow tcp 443')], answer: 'limited: tcp 443' },
  { name: 'one protocol', rules: [rule('allow udp')], answer: 'limited: udp' },
  { name: 'ping alone is not green', rules: [rule('allow icmp')], answer: 'limited: icmp' },
  {
    name: 'tcp and udp are not every protocol',
    rules: [rule('allow tcp 0-65535'), rule('allow udp')],
    answer: 'limited: tcp, udp',
  },
  {
    name: 'ports that complete each other',
    rules: [rule('allow tcp 0-1023'), rule('allow tcp 1024-65535')],
    answer: 'limited: tcp',
  },
  { name: 'a deny in front', rules: [rule('deny'), rule('allow')], answer: 'fail: deny' },
  { name: 'a deny behind', rules: [rule('allow'), rule('deny')], answer: 'pass' },
  {
    name: 'a deny of one port in front',
    rules: [rule('deny tcp 25'), rule('allow')],
    answer: 'limited: tcp 0-24, tcp 26-65535, other protocols',
  },
  { name: 'a union has no order', rules: [rule('allow')], combination: 'union', answer: 'pass' },
  { name: 'a group only', rules: [rule('allow', false)], combination: 'union', answer: 'disputed: everything' },
  { name: 'a group and a prefix', rules: [rule('allow', false), rule('allow')], answer: 'pass' },
  { name: 'a disputed deny in front', rules: [rule('deny', false), rule('allow')], answer: 'disputed: everything' },
  { name: 'a disputed deny of nothing', rules: [rule('deny', false)], answer: 'fail' },
  {
    name: 'a tunnel that is admitted',
    rules: [rule('allow udp 8472')],
    need: { protocol: 'udp', port: 8472 },
    answer: 'pass',
  },
  {
    name: 'a tunnel on another port',
    rules: [rule('allow udp 4789')],
    need: { protocol: 'udp', port: 8472 },
    answer: 'fail',
  },
  {
    name: 'a tunnel protocol without ports',
    rules: [rule('allow tcp'), rule('allow 4')],
    need: { protocol: '4' },
    answer: 'pass',
  },
];

test.each(ROWS.map((row) => [row.name, row] as const))('%s', (_, { rules, combination, need, answer }) => {
  const said = admit(rules, combination ?? 'first-match', need);
  const text =
    said.verdict === 'unknown'
      ? `${said.why}: ${said.admitted.join(', ')}`
      : said.verdict === 'fail' && said.by !== undefined
        ? `fail: ${said.by.name ?? ''}`
        : said.verdict;
  expect(text).toBe(answer);
});

describe('against packets', () => {
  const port = fc.integer({ min: 0, max: 6 }).map((step) => step * 10_000);
  const candidate: fc.Arbitrary<Candidate> = fc.record(
    {
      action: fc.constantFrom('allow' as const, 'deny' as const),
      certain: fc.boolean(),
      rank: fc.constant(0),
      protocol: fc.constantFrom('tcp', 'udp'),
      ports: fc.tuple(port, port).map(([a, b]) => [{ from: Math.min(a, b), to: Math.max(a, b) }]),
    },
    { requiredKeys: ['action', 'certain', 'rank'] },
  );
  const packets = ['tcp', 'udp', 'other'].flatMap((protocol) =>
    Array.from({ length: 21 }, (_, at) => ({
      protocol,
      port: Math.max(0, Math.floor(at / 3) * 10_000 + (at % 3) - 1),
    })),
  );

  function isAdmitted(
    rules: readonly Candidate[],
    combination: Combination,
    packet: (typeof packets)[number],
  ): boolean {
    const hits = rules.filter(
      ({ protocol, ports }) =>
        protocol === undefined ||
        (protocol === packet.protocol &&
          (ports === undefined || ports.some(({ from, to }) => from <= packet.port && packet.port <= to))),
    );
    return combination === 'union' ? hits.some(({ action }) => action === 'allow') : hits[0]?.action === 'allow';
  }

  /** Every way in which the disputes may turn out. */
  function worlds(rules: readonly Candidate[]): Candidate[][] {
    const [first, ...rest] = rules;
    if (first === undefined) return [[]];
    return worlds(rest).flatMap((others) => (first.certain ? [[first, ...others]] : [[first, ...others], others]));
  }

  test.each(['first-match', 'union'] as const)('%s says what every packet would meet in every world', (combination) => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 6 }), (rules) => {
        const fates = worlds(rules).map((world) => packets.map((packet) => isAdmitted(world, combination, packet)));
        const all = fates.every((fate) => fate.every(Boolean));
        const none = fates.every((fate) => !fate.some(Boolean));
        expect(admit(rules, combination).verdict).toBe(all ? 'pass' : none ? 'fail' : 'unknown');
      }),
      { numRuns: 400 },
    );
  });
});
