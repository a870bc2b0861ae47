/** Nodes, the cluster's name and version, and the network agents, through the Kubernetes API. Reads only. */
import { ConfigError } from '../model/errors.ts';
import type { CniFacts, Gap, NodeFacts, RouteControllerFacts } from '../model/snapshot.ts';
import type { ClusterFacets, ClusterListener, ClusterReader, ClusterReading, Log, Reading } from '../ports.ts';
import { mapLimited } from '../net/limit.ts';
import type { Call, Outcome } from './call.ts';
import type { Connection } from './connect.ts';
import { explainTrouble } from './explain.ts';
import { readRouteController } from './controllers.ts';
import { PAGE_SIZE, readPages } from './pages.ts';
import { readCni } from './read-cni.ts';
import { readServiceCIDRs } from './read-services.ts';
import { translateNode } from './translate.ts';
import { renderTrouble } from './trouble.ts';

export interface ReaderOptions {
  readonly connection: Connection;
  readonly call: Call;
  readonly log: Log;
  readonly clusterId: string | undefined;
  readonly nodeSelector: string | undefined;
}

/**
 * Up to so many nodes are read again one by one, and in large clusters up to one in 25: pages of a list come one after
 * the other, each with 500 nodes of some kilobytes. For more, a list is cheaper.
 */
const SINGLE_READS = 20;
const SINGLE_READS_SHARE = 1 / 25;
const AT_A_TIME = 10;
const NO_CNI: CniFacts = { agents: [], complete: false };

/** All but the nodes. */
interface Others {
  readonly id: string;
  readonly version: string | undefined;
  readonly cni: Reading<CniFacts>;
  readonly services: Reading<readonly string[] | undefined>;
  readonly routeController: RouteControllerFacts | undefined;
}

