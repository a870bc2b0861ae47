/** What the network agents' own configuration says. Pure. */
import { parsePrefix } from '../model/prefix.ts';
import type { CalicoPool, CiliumConfig, FlannelConfig } from '../model/snapshot.ts';

type Data = Readonly<Record<string, string>>;

/** The key of a ConfigMap under which flannel finds its configuration. */
export const NET_CONF = 'net-conf.json';

/**
 * flannel's `net-conf.json`, read as flannel reads it: keys in any case (Go's encoding/json), IPv4 on unless switched
 * off, and `udp` where there is no Backend at all (flannel, pkg/subnet/config.go). Undefined: flannel would not take it.
 */
export function parseNetConf(text: string, source: string): FlannelConfig | undefined {
  const conf = parseObject(text);
  if (conf === undefined) return undefined;
  const networks = [
    ...(valueOf(conf, 'EnableIPv4') === false ? [] : [valueOf(conf, 'Network')]),
    ...(valueOf(conf, 'EnableIPv6') === true ? [valueOf(conf, 'IPv6Network')] : []),
  ];
  const backend = valueOf(conf, 'Backend');
  const written = isObject(backend) ? valueOf(backend, 'Type') : undefined;
  const type = typeof written === 'string' ? written.toLowerCase() : '';
  return {
    source,
    networks: networks.flatMap((network) => canonicalNetwork(network) ?? []),
    // flannel looks backends up in lower case, so that is what the word means.
    backendType: backend === undefined ? 'udp' : type,
    directRouting: isObject(backend) && valueOf(backend, 'DirectRouting') === true,
  };
}

function canonicalNetwork(value: unknown): string | undefined {
  return typeof value === 'string' ? parsePrefix(value)?.text : undefined;
}

/** The ConfigMap `cilium-config`. Absent keys mean Cilium's own defaults; before 1.14 `tunnel: disabled` said native. */
export function parseCiliumConfig(data: Data, source: string): CiliumConfig {
  const legacy = data['tunnel'] === 'disabled' ? 'native' : 'tunnel';
  return {
    source,
    routingMode: data['routing-mode'] ?? legacy,
    ipam: data['ipam'] ?? 'cluster-pool',
    autoDirectNodeRoutes: data['auto-direct-node-routes'] === 'true',
  };
}

/** A list of IPPools (crd.projectcalico.org/v1), sorted by name. Absent modes are `Never`. */
export function parseCalicoPools(list: unknown): CalicoPool[] | undefined {
  const items = isObject(list) ? list['items'] : undefined;
  if (!Array.isArray(items)) return undefined;
  const pools = items.filter(isObject).flatMap((pool) => {
    const { metadata, spec } = pool;
    if (!isObject(metadata) || !isObject(spec) || typeof metadata['name'] !== 'string') return [];
    const text = (key: string, otherwise: string): string => {
      const value = spec[key];
      return typeof value === 'string' && value !== '' ? value : otherwise;
    };
    return {
      name: metadata['name'],
      cidr: parsePrefix(text('cidr', ''))?.text ?? text('cidr', ''),
      ipipMode: text('ipipMode', 'Never'),
      vxlanMode: text('vxlanMode', 'Never'),
      disabled: spec['disabled'] === true,
    };
  });
  return pools.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Go fills a field from every key that equals its name without case, one after the other: the last one stays. */
function valueOf(object: Record<string, unknown>, field: string): unknown {
  const folded = field.toLowerCase();
  return Object.entries(object)
    .filter(([key]) => key.toLowerCase() === folded)
    .at(-1)?.[1];
}
