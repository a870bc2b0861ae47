// Judging alone, beside what decoding its snapshot costs. Started with the path of a snapshot and the number of warm
// rounds; prints milliseconds as JSON. Everything is first done cold, once, as a run does it.
import { readFileSync } from 'node:fs';
import { parseInputs } from '../../src/inputs/parse.ts';
import { judgeDraft, judgeSnapshot } from '../../src/judge/judge.ts';
import { decodeSnapshot } from '../../src/snapshot/decode.ts';
import { median, type JudgeTimes, type Spread } from './figures.ts';
import { INPUTS } from './world.ts';

const [, , file = '', rounds = '5'] = process.argv;
const text = readFileSync(file, 'utf8');
const variables = Object.entries(INPUTS).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
const parsed = parseInputs(Object.fromEntries(variables));
if ('problems' in parsed) throw new Error('the inputs of the measurement do not parse');
const { config } = parsed;

function measure<T>(work: () => T): { times: Spread; value: T } {
  const once = (): { ms: number; value: T } => {
    const before = performance.now();
    const value = work();
    return { ms: performance.now() - before, value };
  };
  const { ms: cold, value } = once();
  const warm = Array.from({ length: Number(rounds) }, () => once().ms);
  return { times: { cold, warm: median(warm) }, value };
}

// Decoding goes first: what it does not find compiled, a replay does not either.
const decode = measure(() => decodeSnapshot(text, file));
if (decode.value instanceof Error) throw decode.value;
const { recheck, ...first } = decode.value;
const draft = measure(() => judgeDraft(first, config));
const again = recheck === undefined ? undefined : measure(() => judgeSnapshot({ ...first, recheck }, config));
const times: JudgeTimes = {
  bytes: Buffer.byteLength(text),
  parse: measure(() => JSON.parse(text) as unknown).times,
  decode: decode.times,
  draft: draft.times,
  ...(again === undefined ? {} : { confirmed: again.times }),
};
console.log(JSON.stringify(times));
