import { describe, expect, test } from '@jest/globals';
import { AuthClient } from 'google-auth-library';
import { CallError } from '../../../../src/clouds/gcp/errors.ts';
import type { TransportOutside } from '../../../../src/clouds/gcp/transport.ts';
import { FIELDS_HEADER, PARTIAL_HEADER, Transport } from '../../../../src/clouds/gcp/transport.ts';

type Options = Parameters<AuthClient['request']>[0];
type Answer = (url: URL, options: Options) => Response;

class Credentials extends AuthClient {
  readonly asked: URL[] = [];
  readonly #answer: Answer;
  tokens = 0;
  constructor(answer: Answer) {
    super();
    this.#answer = answer;
  }
  getRequestHeaders(): Promise<Headers> {
    return Promise.resolve(new Headers());
  }
  getAccessToken(): Promise<{ token: string }> {
    this.tokens += 1;
    return Promise.resolve({ token: 'token' });
  }
  request<T>(options: Options): ReturnType<typeof AuthClient.prototype.request<T>> {
    const url = new URL(String(options.url));
    this.asked.push(url);
    try {
      return Promise.resolve(this.#answer(url, options)) as ReturnType<typeof AuthClient.prototype.request<T>>;
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('odd'));
    }
  }
}

/** As gaxios throws them for an answer that was asked for as a stream. */
function refusal(status: number, reason: string, message: string, headers = {}): Error {
  const body = JSON.stringify({ error: { code: status, message, errors: [{ reason }] } });
  return Object.assign(new Error(body), { status, response: { status, headers: new Headers(headers) } });
}

function open(answer: Answer, more: Partial<TransportOutside> = {}) {
  const waits: number[] = [];
  const credentials = new Credentials(answer);
  let now = 0;
  const transport = new Transport({
    credentials,
    clock: {
      now: () => now,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warning: () => undefined,
      fold: () => undefined,
      group: (_, work) => work(),
    },
    random: () => 0,
    signal: new AbortController().signal,
    deadline: 600_000,
    ...more,
  });
  return { transport, credentials, waits };
}

const URL_TEXT = 'https://compute.googleapis.com/compute/v1/projects/p/aggregated/instances?maxResults=500';
const wanted = { [FIELDS_HEADER]: 'items/*/instances(name)', [PARTIAL_HEADER]: 'true' };

function query(url: URL | undefined): (string | null)[] {
  return ['fields', 'returnPartialSuccess', 'prettyPrint', 'maxResults'].map(
    (name) => url?.searchParams.get(name) ?? null,
  );
}

describe('partial answers', () => {
  test('fields and partial success become query parameters, and no header tells of them', async () => {
    let seen: string[] = [];
    const { transport, credentials } = open((_, options) => {
      seen = [...new Headers(options.headers).keys()];
      return new Response('{"a":1}');
    });
    const answer = await transport.fetch(URL_TEXT, { headers: { ...wanted, 'x-other': '1' } });
    expect(await answer.text()).toBe('{"a":1}');
    expect(query(credentials.asked[0])).toEqual(['items/*/instances(name)', 'true', 'false', '500']);
    expect(seen).toEqual(['x-other']);
  });

  test('a server that refuses the mask is asked without it, from then on', async () => {
    const { transport, credentials } = open((url) => {
      if (url.searchParams.has('fields')) throw refusal(400, 'invalidParameter', 'Invalid field selection items');
      return new Response('{}');
    });
    await transport.fetch(URL_TEXT, { headers: wanted });
    await transport.fetch(URL_TEXT, { headers: wanted });
    expect(credentials.asked.map((url) => query(url).slice(0, 2))).toEqual([
      ['items/*/instances(name)', 'true'],
      [null, 'true'],
      [null, 'true'],
    ]);
  });

  test('a server that knows neither is asked without both', async () => {
    const { transport, credentials } = open((url) => {
      if (url.searchParams.has('returnPartialSuccess'))
        throw refusal(400, 'invalid', 'Unknown name "returnPartialSuccess"');
      if (url.searchParams.has('fields')) throw refusal(400, 'invalid', 'Unknown name "fields"');
      return new Response('{}');
    });
    await transport.fetch(URL_TEXT, { headers: wanted });
    expect(query(credentials.asked.at(-1))).toEqual([null, null, 'false', '500']);
    expect(credentials.asked).toHaveLength(3);
  });

  test('what is wrong with the rest of the request stays wrong', async () => {
    const { transport, credentials } = open(() => {
      throw refusal(400, 'invalid', 'Invalid value for project');
    });
    await expect(transport.fetch(URL_TEXT, { headers: wanted })).rejects.toThrow('Invalid value for project');
    expect(credentials.asked).toHaveLength(3);
  });
});

describe('retries', () => {
  test('what may pass is asked again, with waits that grow', async () => {
    const troubles = [
      refusal(403, 'rateLimitExceeded', 'slow down'),
      refusal(503, 'backendError', 'later'),
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    ];
    const { transport, credentials, waits } = open(() => {
      const trouble = troubles.shift();
      if (trouble !== undefined) throw trouble;
      return new Response('{}');
    });
    await transport.fetch(URL_TEXT);
    expect([credentials.asked.length, transport.sent]).toEqual([4, 4]);
    expect(waits).toEqual([250, 500, 1000]);
  });

  test('a body that breaks off is asked for again', async () => {
    let count = 0;
    const { transport } = open(() => {
      count += 1;
      const broken = new ReadableStream({
        start: (it) => it.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
      });
      return new Response(count === 1 ? broken : '{"whole":true}');
    });
    const answer = await transport.fetch(URL_TEXT);
    expect(await answer.json()).toEqual({ whole: true });
  });

  test('the wait that the server asks for is kept', async () => {
    let count = 0;
    const { transport, waits } = open(() => {
      count += 1;
      if (count === 1) throw refusal(429, 'x', 'slow', { 'retry-after': '7' });
      return new Response('{}');
    });
    await transport.fetch(URL_TEXT);
    expect(waits).toEqual([7000]);
  });

  test('what cannot pass is not asked again, and tells status and reasons', async () => {
    const { transport, credentials } = open(() => {
      throw refusal(403, 'forbidden', "Required 'compute.routes.list' permission for 'p'");
    });
    const error: unknown = await transport.fetch(URL_TEXT).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ stage: 'api', status: 403, codes: ['forbidden'] });
    expect(credentials.asked).toHaveLength(1);
  });

  test("after the run's time nothing is asked", async () => {
    const over = new AbortController();
    over.abort(new Error('over'));
    const { transport, credentials } = open(() => new Response('{}'), { signal: over.signal });
    await expect(transport.fetch(URL_TEXT)).rejects.toMatchObject({ codes: ['AbortError'] });
    expect(credentials.asked).toEqual([]);
  });

  test('a token that cannot be had is not taken for the answer of the API', async () => {
    const { transport, credentials } = open(() => new Response('{}'));
    credentials.getAccessToken = () => Promise.reject(refusal(400, 'invalid_grant', 'expired'));
    await expect(transport.fetch(URL_TEXT)).rejects.toMatchObject({ stage: 'token', status: 400 });
    expect(credentials.asked).toEqual([]);
  });
});
