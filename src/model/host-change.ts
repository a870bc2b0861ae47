/**
 * A change on a node itself, as a finding suggests it beside changes in a cloud: commands are written from it. No mode
 * makes it, whatever it is allowed: this action never logs in to a node.
 */
import type { GuestRouteType } from './guest.ts';
import type { Family } from './prefix.ts';
import type { Agent } from './snapshot.ts';

/** Of a node's own kernel. */
export interface HostRoute {
  /** Canonical. */
  readonly prefix: string;
  /** Absent: the destination itself is looked for on the link. */
  readonly gateway?: string;
  /** Linux: the link's name; Windows: the interface's alias. Absent where the route leads nowhere (a blackhole). */
  readonly device?: string;
  /** Name or number; absent: the main one, or the only one. */
  readonly table?: string;
  /** The lowest wins; absent: whatever the system gives. */
  readonly metric?: number;
  /** Absent: unicast. */
  readonly type?: GuestRouteType;
}

export type HostChange = {
  readonly node: string;
  readonly os: 'linux' | 'windows';
} & (
  | {
      /** Its network agent sets the routes again when it starts. */
      readonly kind: 'restart-agent';
      readonly agent: Agent;
      readonly namespace: string;
      /** Of the agent's pods, as kubectl takes it: `app=flannel`. */
      readonly selector: string;
    }
  | {
      readonly kind: 'set-host-route';
      readonly route: HostRoute;
      /** The one for the same prefix that is there now and has to go. */
      readonly instead?: HostRoute;
      /** The agent that keeps such routes: then this one only bridges the time until it does, and must not outlive a restart. */
      readonly keeper?: Agent;
    }
  | { readonly kind: 'delete-host-route'; readonly route: HostRoute }
  | {
      readonly kind: 'set-host-forwarding';
      readonly family: Family;
      /** Linux: the switch of all links, which moves those of the single ones along when it turns. */
      readonly all: boolean;
      /** Links whose own switch is off. */
      readonly devices: readonly string[];
    }
  | {
      /** Linux's rp_filter: the higher one of a link's and that of all links counts, where 2 is the loose form. */
      readonly kind: 'set-rp-filter';
      readonly level: 0 | 2;
      /** The setting of all links as well. */
      readonly all: boolean;
      readonly devices: readonly string[];
    }
);

/** Of one kind. */
export type HostChangeOf<K extends HostChange['kind']> = Extract<HostChange, { readonly kind: K }>;
