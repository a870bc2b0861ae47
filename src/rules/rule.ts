/** What a rule is. Rules that concern packets report the faults that paths found and never judge reachability again. */
import type { RuleId, Severity } from '../model/config.ts';
import type { FaultGroup } from '../model/faults.ts';
import type { DetectedMode, Evidence, MatrixEntry, NodeClass, PairCounts, Subjects } from '../model/judgement.ts';
import { DIRECT_MODES } from '../model/judgement.ts';
import { shortenIds } from '../model/ids.ts';
import type { Change, Place } from '../model/plan.ts';
import type { Prefix } from '../model/prefix.ts';
import type { PrefixTable } from '../model/prefix-table.ts';
import type {
  FabricFacts,
  Facet,
  InterfaceFacts,
  MachineFacts,
  NodeFacts,
  RouteTarget,
  Snapshot,
  TableFacts,
} from '../model/snapshot.ts';

export interface RuleNode {
  readonly facts: NodeFacts;
  /** Its pairs are not applicable: new, being deleted, virtual. */
  readonly isSkipped: boolean;
  readonly mode: DetectedMode;
  /** Some packets of its pods may come to the fabric's route tables. */
  readonly meetsTables: boolean;
  readonly podCIDRs: readonly Prefix[];
  /** Where the node was found; absent: it was not. */
  readonly machine?: RuleMachine;
  /** Of its machine, by id. */
  readonly interfaces: readonly InterfaceFacts[];
  /** Whether the fabric itself has assigned the prefix to the machine. */
  isAssigned(prefix: Prefix): boolean;
  /** Where they come from, if not from spec.podCIDRs. */
  readonly rangeSource?: string;
  /** What speaks against the network mode that the user stated. */
  readonly doubt?: string;
}

/** Its packets leave it with addresses of pods, between some nodes at least. */
export function isDirect({ mode }: Pick<RuleNode, 'mode'>): boolean {
  return DIRECT_MODES.has(mode);
}

export interface RuleMachine {
  readonly fabric: FabricFacts;
  readonly facts: MachineFacts;
  /** The one that carries the node's own address, else the primary one; absent: none was read. */
  readonly interface?: InterfaceFacts;
}

export interface GoverningTable {
  readonly fabric: FabricFacts;
  readonly facts: TableFacts;
}

export interface PodRanges {
  readonly prefixes: readonly Prefix[];
  /** A guess is the smallest range over all podCIDRs: what lies in it need not be the cluster's. */
  readonly source: 'input' | 'cni' | 'guess';
}

/** What the paths between classes of nodes came to. */
export interface RulePaths {
  readonly classes: readonly NodeClass[];
  /** Only entries that do not pass. */
  readonly entries: readonly MatrixEntry[];
  readonly pairs: PairCounts;
  /** Classes whose paths are all not applicable. */
  readonly idle: ReadonlySet<string>;
}

export interface RuleRewrite {
  readonly node: string;
  /** Where its kernel was read, for people. */
  readonly source: string;
  /** The rule that does it, as its tool writes it. */
  readonly by: { readonly chain: string; readonly text: string };
  /** The addresses that packets get there. */
  readonly addresses: readonly string[];
  /** Ordered pairs of nodes. */
  readonly pairs: number;
}

export interface RuleContext {
  readonly snapshot: Snapshot;
  readonly nodes: readonly RuleNode[];
  /** Pod ranges of every node, whatever its state: prefix -> node names. */
  readonly podCIDRs: PrefixTable<string>;
  readonly podRanges: PodRanges;
  /** Tables that govern a subnet in which a node has an interface. */
  readonly governingTables: readonly GoverningTable[];
  /** `fabric/machine` -> node name. */
  readonly nodeOfMachine: ReadonlyMap<string, string>;
  readonly paths: RulePaths;
  /** Nodes that give packets between pods another source. */
  readonly rewrites: readonly RuleRewrite[];
  faults(rule: RuleId): readonly FaultGroup[];
  /** The interface at which packets arrive that such a target in this table takes; undefined: none that is known. */
  interfaceBehind(table: GoverningTable, target: RouteTarget): InterfaceFacts | undefined;
}

/** A finding before words: data only. */
export interface Observation<D> {
  readonly cause: string;
  readonly verdict: 'fail' | 'unknown';
  /** Where it is not the rule's own; what a user says of the rule still wins. */
  readonly severity?: Severity;
  readonly subjects: Subjects;
  readonly evidence: readonly Evidence[];
  readonly pairsBroken: number;
  readonly roundTripsBroken: number;
  readonly otherPathsBroken?: number;
  readonly data: D;
}

export interface Words {
  readonly title?: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

export interface RuleOf<D> {
  /** Permanent: also the name of the file, the page and the test. */
  readonly id: RuleId;
  readonly title: string;
  /** The worst that it finds. */
  readonly severity: Severity;
  /** Facets without which the rule has nothing to say. */
  readonly needs: readonly Facet[];
  evaluate(context: RuleContext): readonly Observation<D>[];
  explain(observation: Observation<D>): Words;
  /** Changes that mend it; absent or empty: no command can. */
  fix?(observation: Observation<D>): readonly Change[];
}

/** A rule whose data only itself knows. */
export interface Rule extends Omit<RuleOf<never>, 'evaluate' | 'explain' | 'fix'> {
  evaluate(context: RuleContext): readonly RuledFinding[];
}

/** An observation with its words and changes. */
export interface RuledFinding extends Omit<Observation<unknown>, 'data'>, Words {
  readonly changes: readonly Change[];
}

export function defineRule<D>(rule: RuleOf<D>): Rule {
  const { id, title, severity, needs } = rule;
  return {
    id,
    title,
    severity,
    needs,
    evaluate: (context) =>
      rule.evaluate(context).map((observation) => {
        const { cause, verdict, severity: own, subjects, evidence, pairsBroken, roundTripsBroken } = observation;
        const { otherPathsBroken } = observation;
        const changes = rule.fix?.(observation) ?? [];
        return {
          cause,
          verdict,
          ...(own === undefined ? {} : { severity: own }),
          subjects,
          evidence,
          pairsBroken,
          roundTripsBroken,
          ...(otherPathsBroken === undefined ? {} : { otherPathsBroken }),
          ...shortenWords(rule.explain(observation)),
          changes,
        };
      }),
  };
}

/** Subjects, evidence and commands keep the whole ids. */
function shortenWords(words: Words): Words {
  const { what, why, next } = words;
  return { ...words, what: shortenIds(what), why: shortenIds(why), next: shortenIds(next) };
}

/** Where the commands for a fabric go: `aws/123456789012/eu-west-1`. */
export function placeOf(fabricId: string): Place {
  const [kind, scope = '', region = ''] = fabricId.split('/');
  if (kind === 'gcp') return { cloud: 'gcp', project: scope };
  if (kind === 'azure') return { cloud: 'azure', subscription: scope };
  return { cloud: 'aws', account: scope, region };
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listNames(names: readonly string[], most = 4): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${String(names.length - most + 1)} more`;
  const last = names.at(-1);
  if (last === undefined) return '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Sorted, each once. */
export function distinctSorted(texts: readonly string[]): string[] {
  return texts.length < 2 ? [...texts] : [...new Set(texts)].sort();
}
