/** Everything outside, as interfaces. Rooms get these passed in; only index.ts builds the real ones. */
import type { CloudId, Config } from './model/config.ts';
import type { AccessError, DeliveryError } from './model/errors.ts';
import type { PlannedChange, TargetState } from './model/planned.ts';
import type {
  CniFacts,
  FabricFacts,
  Gap,
  GuestFacts,
  NodeFacts,
  RouteControllerFacts,
  RouterFacts,
  Suspects,
} from './model/snapshot.ts';

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
  /** A long part of the result, folded where that can be done. */
  fold(title: string, text: string): void;
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

export interface GuestReader {
  /** Throws ConfigError where nothing can be read at all. Each of these nodes is in the facts, or a gap says why not. */
  read(nodes: readonly NodeFacts[]): Promise<Reading<readonly GuestFacts[]>>;
}

/** What somebody wrote down about networks outside of clouds. */
export interface SegmentFacts {
  readonly routers: readonly RouterFacts[];
}

export interface SegmentReader {
  /** Throws ConfigError where a file is not what it should be: nothing of it is left out silently. */
  read(): Promise<SegmentFacts>;
}

/** What a change is about, as it is right before the write. */
export interface LiveTarget {
  readonly state: TargetState;
  /** What else is not as the change's precondition says, as a sentence without a full stop. */
  readonly drift?: string;
  /** What makes the write depend on this very reading, where the API has such a thing: an etag, a fingerprint. */
  readonly token?: unknown;
  /** Neither before nor after, but on the way that this very change takes: an earlier run of it was cut off. */
  readonly resumable?: true;
}

/**
 * Why a request came to nothing. `denied`: a permission lacks; `refused`: it would be refused again; `conflict`: the API
 * saw that the target is not as it was read; `busy`: nothing was done, and later it may be; `unclear`: it may have been
 * done (no answer, a broken one, a 5xx).
 */
export interface WriteTrouble {
  readonly trouble: 'denied' | 'refused' | 'conflict' | 'busy' | 'unclear';
  /** Without a full stop at the end. */
  readonly reason: string;
  readonly permission?: string;
  /** What the other side asked for, in milliseconds. */
  readonly waitMs?: number;
}

/** Sends one request that changes something, with what is written down before and after it. */
export type SendStep = <T>(request: string, send: () => Promise<T>) => Promise<T>;

/**
 * Changes one fabric. Neither method repeats a request by itself or throws for expected trouble: whether something is
 * tried again is for the caller, who reads first.
 */
export interface FabricWriter {
  read(change: PlannedChange): Promise<LiveTarget | WriteTrouble>;
  /** Every request that changes something goes through `step`. `done`: the API has accepted all of it. */
  write(change: PlannedChange, live: LiveTarget, step: SendStep): Promise<'done' | WriteTrouble>;
}

/** All that can change anything; made in mode apply only. */
export interface Changing {
  writer(cloud: CloudId, config: Config): Promise<FabricWriter>;
  /** Fires when the run is asked to end. */
  readonly interrupted: AbortSignal;
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
  /** Absent: nobody asked for report.json here. */
  printJson?(json: string): void;
}

/** What started the run, as far as reports and trust depend on it. */
export interface RunEvent {
  /** As GitHub names it: `push`, `pull_request`, `schedule`. */
  readonly name: string;
  /** The pull request that the run is about. */
  readonly pullRequest?: number;
  /**
   * What is checked out may be of somebody who may not write to the repository: a fork's or Dependabot's, or unknown
   * because the event runs beside a pull request (`pull_request_target`, `issue_comment`, `workflow_run`). Says nothing
   * about the token, which may write in the latter. Then `base` is set, but for an event whose payload cannot be read.
   */
  readonly isUntrusted: boolean;
  /**
   * A commit or ref of the repository itself: on pull requests the one that it would be merged into, else the default
   * branch's. Files that decide about the result count as they are there. Absent: as they are in the checkout.
   */
  readonly base?: string;
  /** Page of the run. */
  readonly runUrl?: string;
}

/** A text of which GitHub keeps one copy. */
export interface Message {
  /** Tells the text apart from all others: it names this tool and the cluster, and stands in the body. */
  readonly marker: string;
  readonly body: string;
}

/** What became of a message; `none`: there was none, and none was wanted. */
export interface Delivered {
  readonly kind: 'created' | 'updated' | 'unchanged' | 'reopened' | 'closed' | 'none';
  readonly url?: string;
}

/** GitHub's API, as far as reports need it. Expected trouble is returned. */
export interface GitHub {
  readonly event: RunEvent;
  /** `create`: false only writes where there is a comment already. */
  comment(pullRequest: number, message: Message, create: boolean): Promise<Delivered | DeliveryError>;
  /** `leave`: neither opens nor closes, but keeps an open one up to date. */
  issue(
    message: Message & { readonly title: string },
    wanted: 'open' | 'closed' | 'leave',
  ): Promise<Delivered | DeliveryError>;
  /** A file of the repository as it is in `event.base`; undefined: it is not there. */
  readBase(path: string): Promise<string | undefined | AccessError>;
}

export interface Files {
  /** Throws ConfigError with the path when it cannot be read. */
  read(path: string): Promise<string>;
  /** Undefined: there is no such file. Throws ConfigError where there is one and it cannot be read. */
  find(path: string): Promise<string | undefined>;
  /** The path from the workspace's root; undefined: it is outside. */
  inWorkspace(path: string): string | undefined;
  /** Makes missing folders; returns the absolute path. */
  write(path: string, text: string): Promise<string>;
  /** Adds to the end of the file, which is made where it is missing; returns the absolute path. */
  append(path: string, text: string): Promise<string>;
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
  /** Undefined outside GitHub Actions. */
  github(config: Config): Promise<GitHub | undefined>;
  fabric(cloud: CloudId, config: Config): Promise<FabricReader>;
  /** Undefined: nobody asked for the nodes' own kernels. */
  guests(config: Config): Promise<GuestReader | undefined>;
  /** Undefined: nothing was written down. */
  segment(config: Config): Promise<SegmentReader | undefined>;
  /** Clouds that this version can change. */
  readonly writable: readonly CloudId[];
  /** Absent in all modes but apply. */
  readonly changing?: Changing;
}
