/** Google Cloud: what Compute Engine says about the nodes' machines, networks and routes, as facts. */
import type { AuthClient } from 'google-auth-library';
import type { Config } from '../../model/config.ts';
import type { FabricFacts, Gap, NodeFacts, Suspects } from '../../model/snapshot.ts';
import { abortAfter } from '../../net/clock.ts';
import type { Clock, FabricFacets, FabricReader, Log, Reading } from '../../ports.ts';
import { assembleAgain, assembleFabrics, assembleGaps } from './assemble.ts';
import type { Calls } from './calls.ts';
import { openCalls } from './calls.ts';
import { connect, readCredentials } from './connect.ts';
import { classify } from './errors.ts';
import type { Env } from './projects.ts';
import { noProjectGap, planProjects } from './projects.ts';
import type { Draft } from './read.ts';
import { readPlan, rereadPlan } from './read.ts';
import { callError } from './transport.ts';

export interface GcpOutside {
  readonly config: Pick<Config, 'gcpProjects' | 'gcpEndpoint' | 'timeoutMs'>;
  /** The environment of the process: Google's libraries read credentials, proxies and trust from the process's. */
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** Reads nothing yet. The time limit of the configuration counts from here. */
export function openGcp({ config, env, clock, log, random }: GcpOutside): FabricReader {
  const signal = abortAfter(config.timeoutMs);
  const deadline = clock.now() + config.timeoutMs;
  let session: { readonly calls: Calls; readonly draft: Draft } | undefined;

  async function logIn(project: string): Promise<AuthClient | Gap> {
    try {
      return await readCredentials(project, env);
    } catch (error) {
      const trouble = callError('token', error, signal, clock.now());
      const { reason, permission } = classify(trouble, 'instances.list', project);
      const help = permission === undefined ? {} : { permission };
      return { facet: 'machines', subject: 'instances in Google Cloud', scope: 'gcp', reason, ...help };
    }
  }

  async function read(nodes: readonly NodeFacts[], facets?: FabricFacets): Promise<Reading<readonly FabricFacts[]>> {
    const plan = planProjects(config.gcpProjects, nodes, env);
    const [project] = plan.projects;
    if (project === undefined) {
      return { facts: [], gaps: plan.addresses.length > 0 ? [noProjectGap()] : [] };
    }
    const credentials = await logIn(project);
    if ('facet' in credentials) return { facts: [], gaps: [credentials] };
    const outside = { credentials, clock, log, random, signal, deadline };
    const clients = connect(config.gcpEndpoint, project, outside);
    const calls = openCalls(clients, config.timeoutMs);
    const startedAt = clock.now();
    const draft = await readPlan(calls, plan, { filters: facets?.filters !== false });
    session = { calls, draft };
    const fabrics = assembleFabrics(draft);
    const seconds = ((clock.now() - startedAt) / 1000).toFixed(1);
    const routes = fabrics.flatMap(({ tables }) => tables).reduce((sum, table) => sum + table.routes.length, 0);
    log.info(
      `${fabrics.map(({ id }) => id).join(', ') || 'gcp'}: ${String(draft.instances.size)} instances of ${plan.projects.join(', ')}, ${String(routes)} routes in ${String(clients.sent())} requests (${seconds} s)`,
    );
    return { facts: fabrics, gaps: assembleGaps(draft, fabrics) };
  }

  async function reread(suspects: Suspects): Promise<Reading<readonly FabricFacts[]>> {
    if (session === undefined) return { facts: [], gaps: [] };
    const { calls, draft: before } = session;
    const again = await rereadPlan(calls, suspects, before);
    const facts = assembleAgain(again, before, suspects);
    // A zone that does not answer is no news unless a suspect is in it.
    const zones = new Set([...suspects.machines, ...suspects.interfaces].map((id) => id.split('/')[1] ?? ''));
    const unreachable = again.unreachable.filter(({ place }) => zones.has(place));
    return { facts, gaps: assembleGaps({ ...again, unreachable }, facts) };
  }

  return { read, reread };
}
