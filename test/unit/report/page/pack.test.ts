import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pack, unpack } from '../../../../src/report/page/pack.ts';

test('what was packed comes out as it went in', () => {
  const texts = fc.constantFrom('', '~', '~0', '~~', 'short', 'a text that comes again', '\u2028</script>');
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts,
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      // A key __proto__ would be no key of its own.
      fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), tie('value'), { noNullPrototype: true }),
    ),
  })).value;
  fc.assert(fc.property(values, (value) => expect(unpack(pack(value))).toEqual(value)));
});

test('a text that comes again is written once', () => {
  const text = 'Switch the check off.';
  const packed = pack({ a: [text, text], b: { c: text } });
  expect(packed.split(text)).toHaveLength(2);
});
