/**
 * Changes of Azure. Every request sends back what was read, whole and raw, with one thing changed, under the etag of the
 * reading; it ends when Resource Manager has ended what it began.
 */
import type { NetworkManagementContext } from '@azure/arm-network/api';
import type { Config } from '../../model/config.ts';
import type { PlannedChange } from '../../model/planned.ts';
import { abortAfter } from '../../net/clock.ts';
import type { Clock, FabricWriter, LiveTarget, Log, WriteTrouble } from '../../ports.ts';
import type { Calls } from './calls.ts';
import { openCalls } from './calls.ts';
import type { Env } from './connect.ts';
import { connect, decideLogin, decidePlace, openCredential, rememberToken } from './connect.ts';
import { sendWrite } from './write-calls.ts';
import type { Seen, Token } from './write-live.ts';
import { readModel } from './write-model.ts';
import { readAssociation, readForwarding, readRoute } from './write-read.ts';

/** A reading with all of its attempts. */
const LONGEST_READ_MS = 120_000;

export interface AzureWriterOutside {
  readonly config: Pick<Config, 'azureEndpoint' | 'timeoutMs'>;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Fires when the run is asked to end: operations are not waited for any longer. */
  readonly interrupted?: AbortSignal;
}

/** Sends nothing yet. The time limit of the configuration counts from here. */
export function openAzureWriter(outside: AzureWriterOutside): Promise<FabricWriter> {
  const { config, env, clock, log, random, interrupted } = outside;
  const place = decidePlace(config.azureEndpoint, env);
  const deadline = clock.now() + config.timeoutMs;
  const until = abortAfter(config.timeoutMs);
  const credential = rememberToken(openCredential(decideLogin(env), place, env, until), () => clock.now());
  const { endpoint } = place;
  let client: NetworkManagementContext | undefined;

  function clientNow(): NetworkManagementContext {
    return (client ??= connect(place, credential, env));
  }

  function callsAbout(what: string): Calls {
    const [readUntil, readDeadline] = [abortAfter(LONGEST_READ_MS), clock.now() + LONGEST_READ_MS];
    const around = { client: clientNow(), endpoint, place: what, clock, log, random };
    return openCalls({ ...around, deadline: readDeadline, until: readUntil });
  }

  return Promise.resolve({
    read: (change) => readLive(callsAbout(placeOf(change)), change),
    write: async (change, live, step) => {
      const requests = requestsOf(live);
      if (requests.length === 0) return { trouble: 'refused', reason: 'Azure takes no route to such a target' };
      for (const request of requests) {
        const around = { client: clientNow(), endpoint, clock, log, random, deadline, interrupted };
        const answer = await sendWrite(request, placeOf(change), step, around);
        if (answer !== 'done') return answer;
      }
      return 'done';
    },
  });
}

function placeOf({ place }: PlannedChange): string {
  if (place.cloud !== 'azure') throw new Error(`not a change of Azure: ${place.cloud}`);
  return `subscription ${place.subscription}`;
}

function requestsOf({ token }: LiveTarget): Token {
  if (!Array.isArray(token)) throw new Error('what was read is not of this writer');
  return token as Token;
}

function readLive(calls: Calls, change: PlannedChange): Promise<Seen | WriteTrouble> {
  switch (change.target.kind) {
    case 'interface':
      return readForwarding(calls, change);
    case 'route':
      return readRoute(calls, change);
    case 'template':
      return readModel(calls, change);
    case 'subnet':
      return readAssociation(calls, change);
  }
}
