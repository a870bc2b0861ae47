import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { World } from '../world/world.ts';
import { makeCertificate, type LabCertificate } from './certificate.ts';
import { CloudFront } from './cloud.ts';
import { Ec2Api } from './ec2/server.ts';
import { serve, type Desk } from './exchange.ts';
import { GitHubApi } from './github/server.ts';
import { Identities } from './identities.ts';
import { ExecDoor } from './kube/exec.ts';
import { KubernetesApi } from './kube/server.ts';
import type { LabOptions, LabRequest } from './options.ts';
import { makeProxy } from './proxy.ts';
import { QuotasApi } from './quotas.ts';
import { StsApi } from './sts.ts';

export type { LabOptions, LabRequest, LabService } from './options.ts';

export interface Lab {
  /**
   * What a process needs to reach the lab's clouds, and nothing of the developer's own: AWS with static keys; Compute
   * Engine with the credentials file that google-github-actions/auth leaves behind; Azure with a client secret.
   */
  env: Record<string, string>;
  /** The same with a web identity instead of keys and secrets, as a workflow with OIDC has it. */
  webIdentityEnv: Record<string, string>;
  /** Path of a kubeconfig file for the lab's cluster. */
  kubeconfig: string;
  kubeconfigText: string;
  /** The CA of the Kubernetes server, for clients that are to be tried without the kubeconfig. */
  caPem: string;
  urls: {
    ec2: string;
    sts: string;
    /** Service Quotas. */
    quotas: string;
    kubernetes: string;
    /** Compute Engine, Azure and their tokens. */
    cloud: string;
    /** As GITHUB_API_URL names it. */
    github: string;
    /** Only with the option `proxy`: a value for HTTPS_PROXY. */
    proxy?: string;
  };
  /** Inputs of the action that lead to the lab: endpoints that no variable can name, and the job's token. */
  inputs: Record<string, string>;
  /** A folder with a stand-in `az` that has a session, as azure/login leaves it; to be put in PATH. */
  azCliPath: string;
  /** The bearer token in the kubeconfig. */
  token: string;
  requests(): LabRequest[];
  /** Where clients went through the proxy, as in `CONNECT 127.0.0.1:8443`; empty without one. */
  proxied(): string[];
  /** The world that is served: what is changed here is answered from the next request on. */
  world: World;
  stop(): Promise<void>;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function kubeconfigOf(url: string, token: string, { caPem }: LabCertificate): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: lab
    cluster:
      server: ${url}
      certificate-authority-data: ${Buffer.from(caPem).toString('base64')}
users:
  - name: pod-route-check
    user:
      token: ${token}
contexts:
  - name: lab
    context:
      cluster: lab
      user: pod-route-check
current-context: lab
`;
}

/** Without a repository the runner's own values stay, behind which nothing answers. */
function githubEnv({ github }: World, url: string): Record<string, string> {
  if (github === undefined) return {};
  const { owner, repo } = github;
  return {
    GITHUB_API_URL: url,
    GITHUB_GRAPHQL_URL: `${url}/graphql`,
    GITHUB_REPOSITORY: `${owner}/${repo}`,
    GITHUB_REPOSITORY_OWNER: owner,
  };
}

/** Serves a world on loopback ports of its own until it is stopped. */
export async function startLab(world: World, options: LabOptions = {}): Promise<Lab> {
  const desk: Desk = { world, options, requests: [], answers: 0 };
  const identities = new Identities(world, () => options.expiredToken === true || options.expiredToken === 'aws');
  const token = `lab-${randomBytes(24).toString('base64url')}`;
  const certificate = makeCertificate();
  const tls = { cert: certificate.certPem, key: certificate.keyPem };
  // Services refuse options that they cannot honour, so all are made before the first one listens.
  const ec2Server = createHttpServer(serve(new Ec2Api(desk, identities), desk));
  const stsServer = createHttpServer(serve(new StsApi(desk, identities), desk));
  const quotasServer = createHttpServer(serve(new QuotasApi(desk, identities), desk));
  const kube = new KubernetesApi(desk, token);
  const kubeServer = createHttpsServer(tls, serve(kube, desk));
  const exec = new ExecDoor(desk, (request) => kube.admitStream(request));
  kubeServer.on('upgrade', (request, socket, head: Buffer) => {
    exec.upgrade(request, socket, head);
  });
  const github = new GitHubApi(desk);
  const githubServer = createHttpServer(serve(github, desk));
  const front = new CloudFront(desk);
  const cloudServer = createHttpsServer(tls, front.listener);
  const servers: Server[] = [ec2Server, stsServer, quotasServer, kubeServer, githubServer, cloudServer];
  const ec2 = `http://127.0.0.1:${await listen(ec2Server)}`;
  const sts = `http://127.0.0.1:${await listen(stsServer)}`;
  const quotas = `http://127.0.0.1:${await listen(quotasServer)}`;
  const kubernetes = `https://127.0.0.1:${await listen(kubeServer)}`;
  const githubUrl = `http://127.0.0.1:${await listen(githubServer)}`;
  const proxy =
    options.proxy === undefined || options.proxy === false ? undefined : makeProxy(options.proxy === 'refuse');
  const cloud = `https://127.0.0.1:${await listen(cloudServer)}`;
  if (proxy !== undefined) servers.push(proxy.server);
  const proxyUrl = proxy === undefined ? undefined : `http://127.0.0.1:${await listen(proxy.server)}`;

  const folder = await mkdtemp(join(tmpdir(), 'pod-route-check-lab-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const kubeconfigText = kubeconfigOf(kubernetes, token, certificate);
  await writeFile(kubeconfig, kubeconfigText, { mode: 0o600 });
  const tokenFile = join(folder, 'web-identity-token');
  await writeFile(tokenFile, identities.webIdentityToken, { mode: 0o600 });

  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, certificate.caPem);
  const access = await front.writeAccess(folder, cloud);
  const azCliPath = await front.writeAzureCli(folder);

  const common = {
    NODE_EXTRA_CA_CERTS: caFile,
    AWS_ENDPOINT_URL_EC2: ec2,
    AWS_ENDPOINT_URL_STS: sts,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas,
    AWS_REGION: world.aws[0]?.region ?? 'us-east-1',
    // Keep a developer's own profiles and instance metadata out of it.
    AWS_CONFIG_FILE: join(folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...githubEnv(world, githubUrl),
  };
  const { accessKeyId, secretAccessKey, accountId } = identities.user;
  return {
    env: { ...common, ...access.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    webIdentityEnv: {
      ...common,
      ...access.webIdentityEnv,
      AWS_ROLE_ARN: `arn:aws:iam::${accountId}:role/pod-route-check`,
      AWS_ROLE_SESSION_NAME: 'lab',
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    },
    kubeconfig,
    kubeconfigText,
    caPem: certificate.caPem,
    urls: {
      ec2,
      sts,
      quotas,
      kubernetes,
      cloud,
      github: githubUrl,
      ...(proxyUrl !== undefined && { proxy: proxyUrl }),
    },
    inputs: { ...access.inputs, ...(world.github !== undefined && { 'github-token': github.access.token }) },
    azCliPath,
    token,
    requests: () => [...desk.requests],
    proxied: () => [...(proxy?.passed ?? [])],
    world,
    async stop() {
      proxy?.destroyTunnels();
      exec.close();
      await Promise.all(servers.map(close));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
