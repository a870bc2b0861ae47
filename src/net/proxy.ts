/** The proxy that the environment names for a server, as Go's clients find it. Pure. */
import { parseAddress, parsePrefix, containsAddress } from '../model/prefix.ts';

/** As far as it names proxies; an empty value counts as unset. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * HTTPS_PROXY or HTTP_PROXY by the server's scheme, in either case, unless NO_PROXY covers the host. Undefined: none.
 * The machine itself is never reached through a proxy (golang.org/x/net/http/httpproxy).
 */
export function decideProxy(server: string, env: ProxyEnvironment): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const proxy = protocol === 'https:' ? setting(env, 'https_proxy') : setting(env, 'http_proxy');
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return undefined;
  const entries = (setting(env, 'no_proxy') ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (entries.some((entry) => covers(entry, host, usedPort))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function setting(env: ProxyEnvironment, name: string): string | undefined {
  return [env[name], env[name.toUpperCase()]].find((value) => value !== undefined && value.trim() !== '')?.trim();
}

/** An entry is `*`, an address, a prefix, or a name that also stands for all names below it; any but a prefix with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const address = parseAddress(host);
  const prefix = parsePrefix(entry);
  if (prefix !== undefined) return address !== undefined && containsAddress(prefix, address);
  const whole = parseAddress(entry);
  const [, named, wantedPort] = whole === undefined ? (/^\[?(.+?)\]?(?::(\d+))?$/.exec(entry) ?? []) : [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const name = (named ?? entry).replace(/^\*/, '');
  const wanted = whole ?? parseAddress(name);
  if (wanted !== undefined || address !== undefined) return wanted !== undefined && wanted.text === address?.text;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}
