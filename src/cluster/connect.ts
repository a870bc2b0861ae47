/** From a place to look to clients of the API server there. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import {
  createConfiguration,
  type KubeConfig,
  type RequestContext,
  ServerConfiguration,
} from '@kubernetes/client-node';
import { ConfigError } from '../model/errors.ts';
import { AppsApi, CoreApi, CustomApi, makeGet, makeGetText, NetworkingApi, VersionApi, type GetText } from './api.ts';
import { parseLocation } from './kubeconfig.ts';
import type { Environment, Location } from './locate.ts';
import { decideProxy } from '../net/proxy.ts';
import { CredentialsError } from './trouble.ts';

export interface Connection {
  /** URL of the API server, without credentials. */
  readonly server: string;
  readonly host: string;
  readonly core: CoreApi;
  readonly apps: AppsApi;
  readonly custom: CustomApi;
  readonly networking: NetworkingApi;
  readonly version: VersionApi;
  readonly getText: GetText;
  /**
   * Credentials, certificates and the way through a proxy, for what is no request of the client's. Throws a
   * CredentialsError.
   */
  socketOptions(signal: AbortSignal): Promise<RequestOptions>;
  /** The next request opens a new connection. */
  renew(): void;
}

export interface ConnectOptions {
  readonly context: string | undefined;
  readonly env: Environment;
  /** What a kubeconfig may start for credentials is a program of its author's choice. */
  readonly execPlugins: 'allow' | 'refuse';
  /** Makes the signal that ends one request. */
  readonly timeout: () => AbortSignal;
}

/** Sends nothing yet. */
export function connect(location: Location, options: ConnectOptions): Connection | ConfigError {
  const chosen = parseLocation(location, options.context);
  if (chosen instanceof ConfigError) return chosen;
  const command = commandOf(chosen);
  if (command !== undefined && options.execPlugins === 'refuse') return refusePlugin(command);
  const cluster = chosen.getCurrentCluster();
  if (cluster === null) throw new Error('a chosen context has a cluster');
  adjustCluster(chosen, options.env);
  const door = new Door(chosen, options.timeout);
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: door },
  });
  const getText = makeGetText(configuration);
  const get = makeGet(getText);
  const { protocol, host, pathname } = new URL(cluster.server);
  return {
    server: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`,
    host,
    core: new CoreApi(get),
    apps: new AppsApi(get),
    custom: new CustomApi(get),
    networking: new NetworkingApi(get),
    version: new VersionApi(get),
    getText,
    socketOptions: (signal) => door.socketOptions(signal),
    renew: () => {
      door.renew();
    },
  };
}

function refusePlugin(command: string): ConfigError {
  return new ConfigError(
    `The kubeconfig has ${JSON.stringify(command)} run for credentials, which is refused because this run may have checked out somebody else's files.`,
    {
      hint: 'Use a kubeconfig with a token, or set exec-plugins: allow if neither the kubeconfig nor that program can come from the checkout.',
      docs: 'kubeconfig',
    },
  );
}

/** The client knows no proxy of the environment, and refuses plain http (`kubectl proxy`) without this flag. */
function adjustCluster(config: KubeConfig, env: Environment): void {
  const current = config.getCurrentCluster();
  const clusters = config.getClusters().map((cluster) => {
    if (cluster !== current) return cluster;
    const proxyUrl = cluster.proxyUrl ?? decideProxy(cluster.server, env);
    const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith('http:');
    return { ...cluster, skipTLSVerify, ...(proxyUrl === undefined ? {} : { proxyUrl }) };
  });
  config.clusters = clusters;
}

const USER_AGENT = 'pod-route-check';

/** Puts credentials, the connection and the time limit into every request. */
class Door {
  readonly #config: KubeConfig;
  readonly #timeout: () => AbortSignal;
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  constructor(config: KubeConfig, timeout: () => AbortSignal) {
    this.#config = config;
    this.#timeout = timeout;
  }

  getName(): string {
    return 'kubeconfig';
  }

  renew(): void {
    this.#dispatcher = undefined;
  }

  async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const signal = this.#timeout();
    await this.#authenticate(this.#config.applySecurityAuthentication(context), signal);
    context.setSignal(signal);
    context.setHeaderParam('User-Agent', USER_AGENT);
    // The client makes a new pool for every request, and with it a new TLS handshake.
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }

  async socketOptions(signal: AbortSignal): Promise<RequestOptions> {
    const options: RequestOptions = {};
    await this.#authenticate(this.#config.applyToHTTPSOptions(options), signal);
    const headers = options.headers as OutgoingHttpHeaders | undefined;
    return { ...options, headers: { ...headers, 'User-Agent': USER_AGENT } };
  }

  async #authenticate(work: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await Promise.race([work, rejected(signal)]);
    } catch (cause) {
      throw new CredentialsError(commandOf(this.#config), cause);
    }
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** The command that the user's entry has run for credentials. */
function commandOf(config: KubeConfig): string | undefined {
  const exec: unknown = config.getCurrentUser()?.exec;
  const command = typeof exec === 'object' && exec !== null && 'command' in exec ? exec.command : undefined;
  return typeof command === 'string' ? command : undefined;
}
