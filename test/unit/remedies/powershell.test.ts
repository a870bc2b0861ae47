import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HostChange } from '../../../src/model/host-change.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { powershellLiteral, powershellWord } from '../../../src/remedies/powershell-word.ts';
import { HOSTILE } from '../../support/shell.ts';

const on = { node: 'win-1', os: 'windows' } as const;
const to = { prefix: '10.244.2.0/24', gateway: '192.168.1.2', device: 'vEthernet (Ethernet)' };
const AT = "-DestinationPrefix '10.244.2.0/24' -InterfaceAlias 'vEthernet (Ethernet)' -NextHop";

const CASES: readonly (readonly [string, HostChange, readonly string[]])[] = [
  ['a route', { ...on, kind: 'set-host-route', route: to }, [`New-NetRoute ${AT} '192.168.1.2'`]],
  [
    'a route in the place of another, which has to go first',
    {
      ...on,
      kind: 'set-host-route',
      route: { ...to, metric: 250 },
      instead: { ...to, gateway: '192.168.1.77', metric: 250 },
    },
    [`Remove-NetRoute ${AT} '192.168.1.77' -Confirm:$false`, `New-NetRoute ${AT} '192.168.1.2' -RouteMetric 250`],
  ],
  [
    'a route that must not outlive a restart',
    { ...on, kind: 'set-host-route', route: to, keeper: 'flannel' },
    [
      `New-NetRoute ${AT} '192.168.1.2' -PolicyStore ActiveStore`,
      '# Not to be kept over a restart: such routes are the work of flannel, and this only stands in.',
    ],
  ],
  [
    'a supernet on the link',
    { ...on, kind: 'set-host-route', route: { prefix: 'fd00::/48', device: 'Ethernet' } },
    ["New-NetRoute -DestinationPrefix 'fd00::/48' -InterfaceAlias 'Ethernet' -NextHop '::'"],
  ],
  [
    'a route off',
    { ...on, kind: 'delete-host-route', route: to },
    [`Remove-NetRoute ${AT} '192.168.1.2' -Confirm:$false`],
  ],
  [
    'all routes for a prefix off',
    { ...on, kind: 'delete-host-route', route: { prefix: to.prefix } },
    ["Remove-NetRoute -DestinationPrefix '10.244.2.0/24' -Confirm:$false"],
  ],
  [
    'forwarding of two links',
    { ...on, kind: 'set-host-forwarding', family: 4, all: true, devices: ['Ethernet', 'vEthernet (cbr0_ep)'] },
    ['Ethernet', 'vEthernet (cbr0_ep)'].flatMap((alias) => [
      `Set-NetIPInterface -InterfaceAlias '${alias}' -AddressFamily IPv4 -Forwarding Enabled`,
      '# Whether a restart keeps it:',
      `Get-NetIPInterface -InterfaceAlias '${alias}' -AddressFamily IPv4 -PolicyStore PersistentStore | Select-Object InterfaceAlias, Forwarding`,
    ]),
  ],
];

test.each(CASES)('%s', (_, change, expected) => {
  const { ip, powershell } = remediesFor([], [change, change]);
  expect(powershell[0]).toBe('# On win-1, in PowerShell as administrator:');
  expect(powershell.slice(1)).toEqual([...new Set(expected)]);
  expect(ip).toEqual([]);
});

test('what Windows has not is nothing to type', () => {
  const { powershell } = remediesFor([], [{ ...on, kind: 'set-rp-filter', level: 0, all: true, devices: ['x'] }]);
  expect(powershell).toEqual([]);
});

/** What PowerShell makes of such a word: text in quotes, and characters by their code. */
function read(word: string): string {
  const parts = word.startsWith('(') ? word.slice(1, -1) : word;
  const PART =
    /(?:'((?:[^'‘’‚‛]|['‘’‚‛]{2})*)'|\[char\]0x([0-9a-f]+)|\[char\]::ConvertFromUtf32\(0x([0-9a-f]+)\))(?: \+ |$)/gy;
  let text = '';
  let end = 0;
  for (const match of parts.matchAll(PART)) {
    const [all, quoted, short, long] = match;
    text += quoted?.replaceAll(/(['‘’‚‛])./g, '$1') ?? String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16));
    end = match.index + all.length;
  }
  expect(end).toBe(parts.length);
  return text;
}

test.each([...HOSTILE, "‘smart’ ‚quotes‛ and 'plain'", '$env:PATH $(whoami) `n', "'; Stop-Computer; '"])(
  '%j stays one text',
  (text) => {
    const word = powershellWord(text);
    expect(word).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(read(word)).toBe(text);
  },
);

test('so does any other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(read(powershellWord(text))).toBe(text);
    }),
  );
});

test('a pattern stands for itself', () => {
  expect(powershellLiteral('vEthernet [1] *?`')).toBe("'vEthernet `[1`] `*`?``'");
  const route = { ...to, device: 'Ethernet*' };
  const { powershell } = remediesFor([], [{ ...on, kind: 'set-host-route', route, instead: route }]);
  expect(powershell[1]).toContain("-InterfaceAlias 'Ethernet`*'");
  // A new route takes no pattern.
  expect(powershell[2]).toContain("-InterfaceAlias 'Ethernet*'");
});
