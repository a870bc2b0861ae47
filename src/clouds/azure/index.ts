/** Azure: what Resource Manager says about the nodes' machines, interfaces, networks and route tables, as facts. */
import type { NetworkManagementContext } from '@azure/arm-network/api';
import type { Config } from '../../model/config.ts';
import type { FabricFacts, Gap, NodeFacts, Suspects } from '../../model/snapshot.ts';
import { suspectsOf } from '../../model/suspects.ts';
import { abortAfter } from '../../net/clock.ts';
import type { Clock, FabricFacets, FabricReader, Log, Reading } from '../../ports.ts';
import { assembleAgain, assembleFabric, assembleGaps } from './assemble.ts';
import type { Calls } from './calls.ts';
import { openCalls } from './calls.ts';
import type { Env } from './connect.ts';
import { connect, decideLogin, decidePlace, openCredential, rememberToken, scopeOf } from './connect.ts';
import type { Draft } from './draft.ts';
import type { Trouble } from './errors.ts';
import { classify } from './errors.ts';
import { readSubscription, rereadSubscription } from './read.ts';
import type { SubscriptionPlan } from './subscriptions.ts';
import { needsOwnSubscriptions, noSubscriptionGap, planSubscriptions } from './subscriptions.ts';

export interface AzureOutside {
  readonly config: Pick<Config, 'azureSubscriptions' | 'azureEndpoint' | 'timeoutMs'>;
  /** The environment of the process: az is started with the process's own. */
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** A subscription that was read: what a second reading builds on. */
interface Session {
  readonly plan: SubscriptionPlan;
  readonly draft: Draft;
  readonly fabric: FabricFacts;
}

/** Reads nothing yet. The time limit of the configuration counts from here. */
export function openAzure({ config, env, clock, log, random }: AzureOutside): FabricReader {
  const until = abortAfter(config.timeoutMs);
  const deadline = clock.now() + config.timeoutMs;
  const place = decidePlace(config.azureEndpoint, env);
  const login = decideLogin(env);
  const credential = rememberToken(openCredential(login, place, env, until), () => clock.now());
  const sessions: Session[] = [];
  let client: NetworkManagementContext | undefined;

  function callsTo(what: string): Calls {
    client ??= connect(place, credential, env);
    const { endpoint } = place;
    return openCalls({ client, endpoint, place: what, clock, log, random, deadline, until });
  }

  /** Once, before any subscription: without a token every call would say the same. */
  async function logIn(): Promise<Gap | undefined> {
    try {
      await credential.getToken(scopeOf(place), { abortSignal: until });
      log.debug(`Azure: logged in by the ${login.kind} at ${place.authority}`);
      return undefined;
    } catch (error) {
      return gapOf(classify(error, '', 'Entra ID', until.aborted));
    }
  }

  async function readOne(plan: SubscriptionPlan, wanted: FabricFacets): Promise<Reading<readonly FabricFacts[]>> {
    const calls = callsTo(`subscription ${plan.subscription}`);
    const startedAt = clock.now();
    const draft = await readSubscription(calls, plan, wanted);
    const fabric = assembleFabric(draft, plan);
    sessions.push({ plan, draft, fabric });
    const seconds = ((clock.now() - startedAt) / 1000).toFixed(1);
    const guards = fabric.filters === 'unread' ? '' : `, ${String(fabric.filters.length)} network security groups`;
    log.info(
      `${fabric.id}: ${String(fabric.machines.length)} virtual machines, ${String(fabric.interfaces.length)} network interfaces, ${String(fabric.tables.length)} route tables${guards} in ${String(calls.count())} requests (${seconds} s)`,
    );
    logTags(draft, fabric, log);
    return { facts: [fabric], gaps: assembleGaps(draft, fabric) };
  }

  async function read(
    nodes: readonly NodeFacts[],
    wanted: FabricFacets = { filters: true, limits: true },
  ): Promise<Reading<readonly FabricFacts[]>> {
    const { azureSubscriptions: configured } = config;
    const isOwnNeeded = needsOwnSubscriptions(configured, nodes);
    if (!isOwnNeeded && planSubscriptions(configured, nodes, []).length === 0) return { facts: [], gaps: [] };
    sessions.length = 0;
    const gap = await logIn();
    if (gap !== undefined) return { facts: [], gaps: [gap] };
    const own = isOwnNeeded ? await listOwn(callsTo('subscriptions')) : [];
    if ('reason' in own) return { facts: [], gaps: [gapOf(own)] };
    const plans = planSubscriptions(configured, nodes, own);
    if (plans.length === 0) return { facts: [], gaps: [noSubscriptionGap()] };
    return joinReadings(await Promise.all(plans.map((plan) => readOne(plan, wanted))));
  }

  async function reread(suspects: Suspects): Promise<Reading<readonly FabricFacts[]>> {
    const all = sessions.map(({ fabric }) => fabric);
    const readings = sessions.map(async (session): Promise<Reading<readonly FabricFacts[]>> => {
      const { plan, draft, fabric } = session;
      const asked = suspectsOf(suspects, [fabric], all);
      const again = await rereadSubscription(callsTo(`subscription ${plan.subscription}`), plan, asked, draft);
      return { facts: [assembleAgain(again, session, plan, asked)], gaps: assembleGaps(again, fabric) };
    });
    return joinReadings(await Promise.all(readings));
  }

  return { read, reread };
}

/** Subscriptions that the login may read, and that are not switched off. */
async function listOwn(calls: Calls): Promise<readonly string[] | Trouble> {
  const own: string[] = [];
  const trouble = await calls.list({ kind: 'subscriptions', path: '/subscriptions' }, (one) => {
    const isUsable = one.state !== 'Disabled' && one.state !== 'Deleted';
    if (one.subscriptionId !== undefined && isUsable) own.push(one.subscriptionId);
  });
  return trouble ?? own;
}

function gapOf({ reason, permission }: Trouble): Gap {
  const subject = 'virtual machines in Azure';
  const help = permission === undefined ? {} : { permission };
  return { facet: 'machines', subject, scope: 'azure', reason, ...help };
}

/** Routes by service tag are no prefixes; they lead to services of Microsoft, never to pods. */
function logTags({ tables }: Draft, fabric: FabricFacts, log: Log): void {
  const used = new Set(fabric.tables.map(({ id }) => id));
  for (const table of tables.values()) {
    if (used.has(table.id) && table.tags.length > 0) {
      log.debug(`${table.id}: routes by service tag left out: ${table.tags.join(', ')}`);
    }
  }
}

function joinReadings(readings: readonly Reading<readonly FabricFacts[]>[]): Reading<readonly FabricFacts[]> {
  const facts = readings.flatMap((reading) => reading.facts).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { facts, gaps: readings.flatMap((reading) => reading.gaps) };
}
