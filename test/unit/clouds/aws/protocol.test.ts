import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { UNREAD } from '../../../../src/clouds/aws/protocol.ts';

const FOLDER = new URL('../../../../src/clouds/aws/', import.meta.url);
const TEXTS = readdirSync(FOLDER).map((file) => readFileSync(new URL(file, FOLDER), 'utf8'));

/** The name of the model's field: with a capital, and without what the wire alone has at its end. */
function fieldsOf(element: string): string[] {
  const name = element.charAt(0).toUpperCase() + element.slice(1);
  return element === 'blockDeviceMapping' ? ['BlockDeviceMappings'] : [name];
}

test.each([...UNREAD])('nothing reads %s, which is left out of answers', (element) => {
  for (const field of fieldsOf(element)) {
    expect(TEXTS.filter((text) => new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
  }
});
