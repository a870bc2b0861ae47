/**
 * Where the way to the API server is written down. Found and checked for form before the Kubernetes client is loaded,
 * so nothing heavy is imported here.
 */
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigError } from '../model/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One kubeconfig; relative paths inside it count from the folder of `path`. */
export interface KubeconfigText {
  readonly path?: string;
  readonly text: string;
}

export type Location =
  /** The first text that says something wins, as with kubectl. `origin` is for people. */
  | { readonly kind: 'kubeconfig'; readonly origin: string; readonly texts: readonly KubeconfigText[] }
  /** `folder` holds token, ca.crt and namespace. */
  | { readonly kind: 'service-account'; readonly server: string; readonly folder: string };

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface LocateOptions {
  /** Path or content. */
  readonly kubeconfig?: string | undefined;
  readonly env: Environment;
  /** Where a pod finds its service account. */
  readonly serviceAccount?: string;
}

/** In this order: the input, KUBECONFIG, ~/.kube/config, the pod's own service account. Empty counts as unset. */
export async function locateKubeconfig(options: LocateOptions): Promise<Location | ConfigError> {
  const { env } = options;
  const input = options.kubeconfig ?? '';
  if (input.trim() !== '') {
    if (isContent(input)) return toLocation('input kubeconfig', [{ text: input }]);
    const path = expandHome(input.trim(), env);
    const read = await readText(path);
    return read instanceof ConfigError ? read : toLocation(`input kubeconfig (${path})`, [read]);
  }
  const paths = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (paths.length > 0) return locateFiles(paths);
  const home = homeOf(env);
  const usual = home === undefined ? undefined : join(home, '.kube', 'config');
  if (usual !== undefined && (await exists(usual))) {
    const read = await readText(usual);
    return read instanceof ConfigError ? read : toLocation(usual, [read]);
  }
  return (await locateServiceAccount(options)) ?? nothingFound(usual);
}

/** A value with a line break or with the marks of YAML or JSON is the kubeconfig itself, anything else a path. */
function isContent(value: string): boolean {
  return /\n|apiVersion:|\{/.test(value.trim());
}

/** As kubectl: files of the list that do not exist are passed over, as long as one does. */
async function locateFiles(paths: readonly string[]): Promise<Location | ConfigError> {
  const texts: KubeconfigText[] = [];
  for (const path of paths) {
    if (!(await exists(path))) continue;
    const read = await readText(path);
    if (read instanceof ConfigError) return read;
    const trouble = kubeconfigTrouble(read.text);
    if (trouble !== undefined) return malformed(path, trouble);
    texts.push(read);
  }
  if (texts.length > 0) return { kind: 'kubeconfig', origin: `KUBECONFIG (${paths.join(', ')})`, texts };
  return new ConfigError(`KUBECONFIG names ${paths.join(', ')}, and no such file exists.`, {
    hint: 'Run the step that writes the kubeconfig before this one, or set the input kubeconfig.',
    docs: 'kubeconfig',
  });
}

async function locateServiceAccount(options: LocateOptions): Promise<Location | undefined> {
  const { env, serviceAccount: folder = SERVICE_ACCOUNT } = options;
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  if (host === '' || !(await exists(join(folder, 'token')))) return undefined;
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port === '' ? '443' : port}`;
  return { kind: 'service-account', server, folder };
}

function toLocation(origin: string, texts: readonly KubeconfigText[]): Location | ConfigError {
  for (const { text } of texts) {
    const trouble = kubeconfigTrouble(text);
    if (trouble !== undefined) return malformed(origin, trouble);
  }
  return { kind: 'kubeconfig', origin, texts };
}

/**
 * What is wrong with the form of a kubeconfig, as the end of a sentence; undefined: nothing that shows without a YAML
 * parser. Never holds a part of the text.
 */
export function kubeconfigTrouble(text: string): string | undefined {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return 'is empty';
  if (/^[A-Za-z0-9+/=\s]+$/.test(body)) {
    const decoded = Buffer.from(body, 'base64').toString('utf8');
    if (/\b(apiVersion|clusters)\b/.test(decoded)) return 'is base64 and has to be decoded first';
  }
  if (body.startsWith('<')) return 'is an HTML or XML page';
  // One of them is enough: with several files, one may hold the users and another one the clusters.
  if (/(^|[\s{,])["']?(clusters|contexts|users)["']?\s*:/.test(body)) return undefined;
  return 'names neither clusters nor contexts nor users';
}

async function readText(path: string): Promise<KubeconfigText | ConfigError> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'an error';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    return new ConfigError(`The kubeconfig ${quote(path)} ${why}.`, {
      hint: 'Give the path of a kubeconfig file that an earlier step wrote, or its whole content.',
      docs: 'kubeconfig',
      cause,
    });
  }
}

// What was meant as content may have ended up here, so only a part of it is shown.
function quote(path: string): string {
  return `"${path.length > 120 ? `${path.slice(0, 40)}...` : path}"`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function expandHome(path: string, env: Environment): string {
  const home = homeOf(env);
  return home !== undefined && /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
}

function homeOf(env: Environment): string | undefined {
  return [env['HOME'], env['USERPROFILE']].find((home) => home !== undefined && home !== '');
}

function malformed(origin: string, trouble: string): ConfigError {
  return new ConfigError(`The kubeconfig from ${origin} ${trouble}.`, {
    hint: 'A kubeconfig is YAML with clusters, users and contexts, as `kubectl config view --raw` prints it.',
    docs: 'kubeconfig',
  });
}

function nothingFound(usual: string | undefined): ConfigError {
  const places = ['KUBECONFIG is not set', ...(usual === undefined ? [] : [`${usual} does not exist`])];
  const found = `The input kubeconfig is not set, ${places.join(', ')}, and this is no pod with a service account.`;
  return new ConfigError(found, {
    hint: 'Set the input kubeconfig, or write a kubeconfig in an earlier step, for example with `aws eks update-kubeconfig --name <cluster>`.',
    docs: 'kubeconfig',
  });
}
