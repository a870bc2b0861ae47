import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { request as httpsRequest } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { startLab, type Lab, type LabOptions } from '../../../../lab/servers/index.ts';
import { ec2Cluster, type ClusterOptions } from '../../../../lab/world/ec2-cluster.ts';
import type { World } from '../../../../lab/world/world.ts';

export function smallWorld(options: Partial<ClusterOptions> = {}): World {
  return ec2Cluster({ name: 'served', mode: 'host-gw', nodes: 3, subnets: 2, ...options });
}

/** Runs a test against a lab and stops it whatever happens. */
export async function withLab<T>(world: World, options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await startLab(world, options);
  try {
    return await use(lab);
  } finally {
    await lab.stop();
  }
}

export function ec2Of(lab: Lab, config: EC2ClientConfig = {}): EC2Client {
  return new EC2Client({
    endpoint: lab.urls.ec2,
    region: lab.env['AWS_REGION']!,
    credentials: { accessKeyId: lab.env['AWS_ACCESS_KEY_ID']!, secretAccessKey: lab.env['AWS_SECRET_ACCESS_KEY']! },
    maxAttempts: 1,
    ...config,
  });
}

/** A client whose requests carry other parameters than those that the SDK can make; they are signed all the same. */
export function meddlingEc2(lab: Lab, change: (form: URLSearchParams) => void): EC2Client {
  const client = ec2Of(lab);
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string; headers: Record<string, string> };
      const form = new URLSearchParams(request.body);
      change(form);
      request.body = form.toString();
      request.headers['content-length'] = String(Buffer.byteLength(request.body));
      return next(args);
    },
    // After the SDK has counted the body, before it signs it.
    { step: 'build', priority: 'low', name: 'meddle' },
  );
  return client;
}

/** What the SDK makes of an error answer: its code, the HTTP status, the message. */
export async function refusal(sent: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  try {
    await sent;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { code: name, status: $metadata?.httpStatusCode ?? 0, message };
  }
  throw new Error('expected a refusal');
}

export function kubeOf(lab: Lab): { core: CoreV1Api; apps: AppsV1Api; config: KubeConfig } {
  const config = new KubeConfig();
  config.loadFromFile(lab.kubeconfig);
  return { core: config.makeApiClient(CoreV1Api), apps: config.makeApiClient(AppsV1Api), config };
}

export interface Raw {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
  json: () => Record<string, unknown>;
}

export interface RawOptions {
  method?: string;
  /** Null: none at all. */
  token?: string | null;
  headers?: Record<string, string>;
  body?: string;
}

/** One plain HTTPS request to the lab's API server; with its token unless another (or none) is given. */
export async function kubeRaw(lab: Lab, path: string, options: RawOptions = {}): Promise<Raw> {
  return raw(lab, `${lab.urls.kubernetes}${path}`, { token: lab.token, ...options });
}

/** One plain HTTPS request that trusts the lab's authority. */
export async function raw(
  lab: Lab,
  url: string,
  { method = 'GET', token = null, headers = {}, body = '' }: RawOptions = {},
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const request = httpsRequest(
      url,
      { method, ca: lab.caPem, headers: { ...authorization, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            json: () => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** What a form posted to the lab's cloud address is answered. */
export async function postForm(lab: Lab, path: string, fields: Record<string, string>): Promise<Raw> {
  return raw(lab, `${lab.urls.cloud}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Runs something with the lab's authority among those that this process trusts, and with the lab's variables. */
export async function asProcess<T>(lab: Lab, env: Record<string, string>, use: () => Promise<T>): Promise<T> {
  const trusted = getCACertificates('default');
  const before = process.env;
  setDefaultCACertificates([...trusted, lab.caPem]);
  process.env = { PATH: before['PATH'], ...env };
  try {
    return await use();
  } finally {
    process.env = before;
    setDefaultCACertificates(trusted);
  }
}
