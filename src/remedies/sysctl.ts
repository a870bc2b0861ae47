/** Settings of the Linux kernel: set now, and kept in /etc/sysctl.d. */
import type { HostChange } from '../model/host-change.ts';
import { shellComment, shellWord } from './shell.ts';

/** One file below /proc/sys/net, as its path. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: number;
}

/** Read in the order of their names, the last word counts; on many systems /etc/sysctl.conf comes as 99-sysctl.conf. */
const FILE = '/etc/sysctl.d/99-pod-routes.conf';
/** A name in which neither sysctl nor its files find anything but a name. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/;

export function settingsOf(change: HostChange): Setting[] {
  switch (change.kind) {
    case 'set-host-forwarding':
      if (change.family === 6) return [{ path: ['ipv6', 'conf', 'all', 'forwarding'], value: 1 }];
      return [
        ...(change.all ? [{ path: ['ipv4', 'ip_forward'], value: 1 }] : []),
        ...change.devices.map((device) => ({ path: ['ipv4', 'conf', device, 'forwarding'], value: 1 })),
      ];
    case 'set-rp-filter': {
      const links = [...(change.all ? ['all'] : []), ...change.devices];
      return links.map((link) => ({ path: ['ipv4', 'conf', link, 'rp_filter'], value: change.level }));
    }
    case 'restart-agent':
    case 'set-host-route':
    case 'delete-host-route':
      return [];
  }
}

/** A link may be called anything but a path; where sysctl would read something into the name, the file is written. */
export function setNow(settings: readonly Setting[]): string[] {
  const plain = settings.filter(isPlain).map(wordOf);
  const odd = settings.filter((setting) => !isPlain(setting));
  return [...(plain.length === 0 ? [] : [`sysctl -w ${plain.join(' ')}`]), ...odd.map(writeFile)];
}

function writeFile({ path, value }: Setting): string {
  const isPath = path.some((part) => part.includes('/') || /^\.*$/.test(part));
  if (isPath) return shellComment(`No link can have this name: ${path.join(' ')}`);
  return `echo ${String(value)} > ${shellWord(`/proc/sys/net/${path.join('/')}`)}`;
}

export function keepSettings(settings: readonly Setting[]): string[] {
  const lines = [...new Set(settings.filter(isPlain).map(wordOf))];
  if (lines.length === 0) return [];
  const names = [...new Set(settings.map(({ path }) => path.at(-1) ?? ''))];
  return [
    shellComment('To keep it over a restart, too:'),
    `printf '%s\\n' ${lines.join(' ')} >> ${FILE}`,
    shellComment('What is read later wins, so see that nothing there says otherwise:'),
    `grep -rE ${shellWord(names.join('|'))} /etc/sysctl.d /etc/sysctl.conf`,
    ...(settings.some(({ path }) => path[0] === 'ipv6') ? [shellComment(ADVERTISED)] : []),
  ];
}

/** Linux, Documentation/networking/ip-sysctl.rst: with forwarding on, accept_ra 1 is as good as 0. */
const ADVERTISED = 'A link that takes its address or routes from router advertisements needs accept_ra=2 from now on.';

/** With slashes from the start, a dot in a link's name (`eth0.100`) is part of the name: sysctl(8), sysctl.d(5). */
function wordOf({ path, value }: Setting): string {
  const hasDot = path.some((part) => part.includes('.'));
  return shellWord(`${['net', ...path].join(hasDot ? '/' : '.')}=${String(value)}`);
}

function isPlain({ path }: Setting): boolean {
  return path.every((part) => PLAIN.test(part));
}
