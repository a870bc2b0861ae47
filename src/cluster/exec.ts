/** A command in a container over a WebSocket, as kubectl runs it. */
import type { IncomingMessage } from 'node:http';
import { ApiException } from '@kubernetes/client-node';
import WebSocket from 'ws';
import type { HostPod, PodCommand, Ran } from '../model/pod.ts';
import type { Connection } from './connect.ts';
import { CutError, StrangerError } from './trouble.ts';

/** Since Kubernetes 1.30, and what every kubelet speaks. Nothing is sent, so they differ in how they end only. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** The first byte of every message (k8s.io/apimachinery, util/remotecommand); 4 and 255 are not for readers. */
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** Far more than the routes of a node with hundreds of thousands of them. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_STDERR_BYTES = 4096;
const MOST_REFUSAL_BYTES = 64 * 1024;
/** A server that does not answer our goodbye is left without one. */
const GOODBYE_MS = 1000;

/**
 * Throws the client's ApiException where the API server refuses, a CutError where it breaks off, and an Error with the
 * reason where the command could not be started or said nothing in time.
 */
export async function runCommand(
  connection: Connection,
  pod: Pick<HostPod, 'namespace' | 'name'>,
  { container, command, timeoutMs }: PodCommand,
  signal: AbortSignal,
): Promise<Ran> {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const part of command) query.append('command', part);
  const [namespace, name] = [pod.namespace, pod.name].map(encodeURIComponent);
  const server = connection.server.replace(/^http/, 'ws');
  const url = `${server}/api/v1/namespaces/${namespace ?? ''}/pods/${name ?? ''}/exec?${query.toString()}`;
  const options = {
    ...(await connection.socketOptions(signal)),
    perMessageDeflate: false,
    maxPayload: MOST_BYTES,
    closeTimeout: GOODBYE_MS,
  };
  const socket = new WebSocket(url, PROTOCOLS, options);
  const late = new Error(`nothing more came within ${String(Math.ceil(timeoutMs / 1000))} s`);
  try {
    const ran = await listen(socket, signal, late);
    socket.close();
    return ran;
  } catch (error) {
    socket.terminate();
    throw error;
  }
}

function listen(socket: WebSocket, signal: AbortSignal, late: Error): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const heard = new Heard();
    const giveUp = (): void => {
      reject(late);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    socket.on('unexpected-response', (_request, response) => {
      readRefusal(response).then(reject, reject);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new CutError('the connection ended before the command'));
    });
    socket.on('message', (data) => {
      try {
        const ran = heard.take(bytesOf(data));
        if (ran !== undefined) resolve(ran);
      } catch (error) {
        reject(error instanceof Error ? error : new StrangerError(String(error)));
      }
    });
  });
}

/** What a command has said so far. */
class Heard {
  readonly #stdout: Buffer[] = [];
  #stderr = Buffer.alloc(0);
  #bytes = 0;

  /** Undefined: it is not at its end. */
  take(message: Buffer): Ran | undefined {
    const [channel] = message;
    const body = message.subarray(1);
    if (channel === STDOUT) {
      this.#bytes += body.length;
      if (this.#bytes > MOST_BYTES) throw new Error('it wrote more than 16 MiB, which is not read');
      this.#stdout.push(body);
    } else if (channel === STDERR) {
      this.#stderr = Buffer.concat([this.#stderr, body]).subarray(0, MOST_STDERR_BYTES);
    } else if (channel === STATUS && body.length > 0) {
      const status = parseExit(body.toString('utf8'));
      // Pieces of one character may come in two messages, so all of it is decoded together.
      return { stdout: Buffer.concat(this.#stdout).toString('utf8'), stderr: this.#stderr.toString('utf8'), status };
    }
    return undefined;
  }
}

interface ExecStatus {
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly causes?: readonly { readonly reason?: unknown; readonly message?: unknown }[] };
}

/** Runtimes have no status for this, only words: those of the system, handed through by runc and crun. */
const NO_PROGRAM = /executable file not found|no such file or directory/i;

function parseExit(text: string): number {
  let answer: ExecStatus | null;
  try {
    answer = JSON.parse(text) as ExecStatus | null;
  } catch {
    throw new StrangerError('no status');
  }
  const { status, reason, message, details } = answer ?? {};
  if (status === 'Success') return 0;
  if (status !== 'Failure') throw new StrangerError('no status');
  if (reason === 'NonZeroExitCode') {
    const code = Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message);
    if (!Number.isInteger(code)) throw new StrangerError('no exit code');
    return code;
  }
  const why = typeof message === 'string' ? message : '';
  if (NO_PROGRAM.test(why)) return 127;
  throw new Error(`it was not started: ${why}`);
}

function bytesOf(data: WebSocket.RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** An answer that is no upgrade, as the exception that it would be for any other request. */
async function readRefusal(response: IncomingMessage): Promise<ApiException<string | undefined>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_REFUSAL_BYTES) break;
  }
  const status = response.statusCode ?? 0;
  const text = Buffer.concat(chunks).toString('utf8');
  // A kubelet answers in plain words, which the API server hands on.
  const isPlain = response.headers['content-type']?.startsWith('text/plain') === true;
  // As for other requests, of a 401 the status says it all.
  const body = status === 401 ? undefined : isPlain ? JSON.stringify({ message: text }) : text;
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new ApiException(status, '', body, Object.fromEntries(headers));
}
