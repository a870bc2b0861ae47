import { expect, test } from '@jest/globals';
import { get } from 'node:https';

import { smallWorld, withLab } from './support.ts';

test('one process can trust several labs at once', async () => {
  await withLab(smallWorld(), {}, async (one) => {
    await withLab(smallWorld(), {}, async (other) => {
      for (const { urls } of [one, other]) {
        const status = await new Promise((resolve, reject) => {
          const url = `${urls.kubernetes}/livez`;
          get(url, { ca: [one.caPem, other.caPem], agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          }).on('error', reject);
        });
        expect(status).toBe(200);
      }
    });
  });
});
