/** All that is ever run on a node by way of a pod: programs that read, with their arguments, and never a shell. */

/** As the kernel allows names (dev_valid_name), but for what is no plain ASCII. */
const LINK = /^(?!\.{1,2}$)[!-.0-~]{1,15}$/;

const CONF4 = '/proc/sys/net/ipv4/conf';

/** What `ip` answers for each section of the bundle, the one first that shows whether the program will do. */
export const IP_READS: readonly (readonly [section: string, command: readonly string[]])[] = [
  ['links', ['ip', '-d', '-j', 'addr', 'show']],
  ['routes4', ['ip', '-j', '-4', 'route', 'show', 'table', 'all']],
  ['routes6', ['ip', '-j', '-6', 'route', 'show', 'table', 'all']],
  ['rules4', ['ip', '-j', '-4', 'rule', 'show']],
  ['rules6', ['ip', '-j', '-6', 'rule', 'show']],
  ['neighbours4', ['ip', '-s', '-j', '-4', 'neigh', 'show']],
  ['neighbours6', ['ip', '-s', '-j', '-6', 'neigh', 'show']],
];

/** The switches of all links, with one call; of arp_ignore it knows nothing. */
export const NETCONF = ['ip', '-j', 'netconf', 'show'] as const;

/** So many links at most: what is longer than some kilobytes does not get past every proxy. */
const MOST_LINKS = 40;

/** `arp_ignore` of these links and of all together; the answers are in this order, one line each. */
export function arpIgnoreOf(links: readonly string[]): {
  readonly names: readonly string[];
  readonly command: readonly string[];
} {
  const names = ['all', 'default', ...links.filter((name) => LINK.test(name)).slice(0, MOST_LINKS)];
  return { names, command: ['cat', ...names.map((name) => `${CONF4}/${name}/arp_ignore`)] };
}

/** For images that have no `ip`: the switches for all links and for new ones, one line each. */
export const BARE_SWITCHES: readonly { readonly settings: readonly string[]; readonly command: readonly string[] }[] = [
  {
    settings: ['ipv4 forwarding VALUE all', 'ipv4 forwarding VALUE default'],
    command: ['cat', `${CONF4}/all/forwarding`, `${CONF4}/default/forwarding`],
  },
  {
    settings: ['ipv6 forwarding VALUE all'],
    command: ['cat', '/proc/sys/net/ipv6/conf/all/forwarding'],
  },
];

/** Whether bridges hand frames to iptables; the file is there with the module br_netfilter only. */
export const BRIDGE = ['cat', '/proc/sys/net/bridge/bridge-nf-call-iptables'] as const;

/** All of nftables, of both kinds of tables. */
export const NFT = ['nft', '-j', 'list', 'ruleset'] as const;

/** iptables of one family. */
export interface Tables {
  /** Of the older kind, as the kernel has them. */
  readonly names: readonly string[];
  readonly legacySave: readonly string[];
  readonly newSave: readonly string[];
  /** Of the kind that `version` names. */
  readonly save: readonly string[];
  readonly version: readonly string[];
}

export function tablesOf(family: 'ip' | 'ip6'): Tables {
  return {
    names: ['cat', `/proc/net/${family}_tables_names`],
    legacySave: [`${family}tables-legacy-save`],
    newSave: [`${family}tables-nft-save`],
    save: [`${family}tables-save`],
    version: [`${family}tables-save`, '-V'],
  };
}
