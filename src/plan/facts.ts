/** What a snapshot says about single things that a change is about; where it was read twice, the second reading counts. */
import type {
  FabricFacts,
  Gap,
  InterfaceFacts,
  NodeFacts,
  RouteFacts,
  Snapshot,
  TableFacts,
} from '../model/snapshot.ts';
import type { JudgedNode, Judgement } from '../model/judgement.ts';
import { contains, parsePrefix, parsePrefixes } from '../model/prefix.ts';

export class Facts {
  readonly judgement: Judgement;
  readonly snapshot: Snapshot;
  readonly #nodes: ReadonlyMap<string, JudgedNode>;
  readonly #nodeFacts: ReadonlyMap<string, NodeFacts>;
  readonly #agents: ReadonlySet<string>;
  readonly #implausible: ReadonlySet<string>;

  constructor(snapshot: Snapshot, judgement: Judgement) {
    this.snapshot = snapshot;
    this.judgement = judgement;
    this.#nodes = new Map(judgement.nodes.map((node) => [node.name, node]));
    this.#nodeFacts = new Map(snapshot.cluster.nodes.map((node) => [node.name, node]));
    this.#agents = new Set(snapshot.cluster.cni.agents.map(({ node }) => node));
    const doubts = judgement.findings.filter(({ rule }) => rule === 'network-mode-implausible');
    this.#implausible = new Set(doubts.flatMap(({ subjects }) => subjects.nodes));
  }

  node(name: string): JudgedNode | undefined {
    return this.#nodes.get(name);
  }

  nodeFacts(name: string): NodeFacts | undefined {
    return this.#nodeFacts.get(name);
  }

  fabric(id: string): FabricFacts | undefined {
    return this.snapshot.fabrics.find((fabric) => fabric.id === id);
  }

  interface(fabric: string, id: string): InterfaceFacts | undefined {
    return this.#readings(fabric).flatMap(({ interfaces }) => interfaces.find((one) => one.id === id) ?? [])[0];
  }

  table(fabric: string, id: string): TableFacts | undefined {
    return this.#readings(fabric).flatMap(({ tables }) => tables.find((one) => one.id === id) ?? [])[0];
  }

  /** The route that somebody made for exactly this range; others (learnt ones, lists) are not to be changed here. */
  route(fabric: string, table: string, prefix: string, name: string | undefined): RouteFacts | undefined {
    return this.table(fabric, table)?.routes.find(
      (route) => route.origin === 'static' && route.prefix === prefix && (name === undefined || route.name === name),
    );
  }

  #readings(fabric: string): FabricFacts[] {
    const { recheck, fabrics } = this.snapshot;
    return [...(recheck?.fabrics ?? []), ...fabrics].filter(({ id }) => id === fabric);
  }

  /** Whether the range lies in the pod ranges of the cluster, and is not all of them and more. */
  isPodRange(text: string): boolean {
    const prefix = parsePrefix(text);
    if (prefix === undefined) return false;
    return parsePrefixes(this.judgement.podCIDRs).some((range) => contains(range, prefix));
  }

  /**
   * Whether it is certain, by what runs on the node now, that pod packets show themselves to the fabric. What a user
   * states is no evidence, and neither are routes that are there already.
   */
  isProven(name: string): boolean {
    const node = this.#nodes.get(name);
    if (node === undefined || this.#implausible.has(name)) return false;
    if (node.mode === 'host-gw' || node.mode === 'cross-subnet') return node.evidenceLevel !== 'fabric';
    return node.mode === 'fabric' && (node.evidenceLevel !== 'fabric' || this.#agents.has(name));
  }

  /** Nodes of the fabric for which paths are judged. */
  judgedNodesIn(fabric: string): JudgedNode[] {
    return this.judgement.nodes.filter((node) => node.fabric === fabric && node.skipped === undefined);
  }

  /** What of a fabric was not read, as far as a change of interfaces or routes depends on it. */
  gapsIn(fabric: string): Gap[] {
    const { gaps, recheck } = this.snapshot;
    return [...gaps, ...(recheck?.gaps ?? [])].filter(
      ({ facet, scope }) =>
        BASIC_FACETS.has(facet) && (scope === undefined || fabric === scope || fabric.startsWith(`${scope}/`)),
    );
  }
}

const BASIC_FACETS: ReadonlySet<Gap['facet']> = new Set([
  'nodes',
  'machines',
  'interfaces',
  'subnets',
  'networks',
  'routes',
  'prefix-lists',
]);
