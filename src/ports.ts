/** Everything outside, as interfaces. Rooms get these passed in; only index.ts builds the real ones. */
import type { CloudId, Config } from './model/config.ts';
import type { FabricFacts, Gap, NodeFacts, CniFacts, Suspects, RouteControllerFacts } from './model/snapshot.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after the given milliseconds. */
  sleep(ms: number): Promise<void>;
}

export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  /** Folds what is logged meanwhile under a heading. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** What a reader could read, and what it could not. */
export interface Reading<T> {
  readonly facts: T;
  readonly gaps: readonly Gap[];
}

export interface ClusterReading {
  readonly id: string;
  readonly version?: string;
  readonly nodes: readonly NodeFacts[];
  readonly cni: CniFacts;
  readonly routeController?: RouteControllerFacts;
  /** Absent: not asked for, or not told. */
  readonly serviceCIDRs?: readonly string[];
}

/** What costs calls of its own. */
export interface ClusterFacets {
  readonly cni: boolean;
  /** The ranges of Services. */
  readonly services?: boolean;
  /** What controller managers are told about routes. */
  readonly controllers?: boolean;
}

export interface ClusterReader {
  /**
   * Throws a KnownError when no node could be listed at all; anything less is a gap. `onNodes`: the nodes as soon as they
   * are known, while all else is still being read.
   */
  read(wanted: ClusterFacets, onNodes?: (nodes: readonly NodeFacts[]) => void): Promise<Reading<ClusterReading>>;
  /** The named nodes as they are now; a node that is gone is left out. */
  reread(names: readonly string[]): Promise<Reading<readonly NodeFacts[]>>;
}

/** Facets that cost calls of their own and that not every configuration needs. */
export interface FabricFacets {
  /** Security groups, network ACLs, firewall rules. */
  readonly filters: boolean;
  /** How many routes a table or project may hold. */
  readonly limits: boolean;
}

export interface FabricReader {
  /** Never throws for expected trouble: what could not be read is a gap. Absent facets: all of them. */
  read(nodes: readonly NodeFacts[], facets?: FabricFacets): Promise<Reading<readonly FabricFacts[]>>;
  /** The named objects as they are now, in otherwise empty fabrics; what is gone is left out. */
  reread(suspects: Suspects): Promise<Reading<readonly FabricFacts[]>>;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** The GitHub runner, or a terminal. */
export interface Runner {
  annotate(annotation: Annotation): void;
  setOutput(name: string, value: string): void;
  /** Markdown for people. */
  writeSummary(markdown: string): Promise<void>;
}

export interface Files {
  /** Throws ConfigError with the path when it cannot be read. */
  read(path: string): Promise<string>;
  /** Makes missing folders; returns the absolute path. */
  write(path: string, text: string): Promise<string>;
}

/** Which clouds the nodes need, and which of those this version cannot read. */
export interface CloudChoice {
  readonly clouds: readonly CloudId[];
  readonly gaps: readonly Gap[];
}

/** Factories, so that a mode loads only what it needs. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly runner: Runner;
  readonly files: Files;
  /** Pure. */
  chooseClouds(config: Config, nodes: readonly NodeFacts[]): CloudChoice;
  cluster(config: Config): Promise<ClusterReader>;
  fabric(cloud: CloudId, config: Config): Promise<FabricReader>;
}
