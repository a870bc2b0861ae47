/** What the network agents' own configuration says. Pure. */
import { parsePrefix } from '../model/prefix.ts';
import type { AntreaConfig, CalicoPool, CiliumConfig, FlannelConfig, KubeRouterConfig } from '../model/snapshot.ts';

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
  const port = isObject(backend) ? portOf(valueOf(backend, PORT_KEYS[type] ?? 'Port')) : undefined;
  const vni = isObject(backend) ? valueOf(backend, 'VNI') : undefined;
  return {
    source,
    networks: networks.flatMap((network) => canonicalNetwork(network) ?? []),
    // flannel looks backends up in lower case, so that is what the word means.
    backendType: backend === undefined ? 'udp' : type,
    directRouting: isObject(backend) && valueOf(backend, 'DirectRouting') === true,
    ...(port === undefined ? {} : { port }),
    ...(typeof vni === 'number' ? { vni } : {}),
    ...(isObject(backend) && valueOf(backend, 'GBP') === true ? { gbp: true } : {}),
    ...(valueOf(conf, 'EnableIPv4') === false ? { ipv4: false } : {}),
  };
}

/** WireGuard listens, everybody else has a port. */
const PORT_KEYS: Readonly<Record<string, string>> = { wireguard: 'ListenPort' };

/** Absent, 0 and what is no port are the agent's default. */
function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' ? Number(value) : value;
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  return isPort ? port : undefined;
}

export function canonicalNetwork(value: unknown): string | undefined {
  return typeof value === 'string' ? parsePrefix(value)?.text : undefined;
}

/**
 * The ConfigMap `cilium-config`. Absent keys mean Cilium's own defaults. Before 1.14 one key said mode and protocol:
 * `tunnel: vxlan | geneve | disabled`.
 */
export function parseCiliumConfig(data: Data, source: string): CiliumConfig {
  const { tunnel } = data;
  const legacy = tunnel === 'disabled' ? 'native' : 'tunnel';
  const protocol = data['tunnel-protocol'] ?? (tunnel === 'disabled' ? undefined : tunnel);
  const isOn = (key: string): boolean => data[key] === 'true';
  const chaining = data['cni-chaining-mode'] ?? 'none';
  const tunnelPort = portOf(data['tunnel-port']);
  const ipam = data['ipam'] ?? 'cluster-pool';
  const written = ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr'].map((key) => data[key] ?? '').join(' ');
  const pools = written.split(/[\s,]+/).flatMap((text) => canonicalNetwork(text) ?? []);
  return {
    source,
    routingMode: data['routing-mode'] ?? legacy,
    ipam,
    autoDirectNodeRoutes: isOn('auto-direct-node-routes'),
    ...(data['enable-ipv4'] === 'false' ? { ipv4: false } : {}),
    ...(data['enable-ipv6'] === 'false' ? { ipv6: false } : {}),
    ...(protocol === undefined ? {} : { tunnelProtocol: protocol }),
    ...(tunnelPort === undefined ? {} : { tunnelPort }),
    ...(isOn('enable-wireguard') ? { encryption: 'wireguard' } : isOn('enable-ipsec') ? { encryption: 'ipsec' } : {}),
    ...(isOn('enable-bgp-control-plane') ? { bgp: true } : {}),
    ...(chaining === 'none' ? {} : { chaining }),
    ...(ipam === 'cluster-pool' && pools.length > 0 ? { pools } : {}),
  };
}

/** kube-router's flags; absent ones are its defaults. The last of two counts. */
export function parseKubeRouterFlags(flags: readonly string[], source: string): KubeRouterConfig {
  const values = new Map(
    flags.map((flag): [string, string] => {
      const [name = '', value = 'true'] = flag.replace(/^--/, '').split('=');
      return [name, value];
    }),
  );
  const isOn = (name: string): boolean => (values.get(name) ?? 'true') !== 'false';
  const type = values.get('overlay-type') ?? 'subnet';
  return {
    source,
    overlay: !isOn('enable-overlay') ? 'none' : type === 'full' ? 'full' : 'subnet',
    encapsulation: values.get('overlay-encap') ?? 'ipip',
    mesh: isOn('enable-ibgp') && isOn('nodes-full-mesh') && isOn('advertise-pod-cidr'),
  };
}

/** The key of a ConfigMap under which Antrea's agent finds its configuration. */
export const ANTREA_CONF = 'antrea-agent.conf';

/** `antrea-agent.conf`: YAML, of which only top-level words matter here. Commented keys are the defaults. */
export function parseAntreaConf(text: string, source: string): AntreaConfig {
  const word = (key: string): string | undefined =>
    new RegExp(`^${key}:[ \\t]*["']?([\\w.-]+)`, 'm').exec(text)?.[1]?.toLowerCase();
  const tunnelPort = portOf(word('tunnelPort'));
  return {
    source,
    encapMode: word('trafficEncapMode') ?? 'encap',
    tunnelType: word('tunnelType') ?? 'geneve',
    ...(tunnelPort === undefined ? {} : { tunnelPort }),
    encryption: word('trafficEncryptionMode') ?? 'none',
  };
}

/** An IPPool (crd.projectcalico.org/v1). Absent modes are `Never`. */
export function parseCalicoPool(pool: unknown): CalicoPool | undefined {
  const { metadata, spec } = isObject(pool) ? pool : {};
  if (!isObject(metadata) || !isObject(spec) || typeof metadata['name'] !== 'string') return undefined;
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
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Go fills a field from every key that equals its name without case, one after the other: the last one stays. */
function valueOf(object: Record<string, unknown>, field: string): unknown {
  const folded = field.toLowerCase();
  return Object.entries(object)
    .filter(([key]) => key.toLowerCase() === folded)
    .at(-1)?.[1];
}
