/**
 * Changes of Compute Engine: canIpForward of one machine, with the fingerprint that was read; and routes, which have no
 * such thing: between reading and writing them is one round trip.
 */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import type { Config } from '../../model/config.ts';
import { isKnownError } from '../../model/errors.ts';
import type { PlannedChange } from '../../model/planned.ts';
import type { Clock, FabricWriter, LiveTarget, Log, WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import { openCalls } from './calls.ts';
import type { Clients } from './connect.ts';
import { connect, originOf, readCredentials } from './connect.ts';
import type { Env } from './projects.ts';
import { callError, Transport } from './transport.ts';
import { machinePlace, projectOf } from './url.ts';
import type { WriteCalls } from './write-calls.ts';
import { openWriteCalls } from './write-calls.ts';
import type { RawInstance } from './write-instance.ts';
import { attachmentDrift, forwardingOf, updateRequest } from './write-instance.ts';
import { changeRoute } from './write-routes.ts';
import type { RouteChangeTarget, Scene } from './write-scene.ts';
import { surveyRoutes } from './write-scene.ts';
import { writeTroubleOf } from './write-troubles.ts';

type IRoute = google.cloud.compute.v1.IRoute;

/** A reading with all of its attempts. */
const LONGEST_READ_MS = 120_000;

export interface GcpWriterOutside {
  readonly config: Pick<Config, 'gcpEndpoint'>;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

interface Session {
  readonly clients: Clients;
  readonly calls: WriteCalls;
  /** What resource URLs begin with, to the projects. */
  readonly web: string;
}

export function openGcpWriter(outside: GcpWriterOutside): Promise<FabricWriter> {
  const { clock } = outside;
  let session: Session | undefined;

  async function open({ place }: PlannedChange): Promise<Session> {
    if (place.cloud !== 'gcp') throw new Error(`not a change of Google Cloud: ${place.cloud}`);
    session ??= await logIn(place.project, outside);
    return session;
  }

  async function read(change: PlannedChange): Promise<LiveTarget | WriteTrouble> {
    const { target } = change;
    try {
      const { clients, calls } = await open(change);
      if (target.kind === 'interface') return await readForwarding(calls, change, target.machine ?? target.interface);
      if (target.kind === 'route') return await readRoute(clients, calls, change, target);
      return { trouble: 'refused', reason: `Compute Engine has no such thing: ${target.kind}` };
    } catch (error) {
      if (isKnownError(error)) throw error;
      return writeTroubleOf(error, 'instances.get', projectOfTarget(change));
    }
  }

  return Promise.resolve({
    read,
    write: async (change, live, step) => {
      const { calls, clients, web } = await open(change);
      const { target, after } = change;
      if (target.kind === 'interface' && after.kind === 'forwarding') {
        const id = target.machine ?? target.interface;
        return calls.send(updateRequest(id, live.token as RawInstance, after.forwarding), step);
      }
      if (target.kind !== 'route') return { trouble: 'refused', reason: `no such change: ${change.kind}` };
      const look = async (): Promise<Scene | WriteTrouble> => {
        const routes = await readRoutes(clients, projectOf(target.table));
        return 'trouble' in routes ? routes : surveyRoutes(routes, change, target).token;
      };
      return changeRoute({ change, target, scene: live.token as Scene, calls, step, clock, web, look });
    },
  });
}

async function logIn(project: string, { config, env, clock, log, random }: GcpWriterOutside): Promise<Session> {
  const { signal } = new AbortController();
  const credentials = await readCredentials(project, env).catch((error: unknown) => {
    throw callError('token', error, signal, clock.now());
  });
  const outside = { credentials, clock, log, random, signal, deadline: Number.MAX_SAFE_INTEGER };
  const { universeDomain } = credentials;
  return {
    clients: connect(config.gcpEndpoint, project, outside),
    web: `https://www.${universeDomain}/compute/v1`,
    calls: openWriteCalls({
      reading: new Transport(outside),
      // Whether a change is asked for again is decided after another reading.
      writing: new Transport({ ...outside, attempts: 1 }),
      origin: originOf(config.gcpEndpoint, universeDomain),
      clock,
      random,
    }),
  };
}

function projectOfTarget({ target, place }: PlannedChange): string {
  if (target.kind === 'interface') return projectOf(target.interface);
  return place.cloud === 'gcp' ? place.project : '';
}

async function readMachine(calls: WriteCalls, id: string): Promise<RawInstance | undefined> {
  const { project, zone, name } = machinePlace(id);
  return calls.get(project, `zones/${zone}/instances/${name}`);
}

async function readForwarding(calls: WriteCalls, change: PlannedChange, id: string): Promise<LiveTarget> {
  const raw = await readMachine(calls, id);
  const { attached } = change.precondition;
  const why = attached === undefined ? undefined : attachmentDrift(raw, attached, change);
  const drift = why === undefined ? {} : { drift: why };
  if (raw === undefined) return { state: { kind: 'absent' }, ...drift };
  return { state: { kind: 'forwarding', forwarding: forwardingOf(raw) }, ...drift, token: raw };
}

async function readRoute(
  clients: Clients,
  calls: WriteCalls,
  change: PlannedChange,
  target: RouteChangeTarget,
): Promise<LiveTarget | WriteTrouble> {
  const { attached } = change.precondition;
  const [routes, machine] = await Promise.all([
    readRoutes(clients, projectOf(target.table)),
    attached === undefined ? undefined : readMachine(calls, attached.machine),
  ]);
  if ('trouble' in routes) return routes;
  const live = surveyRoutes(routes, change, target);
  const why = live.drift ?? (attached === undefined ? undefined : attachmentDrift(machine, attached, change));
  return why === undefined ? live : { ...live, drift: why };
}

/** All of the project: names are its, and of IPv6 ranges there are many spellings that a filter would not find. */
async function readRoutes(clients: Clients, project: string): Promise<readonly IRoute[] | WriteTrouble> {
  const routes: IRoute[] = [];
  const trouble = await openCalls(clients, LONGEST_READ_MS).routes(project, (route) => routes.push(route));
  return trouble === undefined ? routes : writeTroubleFor(trouble);
}
