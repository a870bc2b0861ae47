/** moto's EC2 server, an imitation that others wrote: its mistakes are not ours. */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface MotoServer {
  readonly url: string;
  /** Ends the process that was started, and waits for it. */
  stop(): Promise<void>;
}

/** MOTO_SERVER, else moto_server on the PATH; undefined: neither is there. */
export function findMoto(): string | undefined {
  const named = process.env['MOTO_SERVER'] ?? '';
  const command = named === '' ? 'moto_server' : named;
  const probe = spawnSync(command, ['--help'], { stdio: 'ignore' });
  if (probe.status === 0) return command;
  if (named !== '') throw new Error(`MOTO_SERVER is ${named}, and that does not run`);
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function startMoto(command: string, env: Readonly<Record<string, string>> = {}): Promise<MotoServer> {
  const port = await freePort();
  const child = spawn(command, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const url = `http://127.0.0.1:${String(port)}`;
  await answering(`${url}/moto-api/data.json`, child);
  return { url, stop: () => stop(child) };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${String(child.exitCode)}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  await stop(child);
  throw new Error('moto_server does not answer');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
