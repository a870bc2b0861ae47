import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Status } from '@kubernetes/client-node';
import { WebSocketServer, type WebSocket } from 'ws';

import type { World } from '../../world/world.ts';
import type { Answer, Desk } from '../exchange.ts';
import type { ExecAnswer, ExecAsk } from '../options.ts';
import { badRequest, failureAnswer, KubeError, notFound } from './status.ts';
import type { Target } from './target.ts';
import type { Wire } from './wire.ts';

const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';
const CHANNELS = { stdout: 1, stderr: 2, status: 3 } as const;

type Status = Partial<Wire<V1Status>> & { status: 'Success' | 'Failure' };

/** Whoever asks is let in: authenticated, and allowed. Throws a KubeError otherwise. */
type Admit = (request: { method: string; url: string; headers: IncomingMessage['headers'] }) => Target;

/**
 * Commands in containers over a WebSocket. With v5 the API server itself answers the upgrade and talks to the kubelet
 * afterwards, so what the kubelet refuses comes on the status channel; with v4 the kubelet answers the upgrade (read in
 * k8s.io/apiserver, util/proxy/streamtranslator.go, and k8s.io/kubelet, cri/streaming/remotecommand).
 */
export class ExecDoor {
  readonly #desk: Desk;
  readonly #admit: Admit;
  readonly #counts = new Map<string, number>();
  readonly #server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => this.#choose([...offered]) ?? false,
  });

  constructor(desk: Desk, admit: Admit) {
    this.#desk = desk;
    this.#admit = admit;
  }

  /** For the HTTP server's event of that name. */
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const request = { method: message.method ?? 'GET', url: message.url ?? '/', headers: message.headers };
    let operation = `upgrade ${request.url.replace(/\?.*/, '')}`;
    const note = (status: number): void => {
      this.#desk.requests.push({ service: 'k8s', operation, status, write: false });
    };
    try {
      const target = this.#admit(request);
      const { ask } = target;
      operation = `${ask.verb} ${ask.resource} ${ask.namespace ?? ''}/${ask.name ?? ''}`;
      const asked = this.#find(target);
      const offered = (message.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
      const protocol = this.#choose(offered);
      // golang.org/x/net/websocket refuses so what it cannot agree on: with nothing but the status.
      if (protocol === undefined) throw new Refusal({ status: 403, headers: {}, body: '' });
      const answer = this.#answer(asked);
      if (protocol === V4) refuseLikeKubelet(answer, asked);
      note(101);
      this.#server.handleUpgrade(message, socket, head, (open) => {
        void speak(open, protocol, answer, asked);
      });
    } catch (error) {
      const refused =
        error instanceof KubeError
          ? failureAnswer(error.failure)
          : error instanceof Refusal
            ? error.answer
            : { status: 500, headers: {}, body: `lab defect: ${String(error)}` };
      note(refused.status);
      sendRefusal(socket, refused);
    }
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #choose(offered: readonly string[]): string | undefined {
    const spoken = this.#desk.options.execProtocols ?? [V5, V4];
    return offered.find((one) => spoken.includes(one));
  }

  #answer(ask: ExecAsk): ExecAnswer {
    const key = `${ask.node} ${ask.command.join(' ')}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return this.#desk.options.exec?.({ ...ask, count }) ?? 'absent';
  }

  /** What the API server looks at before it talks to any kubelet (pkg/registry/core/pod/strategy.go). */
  #find({ ask, query }: Target): ExecAsk {
    if (ask.resource !== 'pods/exec') throw badRequest('Upgrade request required');
    const pod = this.#desk.world.cluster.pods.find(
      (one) => one.name === ask.name && one.namespace === (ask.namespace ?? ''),
    );
    if (pod === undefined) throw notFound('', 'pods', ask.name ?? '');
    const names = pod.containers.map(({ name }) => name);
    const [only] = names;
    const wanted = query.get('container') ?? '';
    if (wanted === '' && names.length > 1) {
      throw badRequest(`a container name must be specified for pod ${pod.name}, choose one of: [${names.join(' ')}]`);
    }
    const name = wanted === '' ? only : wanted;
    const container = pod.containers.find((one) => one.name === name);
    if (container === undefined) throw badRequest(`container ${wanted} is not valid for pod ${pod.name}`);
    if (pod.nodeName === '') throw badRequest(`pod ${pod.name} does not have a host assigned`);
    const command = query.getAll('command');
    const isYes = (flag: string): boolean => ['true', '1'].includes(query.get(flag) ?? '');
    if (!['stdin', 'stdout', 'stderr'].some(isYes)) {
      throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
    }
    const running = pod.phase === 'Running';
    const { namespace, nodeName } = pod;
    const streams = { stdout: isYes('stdout'), stderr: isYes('stderr') };
    const address = addressOf(this.#desk.world, nodeName);
    return { namespace, pod: pod.name, node: nodeName, container, command, running, streams, address, count: 0 };
  }
}

function addressOf({ cluster }: World, name: string): string {
  const node = cluster.nodes.find((one) => one.name === name);
  return node?.addresses.find(({ type }) => type === 'InternalIP')?.address ?? name;
}

class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`HTTP ${String(answer.status)}`);
    this.answer = answer;
  }
}

function notThere({ container }: ExecAsk): string {
  return `container not found ("${container.name}")`;
}

function noKubelet({ address }: ExecAsk): string {
  return `dial tcp ${address}:10250: connect: no route to host`;
}

function refuseLikeKubelet(answer: ExecAnswer, ask: ExecAsk): void {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  if (answer === 'not-running' || !ask.running) throw new Refusal({ status: 500, headers, body: `${notThere(ask)}\n` });
  if (answer === 'unreachable') {
    const message = `error dialing backend: ${noKubelet(ask)}`;
    throw new KubeError({ status: 500, reason: 'InternalError', message });
  }
}

function sendRefusal(socket: Duplex, { status, headers, body }: Answer): void {
  const text = Buffer.from(body);
  const all = { ...headers, 'Content-Length': String(text.length), Connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${String(status)} No Upgrade\r\n${lines.join('')}\r\n`), text]));
}

