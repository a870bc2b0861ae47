/** Switches of the kernel, as commands tell them, in the form that docs/collect/collect.sh writes. Pure. */

const RP_FILTER: Readonly<Record<string, number>> = { off: 0, strict: 1, loose: 2 };

/**
 * `ip -j netconf show`, the kernel's own list of what /proc/sys/net/ipv4/conf and ipv6/conf hold. Undefined: it is no
 * such list.
 */
export function settingsOfNetconf(text: string): string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(list) ? list.flatMap(linesOf) : undefined;
}

function linesOf(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { family, interface: link, ...values } = entry as Readonly<Record<string, unknown>>;
  if (typeof link !== 'string' || (family !== 'inet' && family !== 'inet6')) return [];
  const known = family === 'inet' ? 'ipv4' : 'ipv6';
  const line = (name: string, value: unknown): string[] => {
    const number =
      typeof value === 'string' ? RP_FILTER[value] : typeof value === 'boolean' ? Number(value) : undefined;
    return number === undefined ? [] : [`${known} ${name} ${String(number)} ${link}`];
  };
  const forwarding = line('forwarding', values['forwarding']);
  if (known === 'ipv6') return forwarding;
  // For IPv4 the kernel calls proxy_arp so.
  return [...forwarding, ...line('rp_filter', values['rp_filter']), ...line('proxy_arp', values['proxy_neigh'])];
}

/** `ip -d -j addr show`: links at which neighbours ask for addresses; first those that have one. Pods' own have none. */
export function linksToAsk(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  const links = (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
    const { ifname, addr_info: info, linkinfo } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof ifname !== 'string' || ifname === 'lo') return [];
    const kind = (linkinfo as { readonly info_kind?: unknown } | undefined)?.info_kind;
    const addresses = Array.isArray(info) ? (info as { readonly family?: unknown }[]) : [];
    const hasAddress = addresses.some(({ family }) => family === 'inet');
    return hasAddress || (kind !== 'veth' && kind !== 'netkit') ? [{ name: ifname, hasAddress }] : [];
  });
  const [having = [], lacking = []] = [true, false].map((has) => links.filter(({ hasAddress }) => hasAddress === has));
  return [...having, ...lacking].map(({ name }) => name);
}

/** What `cat` says of several files that hold a number each; undefined: not one line for each of them. */
export function numbersOf(text: string, count: number): readonly string[] | undefined {
  const lines = text.trimEnd().split('\n');
  return lines.length === count && lines.every((line) => /^\d{1,3}$/.test(line)) ? lines : undefined;
}
