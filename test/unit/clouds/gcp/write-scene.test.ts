import { expect, test } from '@jest/globals';
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { standInName, standInText, surveyRoutes } from '../../../../src/clouds/gcp/write-scene.ts';
import type { PlannedChange, TargetState } from '../../../../src/model/planned.ts';

type IRoute = google.cloud.compute.v1.IRoute;

const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

test('names that stand in are valid, the same each time, and different for different routes', () => {
  const long = `cluster-${'0'.repeat(55)}`;
  const names = [
    'a',
    'manual-1',
    'x'.repeat(56),
    'x'.repeat(57),
    `${'x'.repeat(56)}-a`,
    long,
    `${long.slice(0, 60)}-v6`,
  ];
  for (const name of names) expect(standInName(name)).toMatch(NAME);
  expect(new Set(names.map(standInName)).size).toBe(names.length);
  expect(names.map(standInName)).toEqual(names.map(standInName));
  expect(standInName('manual-1')).toBe('manual-1-moving');
});

const PREFIX = '10.244.1.0/24';
const A = { kind: 'machine', machine: 'p/z/a' } as const;
const B = { kind: 'machine', machine: 'p/z/b' } as const;

function route(name: string, instance: string, more: IRoute = {}): IRoute {
  const nextHopInstance = `https://www.googleapis.com/compute/v1/projects/p/zones/z/instances/${instance}`;
  return {
    name,
    network: 'projects/p/global/networks/net',
    destRange: PREFIX,
    priority: 1000,
    nextHopInstance,
    ...more,
  };
}

function change(kind: PlannedChange['kind'], before: TargetState, after: TargetState, name?: string): PlannedChange {
  return {
    id: 'c',
    kind,
    place: { cloud: 'gcp', project: 'p' },
    target: { kind: 'route', table: 'p/net', prefix: PREFIX, ...(name === undefined ? {} : { name }) },
    before,
    after,
    precondition: {},
    disruption: 'none',
    undo: { possible: true, kind, disruption: 'none' },
    permissions: [],
    because: [],
  };
}

const ABSENT = { kind: 'absent' } as const;
const TO_A = { kind: 'route', to: A } as const;
const TO_B = { kind: 'route', to: B } as const;
const CREATION = change('create-route', ABSENT, TO_A);
const AGAIN = change('create-route', ABSENT, TO_A, 'r');
const REPLACEMENT = change('replace-route', TO_A, TO_B, 'r');
const DELETION = change('delete-route', TO_A, ABSENT, 'r');
const STAND_IN = route('r-moving', 'b', { description: standInText('r'), priority: 999 });
const HALF = { kind: 'route', to: { kind: 'unknown', text: expect.any(String) } };

test.each<[string, PlannedChange, IRoute[], { state: unknown; drift?: RegExp; resumable?: true }]>([
  ['nothing there', CREATION, [route('else', 'a', { destRange: '10.244.2.0/24' })], { state: ABSENT }],
  ['any route for the range counts where none is named', CREATION, [route('theirs', 'b')], { state: TO_B }],
  [
    'one with tags is another route',
    CREATION,
    [route('theirs', 'a', { tags: ['t'] })],
    { state: { ...TO_A, scopeTags: ['t'] } },
  ],
  ['several are too many', CREATION, [route('x', 'b'), route('y', 'a')], { state: TO_A, drift: /2 routes for/ }],
  [
    'our name in another network',
    CREATION,
    [route('pods-10-244-1-0-24', 'a', { network: 'projects/p/global/networks/other' })],
    { state: ABSENT, drift: /name of another route, for 10\.244\.1\.0\/24 in p\/other/ },
  ],
  ['only the named one counts where one is', AGAIN, [route('x', 'b')], { state: ABSENT }],
  [
    'a subnet route is none',
    AGAIN,
    [{ ...route('r', ''), nextHopInstance: '', nextHopNetwork: 'n' }],
    { state: ABSENT },
  ],
  ['as the plan says', REPLACEMENT, [route('r', 'a')], { state: TO_A }],
  ['begun', REPLACEMENT, [route('r', 'a'), STAND_IN], { state: HALF, resumable: true }],
  ['in the middle', REPLACEMENT, [STAND_IN], { state: HALF, resumable: true }],
  ['all but done', REPLACEMENT, [route('r', 'b'), STAND_IN], { state: HALF, resumable: true }],
  [
    'led elsewhere by somebody since',
    REPLACEMENT,
    [route('r', 'c'), STAND_IN],
    { state: { kind: 'route', to: { ...A, machine: 'p/z/c' } } },
  ],
  [
    'a name that stands in and is not ours',
    REPLACEMENT,
    [route('r', 'a'), { ...STAND_IN, description: 'mine' }],
    { state: TO_A, drift: /^r-moving is the name of another route/ },
  ],
  [
    'another priority than planned',
    change('replace-route', { ...TO_A, rank: 1000 }, TO_B, 'r'),
    [route('r', 'a', { priority: 7 })],
    { state: TO_A, drift: /another priority/ },
  ],
  ['what stands in is nothing to a deletion', DELETION, [route('r', 'a'), STAND_IN], { state: TO_A }],
])('%s', (_, planned, routes, expected) => {
  if (planned.target.kind !== 'route') throw new Error('no route');
  const { state, drift, resumable } = surveyRoutes(routes, planned, planned.target);
  expect(state).toEqual(expected.state);
  expect(resumable).toBe(expected.resumable);
  if (expected.drift === undefined) expect(drift).toBeUndefined();
  else expect(drift).toMatch(expected.drift);
});
