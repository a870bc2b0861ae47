/** A change as a finding suggests it: what commands are written from, and plans are made of (planned.ts). */

import type { RouteTarget } from './fabric.ts';
import type { FilterKind } from './filter.ts';

/** What a route is besides where it leads to, in fabrics whose routes have more to them. */
export interface RouteManner {
  /** As in route facts: the lowest wins. */
  readonly rank?: number;
  /** Only senders that carry one of these network tags see it; absent: all do. */
  readonly scopeTags?: readonly string[];
  readonly description?: string;
}

/** Where a command has to be sent. */
export type Place =
  | { readonly cloud: 'aws'; readonly account: string; readonly region: string }
  | { readonly cloud: 'gcp'; readonly project: string }
  | { readonly cloud: 'azure'; readonly subscription: string };

/**
 * Ids are those of the snapshot: EC2 ids; on Compute Engine `project/zone/instance/nic0`, the network's name as table
 * and `project/zone/instance` as machine; on Azure the resource ids.
 */
export type Change =
  | {
      readonly kind: 'set-forwarding';
      readonly place: Place;
      readonly interface: string;
      readonly machine?: string;
      readonly node: string;
      /** Absent: on. */
      readonly forwarding?: 'off';
    }
  | {
      readonly kind: 'create-route' | 'replace-route';
      readonly place: Place;
      readonly table: string;
      readonly prefix: string;
      readonly interface: string;
      readonly machine?: string;
      /** The node's own address of the prefix's family: what Azure wants as next hop. */
      readonly address?: string;
      readonly node: string;
      /** The present route's name, where routes have names. */
      readonly route?: string;
      /** What it leads to, where that is no node's interface: the way back to a former target. */
      readonly to?: RouteTarget;
      /** What else it is to be, where routes have more to them (Compute Engine). */
      readonly manner?: RouteManner;
    }
  | {
      readonly kind: 'delete-route';
      readonly place: Place;
      readonly table: string;
      readonly prefix: string;
      readonly route?: string;
    }
  | {
      readonly kind: 'associate-table';
      readonly place: Place;
      readonly subnet: string;
      readonly table: string;
    }
  | {
      readonly kind: 'raise-route-limit';
      readonly place: Place;
      readonly table: string;
      /** Routes that a table may hold now. */
      readonly allowed: number;
    }
  | {
      /** Says to a cluster's controller whether the table is the one to write to. */
      readonly kind: 'tag-table' | 'untag-table';
      readonly place: Place;
      readonly table: string;
      readonly tag: string;
    }
  | {
      /** Of what a group makes its machines from. */
      readonly kind: 'set-template-forwarding';
      readonly place: Place;
      readonly template: string;
      /** Absent: on. */
      readonly forwarding?: 'off';
    }
  | {
      readonly kind: 'admit-range';
      readonly place: Place;
      readonly filter: string;
      readonly filterKind: FilterKind;
      readonly direction: 'in' | 'out';
      readonly prefixes: readonly string[];
      /** Number or priority of the new rule, where rules have an order; absent there: none is free. */
      readonly rank?: number;
      /** As in filter rules; absent: all traffic. */
      readonly protocol?: string;
      readonly port?: number;
    };