/** As apierrors.NewInternalError makes it. */
function internal(message: string): Status {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  };
}

function exited(code: number): Status {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${String(code)}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** What containerd says of a program that the image does not have; the identifier is of the attempt. */
function noProgram({ command }: ExecAsk): Status {
  const id = 'f3b1c0de'.repeat(8);
  return internal(
    `error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0] ?? ''}": executable file not found in $PATH: unknown`,
  );
}

/** Odd, so that pieces end in the middle of characters as well. */
const PIECE = 1021;

async function speak(open: WebSocket, protocol: string, answer: ExecAnswer, ask: ExecAsk): Promise<void> {
  open.on('error', () => {
    open.terminate();
  });
  const send = (channel: number, body: Buffer): void => {
    open.send(Buffer.concat([Buffer.from([channel]), body]));
  };
  const finish = (status: Status): void => {
    send(CHANNELS.status, Buffer.from(JSON.stringify(status)));
    open.close(1000);
  };
  // That the connection stands: an empty message on the lowest channel that was asked for.
  send(ask.streams.stdout ? CHANNELS.stdout : CHANNELS.status, Buffer.alloc(0));
  if (answer === 'hang') return;
  if (answer === 'absent') {
    finish(noProgram(ask));
  } else if (answer === 'not-running' || !ask.running) {
    finish(internal(`unable to upgrade connection: ${notThere(ask)}`));
  } else if (answer === 'unreachable') {
    finish(internal(`error sending request: Post "https://${ask.address}:10250/exec/": ${noKubelet(ask)}`));
  } else {
    const { stdout = '', stderr = '', exit = 0, cut, slowMs, endless } = answer;
    for (const piece of pieces(Buffer.from(stdout), cut)) {
      if (slowMs !== undefined) await sleep(slowMs);
      send(CHANNELS.stdout, piece);
    }
    while (endless === true && open.readyState === open.OPEN) {
      send(CHANNELS.stdout, Buffer.alloc(1024 * 1024, 'x'));
      await sleep(1);
    }
    if (stderr !== '' && ask.streams.stderr) send(CHANNELS.stderr, Buffer.from(stderr));
    // The streams' ends are a message of their own since v5.
    if (protocol === V5) for (const channel of [CHANNELS.stdout, CHANNELS.stderr]) send(255, Buffer.from([channel]));
    if (cut === 'connection') open.terminate();
    else if (cut === 'status') open.close(1000);
    else finish(exited(exit));
  }
}

/** `cut`: the second half never comes. */
function* pieces(body: Buffer, cut: string | undefined): Generator<Buffer> {
  const end = cut === undefined ? body.length : Math.ceil(body.length / 2);
  for (let at = 0; at < end; at += PIECE) yield body.subarray(at, Math.min(at + PIECE, end));
}
