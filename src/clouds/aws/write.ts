/**
 * Changes of EC2: the source/destination check of one interface (never that of an instance, which EC2 refuses where there
 * are several), and routes by interface. EC2 knows no etag: between reading and writing is one round trip.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateRouteCommand,
  DeleteRouteCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import type { PlannedChange, TargetState } from '../../model/planned.ts';
import { parsePrefix } from '../../model/prefix.ts';
import type { InterfaceFacts } from '../../model/snapshot.ts';
import { abortAfter } from '../../net/clock.ts';
import type { FabricWriter, LiveTarget, Log, SendStep, WriteTrouble } from '../../ports.ts';
import { writeTroubleFor } from '../../net/trouble.ts';
import { openCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Env } from './connect.ts';
import { connect } from './connect.ts';
import type { WriteOperation } from './errors.ts';
import { classify } from './errors.ts';
import { translateInterface } from './translate.ts';
import { translateTable } from './translate-routes.ts';
import { targetOptions } from './write-targets.ts';

/** A reading with all of the SDK's own attempts. */
const LONGEST_READ_MS = 120_000;

/**
 * Codes by which EC2 says that the target is not as it was read (EC2 error codes). ReplaceRoute of a route that is not
 * there is told apart by its text only.
 */
const CONFLICTS = new Set([
  'RouteAlreadyExists',
  'InvalidRoute.NotFound',
  'InvalidRouteTableID.NotFound',
  'InvalidNetworkInterfaceID.NotFound',
]);
const NO_ROUTE = /no route defined/i;

export interface AwsWriterOutside {
  readonly env: Env;
  readonly log: Log;
}

interface Region {
  readonly reading: EC2Client;
  /** Repeats nothing: whether a write is sent again is decided after another reading. */
  readonly writing: EC2Client;
}

export function openAwsWriter({ env, log }: AwsWriterOutside): Promise<FabricWriter> {
  const regions = new Map<string, Region>();

  function regionOf({ place }: PlannedChange): { region: string } & Region {
    if (place.cloud !== 'aws') throw new Error(`not a change of AWS: ${place.cloud}`);
    const { region } = place;
    const found = regions.get(region) ?? {
      reading: connect(region, env, log),
      writing: connect(region, env, log, 1),
    };
    regions.set(region, found);
    return { region, ...found };
  }

  return Promise.resolve({
    read: async (change) => {
      const { region, reading } = regionOf(change);
      return readLive(openCalls(reading, region, abortAfter(LONGEST_READ_MS)), change);
    },
    write: async (change, _live, step) => {
      const { region, reading, writing } = regionOf(change);
      // Learnt from the answers to readings; the first write must not fail for a wrong clock of the runner.
      writing.config.systemClockOffset = reading.config.systemClockOffset;
      return sendChange(writing, region, change, step);
    },
  });
}

async function readLive(calls: Calls, change: PlannedChange): Promise<LiveTarget | WriteTrouble> {
  const { target, precondition } = change;
  const [state, drift] = await Promise.all([
    target.kind === 'interface' ? readForwarding(calls, target.interface) : readRoute(calls, change),
    readAttachment(calls, precondition.attached),
  ]);
  if ('trouble' in state) return state;
  if (typeof drift === 'object') return drift;
  const why = state.drift ?? drift;
  return { state: state.state, ...(why === undefined ? {} : { drift: why }) };
}

async function readForwarding(calls: Calls, id: string): Promise<LiveTarget | WriteTrouble> {
  const face = await readInterface(calls, id);
  if (face !== undefined && 'trouble' in face) return face;
  const forwarding = face?.forwarding ?? 'unknown';
  return { state: forwarding === 'unknown' ? { kind: 'absent' } : { kind: 'forwarding', forwarding } };
}

