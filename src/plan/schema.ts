/** The shape of a plan file: what decode checks with, and what is published. */
import type { HostChange } from '../model/host-change.ts';
import type { Change, Place } from '../model/plan.ts';
import type {
  Because,
  ChangeTarget,
  NodePlace,
  Plan,
  PlanBasis,
  PlannedChange,
  Precondition,
  TargetState,
  Undo,
  WithheldChange,
  WithheldReason,
} from '../model/planned.ts';
import { CHANGE_KINDS, DISRUPTIONS, PLAN_SCHEMA_VERSION, WITHHELD_CODES } from '../model/planned.ts';
import { TARGET } from '../snapshot/schema.ts';
import {
  described,
  fixed,
  ID,
  kinds,
  list,
  listBy,
  NUMBER,
  object,
  optional,
  PREFIX,
  TEXT,
  TIME,
  words,
  type Shape,
} from '../snapshot/shape.ts';

type Cloud<K extends Place['cloud']> = Extract<Place, { readonly cloud: K }>;
type Thing<K extends ChangeTarget['kind']> = Extract<ChangeTarget, { readonly kind: K }>;
type State<K extends TargetState['kind']> = Extract<TargetState, { readonly kind: K }>;
type Undoable<P extends boolean> = Extract<Undo, { readonly possible: P }>;

const CLOUDS = [
  object<Cloud<'aws'>>({ cloud: fixed('aws'), account: ID, region: ID }).schema,
  object<Cloud<'gcp'>>({ cloud: fixed('gcp'), project: ID }).schema,
  object<Cloud<'azure'>>({ cloud: fixed('azure'), subscription: ID }).schema,
];

const PLACE: Shape<Place> = { schema: { type: 'object', oneOf: CLOUDS, 'x-tag': 'cloud' } };

/** What is withheld may also be something to do on a node. */
const WITHHELD_PLACE: Shape<Place | NodePlace> = {
  schema: {
    type: 'object',
    oneOf: [...CLOUDS, object<NodePlace>({ cloud: fixed('none'), node: ID }).schema],
    'x-tag': 'cloud',
  },
};

const CHANGE_TARGET = kinds<ChangeTarget>({
  interface: object<Thing<'interface'>>({ kind: fixed('interface'), interface: ID, machine: optional(ID) }),
  template: object<Thing<'template'>>({ kind: fixed('template'), template: ID }),
  subnet: object<Thing<'subnet'>>({ kind: fixed('subnet'), subnet: ID }),
  route: object<Thing<'route'>>({ kind: fixed('route'), table: ID, prefix: PREFIX, name: optional(ID) }),
});

const STATE = kinds<TargetState>({
  forwarding: object<State<'forwarding'>>({ kind: fixed('forwarding'), forwarding: words(['on', 'off']) }),
  route: object<State<'route'>>({
    kind: fixed('route'),
    to: TARGET,
    rank: optional(NUMBER),
    scopeTags: optional(list(TEXT)),
    description: optional(TEXT),
  }),
  association: object<State<'association'>>({ kind: fixed('association'), table: ID }),
  absent: object<State<'absent'>>({ kind: fixed('absent') }),
});

const PRECONDITION = object<Precondition>({
  attached: optional(object<NonNullable<Precondition['attached']>>({ interface: ID, machine: ID })),
  node: optional(
    object<NonNullable<Precondition['node']>>({ name: ID, machine: optional(ID), podCIDR: optional(PREFIX) }),
  ),
});

const UNDO: Shape<Undo> = {
  schema: {
    type: 'object',
    oneOf: [
      object<Undoable<true>>({ possible: fixed(true), kind: words(CHANGE_KINDS), disruption: words(DISRUPTIONS) })
        .schema,
      object<Undoable<false>>({ possible: fixed(false), reason: TEXT }).schema,
    ],
    'x-tag': 'possible',
  },
};

const BECAUSE = list(object<Because>({ finding: ID, title: TEXT }));

const CHANGE = object<PlannedChange>({
  id: ID,
  kind: words(CHANGE_KINDS),
  place: PLACE,
  target: CHANGE_TARGET,
  before: described('As it was when the plan was made; anything else at the time of the write is stale.', STATE),
  after: STATE,
  precondition: PRECONDITION,
  disruption: words(DISRUPTIONS),
  undo: UNDO,
  permissions: list(TEXT),
  because: BECAUSE,
});

const FIX_KINDS = [
  ...CHANGE_KINDS,
  'raise-route-limit',
  'tag-table',
  'untag-table',
  'admit-range',
] as const satisfies readonly Change['kind'][];

const HOST_KINDS = [
  'restart-agent',
  'set-host-route',
  'delete-host-route',
  'set-host-forwarding',
  'set-rp-filter',
] as const satisfies readonly HostChange['kind'][];

const WITHHELD = object<WithheldChange>({
  id: ID,
  kind: words<WithheldChange['kind']>([...FIX_KINDS, ...HOST_KINDS]),
  place: WITHHELD_PLACE,
  what: TEXT,
  because: BECAUSE,
  reasons: list(object<WithheldReason>({ code: words(WITHHELD_CODES), text: TEXT })),
});

export const PLAN: Shape<Plan> = object<Plan>({
  schemaVersion: fixed(PLAN_SCHEMA_VERSION),
  purpose: words(['plan', 'undo']),
  cluster: ID,
  basedOn: object<PlanBasis>({ takenAt: TIME, snapshot: ID, version: TEXT }),
  changes: described('In the order in which they are done.', listBy<PlannedChange>('id', CHANGE)),
  withheld: list(WITHHELD),
  digest: described(
    'sha256, in hexadecimal, of the canonical JSON (keys sorted by code unit, no blanks) of schemaVersion, purpose, cluster and changes.',
    ID,
  ),
});
