import { describe, expect, test } from '@jest/globals';
import { decideProxy } from '../../../src/net/proxy.ts';

const SERVER = 'https://abc.gr7.eu-west-1.eks.amazonaws.com';
const proxied = { HTTPS_PROXY: 'http://proxy:3128' };

describe('which variable counts', () => {
  test.each<[string, Record<string, string | undefined>, string | undefined]>([
    [SERVER, {}, undefined],
    [SERVER, proxied, 'http://proxy:3128'],
    [SERVER, { https_proxy: 'http://small:1', ...proxied }, 'http://small:1'],
    [SERVER, { https_proxy: '', ...proxied }, 'http://proxy:3128'],
    [SERVER, { HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128'],
    [SERVER, { HTTP_PROXY: 'http://proxy:3128' }, undefined],
    ['http://cluster:8001', { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
    ['http://cluster:8001', proxied, undefined],
    ['no url', proxied, undefined],
  ])('%s with %j', (server, env, proxy) => {
    expect(decideProxy(server, env)).toBe(proxy);
  });

  test.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://127.8.0.1', 'https://[::1]:6443'])(
    'the machine itself needs none: %s',
    (server) => {
      expect(decideProxy(server, proxied)).toBeUndefined();
    },
  );
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['*', SERVER, true],
    ['', SERVER, false],
    ['amazonaws.com', SERVER, true],
    ['.amazonaws.com', SERVER, true],
    ['*.amazonaws.com', SERVER, true],
    ['aws.com', SERVER, false],
    ['foo, ABC.gr7.eu-west-1.eks.amazonaws.com', SERVER, true],
    ['.abc.gr7.eu-west-1.eks.amazonaws.com', SERVER, false],
    ['abc.gr7.eu-west-1.eks.amazonaws.com:443', SERVER, true],
    ['abc.gr7.eu-west-1.eks.amazonaws.com:6443', SERVER, false],
    ['10.0.0.1', 'https://10.0.0.1:6443', true],
    ['10.0.0.1:6443', 'https://10.0.0.1:6443', true],
    ['10.0.0.1:443', 'https://10.0.0.1:6443', false],
    ['10.0.0.0/8', 'https://10.9.0.1:6443', true],
    ['10.0.0.0/8', 'https://11.9.0.1:6443', false],
    ['0.0.1', 'https://10.0.0.1', false],
    ['fd00::1', 'https://[fd00:0::1]:6443', true],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['[fd00::1]:443', 'https://[fd00::1]:6443', false],
    ['fd00::/16', 'https://[fd00::1]:6443', true],
  ])('%s and %s', (no, server, direct) => {
    expect(decideProxy(server, { ...proxied, NO_PROXY: no })).toBe(direct ? undefined : 'http://proxy:3128');
  });
});