/** Only what somebody made counts: learnt routes and those of prefix lists are other routes for the same range. */
async function readRoute(calls: Calls, { target }: PlannedChange): Promise<LiveTarget | WriteTrouble> {
  if (target.kind !== 'route') return { trouble: 'refused', reason: `EC2 has no such thing: ${target.kind}` };
  const found: TargetState[] = [];
  const trouble = await calls.tables('route-table-id', [target.table], (table) => {
    const route = translateTable(table)?.routes.find(
      ({ origin, prefix }) => origin === 'static' && prefix === target.prefix,
    );
    found.push(route === undefined ? { kind: 'absent' } : { kind: 'route', to: route.target });
  });
  if (trouble !== undefined) return writeTroubleFor(trouble);
  const [state] = found;
  if (state !== undefined) return { state };
  return { state: { kind: 'absent' }, drift: `${target.table} does not exist any more` };
}

/** A sentence where it is not attached as it was; undefined: it is, or nobody asks. */
async function readAttachment(
  calls: Calls,
  attached: PlannedChange['precondition']['attached'],
): Promise<string | WriteTrouble | undefined> {
  if (attached === undefined) return undefined;
  const face = await readInterface(calls, attached.interface);
  if (face === undefined) return `${attached.interface} does not exist any more`;
  if ('trouble' in face) return face;
  if (face.machine === attached.machine) return undefined;
  return `${attached.interface} is attached to ${face.machine ?? 'nothing'} now, not to ${attached.machine}`;
}

async function readInterface(calls: Calls, id: string): Promise<InterfaceFacts | WriteTrouble | undefined> {
  let face: InterfaceFacts | undefined;
  const trouble = await calls.interfaces('network-interface-id', [id], (one) => {
    face = translateInterface(one);
  });
  return trouble === undefined ? face : writeTroubleFor(trouble);
}

async function sendChange(
  client: EC2Client,
  region: string,
  { kind, target, after }: PlannedChange,
  step: SendStep,
): Promise<'done' | WriteTrouble> {
  if (target.kind === 'interface' && after.kind === 'forwarding') {
    const input = { NetworkInterfaceId: target.interface, SourceDestCheck: { Value: after.forwarding === 'off' } };
    return send('ModifyNetworkInterfaceAttribute', target.interface, () =>
      client.send(new ModifyNetworkInterfaceAttributeCommand(input)),
    );
  }
  if (target.kind !== 'route') return { trouble: 'refused', reason: `EC2 knows no such change: ${kind}` };
  const subject = `${target.table} ${target.prefix}`;
  const where = { RouteTableId: target.table, ...destination(target.prefix) };
  if (after.kind !== 'route') {
    return send('DeleteRoute', subject, () => client.send(new DeleteRouteCommand(where)));
  }
  const to = targetOptions(after.to);
  if (to === undefined) return { trouble: 'refused', reason: 'EC2 takes no route to such a target' };
  const input = { ...where, ...to };
  return kind === 'create-route'
    ? send('CreateRoute', subject, () => client.send(new CreateRouteCommand(input)))
    : send('ReplaceRoute', subject, () => client.send(new ReplaceRouteCommand(input)));

  async function send(
    operation: WriteOperation,
    what: string,
    request: () => Promise<unknown>,
  ): Promise<'done' | WriteTrouble> {
    const troubles: WriteTrouble[] = [];
    try {
      await step(`${operation} ${what}`, () =>
        request().catch((error: unknown) => {
          troubles.push(writeTroubleOf(error, operation, region));
          throw error;
        }),
      );
    } catch (error) {
      const [trouble] = troubles;
      // The journal's own trouble is not EC2's.
      if (trouble === undefined) throw error;
      return trouble;
    }
    return 'done';
  }
}

function destination(prefix: string): { DestinationCidrBlock: string } | { DestinationIpv6CidrBlock: string } {
  return parsePrefix(prefix)?.family === 6 ? { DestinationIpv6CidrBlock: prefix } : { DestinationCidrBlock: prefix };
}

function writeTroubleOf(error: unknown, operation: WriteOperation, region: string): WriteTrouble {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  const trouble = classify(error, operation, region);
  const isConflict = CONFLICTS.has(name) || (name === 'InvalidParameterValue' && NO_ROUTE.test(message));
  return isConflict ? { trouble: 'conflict', reason: trouble.reason } : writeTroubleFor(trouble);
}
