/** Kubeconfig texts -> the one cluster and user to talk to, chosen as kubectl chooses. */
import { dirname, isAbsolute, join } from 'node:path';
import { KubeConfig, loadYaml } from '@kubernetes/client-node';
import { ConfigError } from '../model/errors.ts';
import type { KubeconfigText, Location } from './locate.ts';

/** A configuration whose current context names a cluster and, unless anonymous, a user that are both there. */
export function parseLocation(location: Location, context: string | undefined): KubeConfig | ConfigError {
  if (location.kind === 'service-account') return fromServiceAccount(location.server, location.folder);
  const parsed: KubeConfig[] = [];
  for (const text of location.texts) {
    const config = parseText(text, location.origin);
    if (config instanceof ConfigError) return config;
    parsed.push(config);
  }
  return chooseContext(merge(parsed), context, location.origin);
}

/** As client-go: the token is read again when it may have been rotated. */
function fromServiceAccount(server: string, folder: string): KubeConfig {
  const config = new KubeConfig();
  const tokenFile = join(folder, 'token');
  config.loadFromOptions({
    clusters: [{ name: 'pod', server, caFile: join(folder, 'ca.crt'), skipTLSVerify: false }],
    users: [{ name: 'pod', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [{ name: 'pod', cluster: 'pod', user: 'pod' }],
    currentContext: 'pod',
  });
  return config;
}

function parseText({ text, path }: KubeconfigText, origin: string): KubeConfig | ConfigError {
  const config = new KubeConfig();
  try {
    const raw: unknown = loadYaml(text);
    if (!isObject(raw)) return unusable(path ?? origin, 'is no YAML mapping');
    config.loadFromString(JSON.stringify(withUserFiles(raw, path)));
  } catch (error) {
    return unusable(path ?? origin, yamlTrouble(error));
  }
  if (path !== undefined) config.makePathsAbsolute(dirname(path));
  return config;
}

/**
 * What the client does not do itself: `tokenFile`, which it does not know, and paths of tokens and commands relative
 * to the file, which it takes from the working directory.
 */
function withUserFiles(raw: Record<string, unknown>, path: string | undefined): Record<string, unknown> {
  const { users } = raw;
  if (!Array.isArray(users)) return raw;
  const absolute = (file: string): string =>
    path === undefined || isAbsolute(file) ? file : join(dirname(path), file);
  const mended = users.map((entry: unknown) => {
    if (!isObject(entry) || !isObject(entry['user'])) return entry;
    const { tokenFile, exec, ...user } = entry['user'];
    const isNamed = typeof tokenFile === 'string' && tokenFile !== '';
    const command = isObject(exec) ? exec['command'] : undefined;
    // A bare name is looked up in PATH.
    const isPath = typeof command === 'string' && /[/\\]/.test(command);
    return {
      ...entry,
      user: {
        ...user,
        ...(isNamed ? { 'auth-provider': { name: 'tokenFile', config: { tokenFile: absolute(tokenFile) } } } : {}),
        ...(isObject(exec) ? { exec: isPath ? { ...exec, command: absolute(command) } : exec } : {}),
      },
    };
  });
  return { ...raw, users: mended };
}

/** kubectl's rule for several files: the first one to name something wins. */
function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  const current = configs
    .map((config) => config.getCurrentContext())
    .find((name) => typeof name === 'string' && name !== '');
  merged.loadFromOptions({
    clusters: firstOfName(configs.flatMap((config) => config.getClusters())),
    users: firstOfName(configs.flatMap((config) => config.getUsers())),
    contexts: firstOfName(configs.flatMap((config) => config.getContexts())),
    currentContext: current ?? '',
  });
  return merged;
}

function firstOfName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

function chooseContext(config: KubeConfig, wanted: string | undefined, origin: string): KubeConfig | ConfigError {
  const known = config.getContexts().map(({ name }) => name);
  const [only] = known;
  const current = config.getCurrentContext();
  const fallback = current === '' && known.length === 1 && only !== undefined ? only : current;
  const isWanted = wanted !== undefined && wanted !== '';
  const name = isWanted ? wanted : fallback;
  if (name === '') return new ConfigError(`The kubeconfig from ${origin} has no current context.`, contextHint(known));
  config.setCurrentContext(name);
  const context = config.getContextObject(name);
  if (context === null) {
    const whose = isWanted ? 'The input context' : 'current-context';
    return new ConfigError(
      `${whose} names "${name}", which the kubeconfig from ${origin} does not have.`,
      contextHint(known, name),
    );
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) return dangling(name, 'cluster', context.cluster);
  if (context.user && config.getCurrentUser() === null) return dangling(name, 'user', context.user);
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server)) {
    return unusable(origin, `gives cluster "${cluster.name}" a server that is no http or https URL`);
  }
  const { username, password } = new URL(cluster.server);
  if (username !== '' || password !== '') {
    return unusable(origin, `has a user name or password in the server URL of cluster "${cluster.name}"`);
  }
  return config;
}

function contextHint(known: readonly string[], wanted?: string): { hint: string; docs: string } {
  const near = wanted === undefined ? undefined : nearest(wanted, known);
  const suggestion = near === undefined ? '' : `Did you mean "${near}"? `;
  const list =
    known.length === 0 ? 'It has no contexts at all.' : `Set the input context to one of: ${known.join(', ')}.`;
  return { hint: `${suggestion}${list}`, docs: 'kubeconfig' };
}

/** Context names share long beginnings (accounts, projects), so the likeness of letter pairs tells more than slips do. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const likeness = known.map((candidate) => ({
    candidate,
    value: pairLikeness(word.toLowerCase(), candidate.toLowerCase()),
  }));
  return likeness.filter(({ value }) => value >= 0.4).sort((a, b) => b.value - a.value)[0]?.candidate;
}

function pairLikeness(a: string, b: string): number {
  const pairs = (text: string): Set<string> =>
    new Set(Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2)));
  if (a.length < 2 || b.length < 2) return a === b ? 1 : 0;
  const [left, right] = [pairs(a), pairs(b)];
  const common = [...left].filter((pair) => right.has(pair)).length;
  return (2 * common) / (left.size + right.size);
}

function dangling(context: string, kind: string, name: string): ConfigError {
  return new ConfigError(`Context "${context}" names the ${kind} "${name}", which the kubeconfig does not have.`, {
    hint: 'Write the kubeconfig anew; `kubectl config view` shows what it holds.',
    docs: 'kubeconfig',
  });
}

function unusable(origin: string, trouble: string): ConfigError {
  return new ConfigError(`The kubeconfig from ${origin} ${trouble}.`, {
    hint: 'Check it with `kubectl config view`; it has to be a whole kubeconfig with clusters, users and contexts.',
    docs: 'kubeconfig',
  });
}

// A YAML parser's message quotes the lines around the trouble, and those may hold a token.
function yamlTrouble(error: unknown): string {
  if (!isObject(error)) return 'cannot be parsed';
  const { reason, mark, message, code, path } = error;
  if (typeof reason === 'string') {
    const line = isObject(mark) && typeof mark['line'] === 'number' ? ` in line ${String(mark['line'] + 1)}` : '';
    return `is no valid YAML${line}`;
  }
  if (typeof code === 'string' && typeof path === 'string')
    return `names the file ${path}, which cannot be read (${code})`;
  // The client's own words for an incomplete entry hold names of fields only.
  const isOurs = typeof message === 'string' && /^(clusters|users|contexts)\[\d+\]\.[\w.]+ is missing$/.test(message);
  return isOurs ? `is incomplete: ${message}` : 'cannot be parsed';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
