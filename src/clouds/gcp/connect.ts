/** The typed clients of Compute Engine over one set of credentials, with endpoint and transport settled. */
import { FirewallsClient } from '@google-cloud/compute/build/src/v1/firewalls_client.js';
import { InstanceTemplatesClient } from '@google-cloud/compute/build/src/v1/instance_templates_client.js';
import { InstancesClient } from '@google-cloud/compute/build/src/v1/instances_client.js';
import { RegionNetworkFirewallPoliciesClient } from '@google-cloud/compute/build/src/v1/region_network_firewall_policies_client.js';
import { RoutesClient } from '@google-cloud/compute/build/src/v1/routes_client.js';
import { SubnetworksClient } from '@google-cloud/compute/build/src/v1/subnetworks_client.js';
import { BaseExternalAccountClient, GoogleAuth } from 'google-auth-library';
import type { AuthClient } from 'google-auth-library';
import { ConfigError } from '../../model/errors.ts';
import type { ProxyEnvironment } from '../../net/proxy.ts';
import { decideProxy } from '../../net/proxy.ts';
import type { TransportOutside } from './transport.ts';
import { Transport } from './transport.ts';

/**
 * What the role allows decides; the scope only has to let it through. Tokens of a workload identity without service
 * account are given out for this scope only.
 */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

export interface Clients {
  readonly instances: InstancesClient;
  readonly routes: RoutesClient;
  readonly subnetworks: SubnetworksClient;
  readonly templates: () => InstanceTemplatesClient;
  readonly firewalls: () => FirewallsClient;
  readonly policies: () => RegionNetworkFirewallPoliciesClient;
  /** How a network is named in a parameter, as gcloud does it. */
  readonly networkUrl: (project: string, network: string) => string;
  /** Requests sent so far. */
  readonly sent: () => number;
}

/**
 * Application default credentials: GOOGLE_APPLICATION_CREDENTIALS (as google-github-actions/auth leaves it), gcloud's
 * own file, the metadata server. Throws what the library throws when there are none or no token can be had.
 */
export async function readCredentials(project: string, env: ProxyEnvironment): Promise<AuthClient> {
  // With a project given, the library does not ask the Resource Manager which one the credentials belong to.
  const auth = new GoogleAuth({ scopes: [SCOPE], projectId: project });
  const credentials = await auth.getClient();
  useProxies(credentials, env);
  await credentials.getAccessToken();
  return credentials;
}

/**
 * gaxios (8.3) goes by proxy variables on its own, but takes HTTP_PROXY for https as well, needs a scheme in front of
 * the proxy, knows only part of what NO_PROXY may hold, and does not spare the machine itself.
 */
function useProxies(credentials: AuthClient, env: ProxyEnvironment): void {
  const proxy = decideProxy('https://anywhere.invalid', { ...env, no_proxy: '', NO_PROXY: '' });
  // The exchange of tokens has a client of its own, which no option reaches.
  const isExternal = credentials instanceof BaseExternalAccountClient;
  // eslint-disable-next-line @typescript-eslint/dot-notation -- brackets are the only way to a protected member
  const exchange = isExternal ? [credentials['stsCredential']['transporter']] : [];
  for (const { defaults, interceptors } of [credentials.transporter, ...exchange]) {
    if (proxy !== undefined) defaults.proxy = proxy;
    interceptors.request.add({
      resolved: (options) => {
        const isPastProxy = decideProxy(options.url.href, env) === undefined;
        // An agent without a proxy carries a client certificate.
        if (isPastProxy && typeof options.agent === 'object' && 'proxy' in options.agent) delete options.agent;
        return Promise.resolve(options);
      },
    });
  }
}

/** Throws ConfigError where the endpoint is no URL. */
export function connect(endpoint: string | undefined, project: string, outside: TransportOutside): Clients {
  const transport = new Transport(outside);
  const auth = new GoogleAuth({ authClient: transport, projectId: project });
  const options = {
    auth,
    projectId: project,
    fallback: true,
    universeDomain: transport.universeDomain,
    ...endpointOptions(endpoint),
  };
  return {
    instances: new InstancesClient(options),
    routes: new RoutesClient(options),
    subnetworks: new SubnetworksClient(options),
    // Not every run needs these, and each takes its time to be made.
    templates: once(() => new InstanceTemplatesClient(options)),
    firewalls: once(() => new FirewallsClient(options)),
    policies: once(() => new RegionNetworkFirewallPoliciesClient(options)),
    networkUrl: (owner, network) =>
      `https://www.${transport.universeDomain}/compute/v1/projects/${owner}/global/networks/${network}`,
    sent: () => transport.sent,
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** What paths such as `/compute/v1/projects/p` are put behind. Throws ConfigError where the endpoint is no URL. */
export function originOf(endpoint: string | undefined, universe: string): string {
  const { apiEndpoint = `compute.${universe}`, port, protocol = 'https' } = endpointOptions(endpoint);
  return `${protocol}://${apiEndpoint}${port === undefined ? '' : `:${String(port)}`}`;
}

/** The clients take host, port and protocol apart: `host:port` as one would go to port 443. */
function endpointOptions(endpoint: string | undefined): { apiEndpoint?: string; port?: number; protocol?: string } {
  if (endpoint === undefined) return {};
  if (!URL.canParse(endpoint)) {
    const hint = 'Give a URL such as https://compute-psc.p.googleapis.com.';
    throw new ConfigError(`The input gcp-endpoint is no URL: ${endpoint}.`, { hint });
  }
  const { hostname, port, protocol } = new URL(endpoint);
  const isPlain = protocol === 'http:';
  return {
    apiEndpoint: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? 'http' : 'https',
  };
}
