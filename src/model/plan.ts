/** A change to the world, described; only words are made of it so far. */

/** Where a command has to be sent. */
export interface Place {
  readonly cloud: 'aws';
  readonly account: string;
  readonly region: string;
}

export type Change =
  | { readonly kind: 'set-forwarding'; readonly place: Place; readonly interface: string; readonly node: string }
  | {
      readonly kind: 'create-route' | 'replace-route';
      readonly place: Place;
      readonly table: string;
      readonly prefix: string;
      readonly interface: string;
      readonly node: string;
    }
  | { readonly kind: 'delete-route'; readonly place: Place; readonly table: string; readonly prefix: string }
  | {
      readonly kind: 'associate-table';
      readonly place: Place;
      readonly subnet: string;
      readonly table: string;
    };
