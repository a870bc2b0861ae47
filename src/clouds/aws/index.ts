/** AWS: what EC2 says about the nodes' machines, interfaces, subnets and route tables, as facts. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Config } from '../../model/config.ts';
import type { FabricFacts, Gap, NodeFacts, Suspects } from '../../model/snapshot.ts';
import { suspectsOf } from '../../model/suspects.ts';
import { abortAfter } from '../../net/clock.ts';
import type { Clock, FabricFacets, FabricReader, Log, Reading } from '../../ports.ts';
import { assembleFabric, assembleGaps, withLimits } from './assemble.ts';
import { openCalls } from './calls.ts';
import type { Env } from './connect.ts';
import { connect, readDefaultRegion } from './connect.ts';
import { classify } from './errors.ts';
import { askForLimit } from './limits.ts';
import type { RegionDraft } from './draft.ts';
import { readRegion, rereadRegion } from './read.ts';
import type { RegionPlan } from './regions.ts';
import { needsDefaultRegion, noRegionGap, planRegions } from './regions.ts';

export interface AwsOutside {
  readonly config: Pick<Config, 'awsRegions' | 'timeoutMs'>;
  /** The environment of the process: the SDK's own credential chain reads the process's as well. */
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
}

/** A region that was read: what a second reading builds on. */
interface RegionSession {
  readonly client: EC2Client;
  readonly draft: RegionDraft;
  readonly fabric: FabricFacts;
}

/** Reads nothing yet. The time limit of the configuration counts from here. */
export function openAws({ config, env, clock, log }: AwsOutside): FabricReader {
  const until = abortAfter(config.timeoutMs);
  const sessions: RegionSession[] = [];

  async function readOne(plan: RegionPlan, wanted: FabricFacets): Promise<Reading<readonly FabricFacts[]>> {
    const limit = wanted.limits ? askForLimit(plan.region, env, log, until) : undefined;
    const client = connect(plan.region, env, log);
    const calls = openCalls(client, plan.region, until);
    const startedAt = clock.now();
    const draft = await readRegion(calls, plan, wanted.filters);
    const fabric = assembleFabric(draft);
    sessions.push({ client, draft, fabric });
    const seconds = ((clock.now() - startedAt) / 1000).toFixed(1);
    log.info(
      `${fabric.id}: ${String(fabric.machines.length)} instances, ${String(fabric.interfaces.length)} interfaces, ${String(fabric.tables.length)} route tables in ${String(calls.count())} requests (${seconds} s)`,
    );
    return withLimits(fabric, assembleGaps(draft, fabric), await limit?.());
  }

  async function read(
    nodes: readonly NodeFacts[],
    wanted: FabricFacets = { filters: true, limits: true },
  ): Promise<Reading<readonly FabricFacts[]>> {
    const { awsRegions } = config;
    const isNeeded = needsDefaultRegion(awsRegions, nodes);
    const plans = planRegions(awsRegions, nodes, isNeeded ? await readDefaultRegion(env, log) : undefined);
    const [first] = plans;
    if (first === undefined) return { facts: [], gaps: isNeeded ? [noRegionGap()] : [] };
    const gap = await checkCredentials(first.region, env, log);
    if (gap !== undefined) return { facts: [], gaps: [gap] };
    return joinReadings(await Promise.all(plans.map((plan) => readOne(plan, wanted))));
  }

  async function reread(suspects: Suspects): Promise<Reading<readonly FabricFacts[]>> {
    const all = sessions.map(({ fabric }) => fabric);
    const readings = sessions.map(async ({ client, draft, fabric }): Promise<Reading<readonly FabricFacts[]>> => {
      const calls = openCalls(client, draft.region, until);
      const again = await rereadRegion(calls, suspectsOf(suspects, [fabric], all), draft);
      return { facts: [assembleFabric(again, { draft, fabric })], gaps: assembleGaps(again, fabric) };
    });
    return joinReadings(await Promise.all(readings));
  }

  return { read, reread };
}

/** Once, before any region: without credentials every call would say the same. */
async function checkCredentials(region: string, env: Env, log: Log): Promise<Gap | undefined> {
  try {
    await connect(region, env, log).config.credentials();
    return undefined;
  } catch (error) {
    const { reason } = classify(error, 'credentials', region);
    return { facet: 'machines', subject: 'instances in AWS', scope: 'aws', reason };
  }
}

function joinReadings(readings: readonly Reading<readonly FabricFacts[]>[]): Reading<readonly FabricFacts[]> {
  const facts = readings.flatMap((reading) => reading.facts).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { facts, gaps: readings.flatMap((reading) => reading.gaps) };
}
