import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linksToAsk, numbersOf, settingsOfNetconf } from '../../../src/guests/settings.ts';
import { parseSettings } from '../../../src/guests/linux.ts';

// As iproute2 6.1 printed it.
const NETCONF = JSON.stringify([
  { family: 'inet', interface: 'br0', forwarding: true, rp_filter: 'strict', mc_forwarding: false, proxy_neigh: true },
  { family: 'inet', interface: 'all', forwarding: false, rp_filter: 'loose', proxy_neigh: false },
  { family: 'inet6', interface: 'all', forwarding: false, mc_forwarding: false, proxy_neigh: true },
  { family: 'mpls', interface: 'br0', input: true },
]);

test('the kernel’s own list becomes the lines of collect.sh', () => {
  expect(settingsOfNetconf(NETCONF)).toEqual([
    'ipv4 forwarding 1 br0',
    'ipv4 rp_filter 1 br0',
    'ipv4 proxy_arp 1 br0',
    'ipv4 forwarding 0 all',
    'ipv4 rp_filter 2 all',
    'ipv4 proxy_arp 0 all',
    'ipv6 forwarding 0 all',
  ]);
});

test('what is not there is left out, so that nobody takes it for off', () => {
  const sparse = '[{"family":"inet","interface":"eth0","forwarding":true,"rp_filter":"unheard of"}]';
  expect(settingsOfNetconf(sparse)).toEqual(['ipv4 forwarding 1 eth0']);
});

test.each(['', 'inet eth0 forwarding on', '{}', '[{', 'null'])('%j is no list', (text) => {
  expect(settingsOfNetconf(text)).toBeUndefined();
});

test('whatever it says, the lines are understood', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.constantFrom('family', 'interface', 'forwarding', 'rp_filter'), fc.anything())),
      (list) => {
        const lines = settingsOfNetconf(JSON.stringify(list)) ?? [];
        const named = lines.filter((line) => /^\S+ \S+ \d \S+$/.test(line));
        expect(parseSettings(named.join('\n')).troubles).toEqual([]);
      },
    ),
  );
});

test.each([
  ['0\n1\n', 2, ['0', '1']],
  ['0\n', 2, undefined],
  ['0\n1\n2\n', 2, undefined],
  ['cat: no such file\n', 1, undefined],
  ['', 1, undefined],
] as const)('%j as %i numbers', (text, count, numbers) => {
  expect(numbersOf(text, count)).toEqual(numbers);
});

test('links that neighbours ask: those with an address first, pods’ own not at all', () => {
  const links = [
    { ifname: 'lo', addr_info: [{ family: 'inet' }] },
    { ifname: 'bond0', addr_info: [] },
    { ifname: 'cali1', linkinfo: { info_kind: 'veth' }, addr_info: [{ family: 'inet6' }] },
    { ifname: 'eth0', linkinfo: { info_kind: 'veth' }, addr_info: [{ family: 'inet' }] },
  ];
  expect(linksToAsk(JSON.stringify(links))).toEqual(['eth0', 'bond0']);
  expect(linksToAsk('no JSON')).toEqual([]);
  expect(linksToAsk('[null, 3]')).toEqual([]);
});