export class KubernetesReader implements Omit<ClusterReader, 'pods'> {
  readonly #options: ReaderOptions;
  /** How many nodes the first reading found. */
  #listed = 0;
  /** Names that node-selector selected at the first reading; undefined: all. */
  #selected: ReadonlySet<string> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** @throws KnownError when the nodes cannot be listed. */
  async read(wanted: ClusterFacets, hear: ClusterListener = {}): Promise<Reading<ClusterReading>> {
    // Pages of a list come one after the other, so all else is read meanwhile: from the first page on, because whoever
    // cannot have that one need not ask for more.
    let others: Promise<Others> | undefined;
    const begin = (): Promise<Others> => {
      others ??= this.#readOthers(wanted);
      // Heard below, unless the nodes fail first.
      others.catch(() => undefined);
      return others;
    };
    const nodes = await this.#listSelected((first) => {
      if (others === undefined) hear.onFirstNodes?.(first);
      void begin();
    });
    hear.onNodes?.(nodes);
    const { id, version, cni, services, routeController } = await begin();
    const facts: ClusterReading = {
      id,
      ...(version === undefined ? {} : { version }),
      nodes,
      cni: cni.facts,
      ...(services.facts === undefined ? {} : { serviceCIDRs: services.facts }),
      ...(routeController === undefined ? {} : { routeController }),
    };
    return { facts, gaps: [...cni.gaps, ...services.gaps] };
  }

  async #listSelected(onPage: (nodes: readonly NodeFacts[]) => void): Promise<NodeFacts[]> {
    const nodes = await this.#listNodes(onPage);
    if (!nodes.ok) throw this.#explain(nodes, 'list nodes');
    this.#listed = nodes.value.length;
    this.#selected = await this.#selectedNames();
    return nodes.value.map((node) => this.#marked(node));
  }

  async #readOthers(wanted: ClusterFacets): Promise<Others> {
    const { connection, call } = this.#options;
    const [id, version, cni, services, routeController] = await Promise.all([
      this.#readId(),
      this.#readVersion(),
      wanted.cni ? readCni(connection, call) : { facts: NO_CNI, gaps: [] },
      wanted.services === true ? readServiceCIDRs(connection, call) : { facts: undefined, gaps: [] },
      wanted.controllers === true ? readRouteController(connection, call) : undefined,
    ]);
    return { id, version, cni, services, routeController };
  }

  async reread(names: readonly string[]): Promise<Reading<readonly NodeFacts[]>> {
    const wanted = new Set(names);
    if (wanted.size <= Math.max(SINGLE_READS, this.#listed * SINGLE_READS_SHARE)) {
      const single = await this.#rereadSingly([...wanted].sort());
      if (single !== undefined) return single;
    }
    const all = await this.#listNodes();
    if (all.ok) {
      const facts = all.value.filter(({ name }) => wanted.has(name)).map((node) => this.#marked(node));
      return { facts, gaps: [] };
    }
    return { facts: [], gaps: [nodeGap(all, 'second reading of the nodes', 'list nodes')] };
  }

  /** Undefined: single nodes may not be read, though a list may. */
  async #rereadSingly(names: readonly string[]): Promise<Reading<readonly NodeFacts[]> | undefined> {
    const { connection, call } = this.#options;
    const facts: NodeFacts[] = [];
    const gaps: Gap[] = [];
    const read = await mapLimited(names, AT_A_TIME, async (name) => ({
      name,
      outcome: await call(`get nodes ${name}`, () => connection.core.readNode({ name })),
    }));
    for (const { name, outcome } of read) {
      if (outcome.ok) {
        const node = translateNode(outcome.value);
        if (node === undefined) gaps.push({ ...gapOf(name), reason: 'the answer is no node' });
        else facts.push(this.#marked(node));
      } else if (outcome.trouble.kind === 'status' && outcome.trouble.status === 403) return undefined;
      else if (outcome.trouble.kind !== 'status' || outcome.trouble.status !== 404) {
        gaps.push({ ...nodeGap(outcome, `node ${name}`, 'get nodes'), scope: name });
      }
    }
    return { facts, gaps };
  }

  /** What a selector leaves out is not judged, but its podCIDR and its routes are still there. */
  #marked(node: NodeFacts): NodeFacts {
    return (this.#selected?.has(node.name) ?? true) ? node : { ...node, selected: false };
  }

  async #listNodes(onPage?: (nodes: readonly NodeFacts[]) => void): Promise<Outcome<NodeFacts[]>> {
    const { connection, call, log } = this.#options;
    const outcome = await readPages({
      call,
      what: 'list nodes',
      list: (page) => connection.core.listNode(page),
      translate: translateNode,
      onPage: (read, left, nodes) => {
        onPage?.(nodes);
        const more = left === undefined ? '' : ` of ${String(read + left)}`;
        if (read % (4 * PAGE_SIZE) === 0 && left !== 0) log.info(`Kubernetes: read ${String(read)}${more} nodes`);
      },
    });
    if (!outcome.ok) return outcome;
    return { ok: true, value: outcome.value.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
  }

  /** Names only: the server understands selectors better than we do, and a name is small. */
  async #selectedNames(): Promise<ReadonlySet<string> | undefined> {
    const { connection, call, nodeSelector } = this.#options;
    if (nodeSelector === undefined || nodeSelector === '') return undefined;
    const names = await readPages({
      call,
      what: 'list nodes by node-selector',
      list: (page) => connection.core.listNodeMetadata({ labelSelector: nodeSelector, ...page }),
      translate: ({ metadata }) => metadata?.name,
    });
    if (names.ok) return new Set(names.value);
    if (names.trouble.kind === 'status' && names.trouble.status === 400) {
      throw new ConfigError(`Input node-selector: the API server does not take it (${renderTrouble(names.trouble)}).`, {
        hint: 'Write it as `kubectl get nodes --selector` takes it.',
        docs: 'inputs',
      });
    }
    throw this.#explain(names, 'list nodes');
  }

  async #readId(): Promise<string> {
    const { connection, call, clusterId } = this.#options;
    if (clusterId !== undefined && clusterId !== '') return clusterId;
    const name = 'kube-system';
    const namespace = await call(`get namespaces ${name}`, () => connection.core.readNamespace({ name }));
    return (namespace.ok ? namespace.value.metadata?.uid : undefined) ?? connection.host;
  }

  async #readVersion(): Promise<string | undefined> {
    const { connection, call } = this.#options;
    const version = await call('get version', () => connection.version.getCode());
    const text: unknown = version.ok ? version.value.gitVersion : undefined;
    return typeof text === 'string' && text !== '' ? text : undefined;
  }

  #explain({ trouble, failed }: Extract<Outcome<never>, { ok: false }>, action: string): Error {
    return explainTrouble(trouble, { server: this.#options.connection.server, action, failed });
  }
}

function gapOf(name: string): { facet: 'nodes'; subject: string; scope: string } {
  return { facet: 'nodes', subject: `node ${name}`, scope: name };
}

function nodeGap({ trouble }: Extract<Outcome<never>, { ok: false }>, subject: string, permission: string): Gap {
  const isRefused = trouble.kind === 'status' && trouble.status === 403;
  return { facet: 'nodes', subject, reason: renderTrouble(trouble), ...(isRefused ? { permission } : {}) };
}
