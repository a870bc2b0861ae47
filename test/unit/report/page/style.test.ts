// Colours that somebody can read, in both themes: WCAG 2 asks 4.5 to 1 of text.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const style = readFileSync(new URL('../../../../src/report/page/ui/style.css', import.meta.url), 'utf8');
const colours = new Map(
  [...style.matchAll(/--([a-z-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const VERDICTS = ['pass', 'fail', 'partial', 'unknown', 'idle'];

test.each([
  ...VERDICTS.flatMap((verdict) => [
    [verdict, `${verdict}-ground`],
    [verdict, 'surface'],
    [verdict, 'raised'],
  ]),
  ...['text', 'quiet', 'accent'].flatMap((name) => [
    [name, 'surface'],
    [name, 'raised'],
    [name, 'ground'],
  ]),
  ['accent', 'idle-ground'],
])('%s on %s', (ink, ground) => {
  for (const theme of ['light', 'dark'] as const) {
    expect(contrast(colours.get(ink)![theme], colours.get(ground)![theme])).toBeGreaterThanOrEqual(4.5);
  }
});
