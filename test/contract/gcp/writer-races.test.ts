/** Somebody else changes the same things while the writer of Compute Engine is at work. */
import { describe, expect, jest, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import type { GceRouteWorld, GceWorld } from '../../../lab/world/gce.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { applyAgainst, planAgainst, smallWorld } from './changing.ts';
import { gceOf, leave, serveGce } from './expected.ts';

jest.setTimeout(60_000);

const serve = labPerTest(serveGce, leave);

/** Ranges of smallWorld: one without a route, one whose route leads elsewhere, one that no node has. */
const [MISSING, WRONG, STALE] = ['10.244.2.0/24', '10.244.3.0/24', '10.244.77.0/24'];

interface Raced {
  readonly lab: Lab;
  readonly plan: Plan;
  /** By the kind of change: `applied`, `stale why`. */
  readonly kinds: ReadonlyMap<string, string>;
  /** The world right after the meddling. */
  readonly meddled: World;
}

/** Changes the world when the request arrives whose name begins so, once, after the plan was made. */
async function race(operation: string, meddle: (gce: GceWorld, plan: Plan) => void): Promise<Raced> {
  let armed: Plan | undefined;
  let meddled: World | undefined;
  const lab = await serve(smallWorld(), {
    writable: true,
    onRequest: (request, world) => {
      if (armed === undefined || !request.operation.startsWith(operation)) return;
      meddle(gceOf(world), armed);
      meddled = structuredClone(world);
      armed = undefined;
    },
  });
  const plan = await planAgainst(lab);
  armed = plan;
  const { outcomes } = await applyAgainst(plan, lab);
  const kinds = new Map(
    outcomes.map(({ id, kind, reason }) => [
      plan.changes.find((change) => change.id === id)!.kind,
      `${kind} ${reason ?? ''}`.trim(),
    ]),
  );
  expect(meddled).toBeDefined();
  return { lab, plan, kinds, meddled: meddled! };
}

function routesFor(gce: GceWorld, prefix: string): GceRouteWorld[] {
  return gce.routes.filter(({ destRange }) => destRange === prefix);
}

/** A route to the machine of that number. */
function routeTo(gce: GceWorld, index: number, name: string, destRange: string): GceRouteWorld {
  const [{ project, instances }] = gce.projects as [GceWorld['projects'][number]];
  const { zone, name: instance } = instances[index]!;
  const network = gce.networks[0]!.name;
  const target = { kind: 'instance', project, zone, name: instance } as const;
  return { name, network, destRange, priority: 1000, tags: [], description: '', target };
}

describe('the machine', () => {
  test('gets another tag between reading and writing: its fingerprint tells, and nothing of it is lost', async () => {
    const { lab, kinds, meddled } = await race('instances.update', (gce) => {
      for (const one of gce.projects[0]!.instances) one.tags = ['just-now'];
    });
    expect(kinds.get('set-forwarding')).toBe('applied');
    const [was, is] = [meddled, lab.world].map((world) => gceOf(world).projects[0]!.instances[1]!);
    expect(is).toEqual({ ...was, canIpForward: true });
    const sent = lab.requests().filter(({ operation }) => operation.startsWith('instances.update'));
    expect(sent.map(({ status }) => status)).toEqual([412, 200]);
  });

  test('is switched on by somebody else: already', async () => {
    const { kinds } = await race('instances.update', (gce) => {
      for (const one of gce.projects[0]!.instances) one.canIpForward = true;
    });
    expect(kinds.get('set-forwarding')).toBe('already');
  });

  test('is deleted before it is written: stale', async () => {
    const { kinds } = await race('instances.update', (gce) => void gce.projects[0]!.instances.splice(1, 1));
    expect(kinds.get('set-forwarding')).toMatch(/^stale it is not there now, and was forwarding off/);
  });

  test('of a route is deleted before that is made: stale', async () => {
    const { lab, kinds } = await race('routes.list', (gce) => void gce.projects[0]!.instances.splice(2, 1));
    expect(kinds.get('create-route')).toMatch(/^stale shop-prod\/\S+ does not exist any more$/);
    expect(routesFor(gceOf(lab.world), MISSING)).toEqual([]);
  });
});

describe('a new route', () => {
  test.each<[string, string, number, RegExp]>([
    ['the same under another name', 'theirs', 2, /^already$/],
    ['another under another name', 'theirs', 0, /^stale it is -> shop-prod\/\S+ now, and was no route/],
  ])('somebody has made %s before it was read: theirs stays', async (_, name, index, outcome) => {
    const { lab, kinds } = await race('routes.list', (gce) => gce.routes.push(routeTo(gce, index, name, MISSING)));
    expect(kinds.get('create-route')).toMatch(outcome);
    expect(routesFor(gceOf(lab.world), MISSING).map((one) => one.name)).toEqual([name]);
  });

  test.each<[string, number, RegExp]>([
    ['the same', 2, /^already$/],
    ['another', 0, /^stale it is -> shop-prod\/\S+ now, and was no route/],
  ])('somebody makes %s of that name between reading and writing: theirs stays', async (_, index, outcome) => {
    const { lab, kinds } = await race('routes.insert', (gce) =>
      gce.routes.push(routeTo(gce, index, 'pods-10-244-2-0-24', MISSING)),
    );
    expect(kinds.get('create-route')).toMatch(outcome);
    expect(routesFor(gceOf(lab.world), MISSING).length).toBe(1);
  });

  test('its name is another route’s: stale, and that one stays', async () => {
    const { lab, kinds } = await race('routes.insert', (gce) =>
      gce.routes.push(routeTo(gce, 0, 'pods-10-244-2-0-24', '10.99.0.0/16')),
    );
    expect(kinds.get('create-route')).toMatch(/^stale pods-10-244-2-0-24 is the name of another route/);
    expect(routesFor(gceOf(lab.world), '10.99.0.0/16').length).toBe(1);
  });
});

describe('a route that is to lead elsewhere', () => {
  test.each<[string, (gce: GceWorld) => void, RegExp]>([
    [
      'is gone',
      (gce) => void (gce.routes = gce.routes.filter(({ destRange }) => destRange !== WRONG)),
      /^stale it is no route now, and was -> /,
    ],
    [
      'leads somewhere else',
      (gce) => void (routesFor(gce, WRONG)[0]!.target = routeTo(gce, 1, '', WRONG).target),
      /^stale it is -> shop-prod\/\S+ now, and was -> /,
    ],
  ])('%s, at any moment before it is deleted: stale, and it stays so', async (_, meddle, outcome) => {
    for (const when of ['routes.list', 'routes.insert shop-prod/manual', 'globalOperations.get']) {
      const { lab, kinds, meddled } = await race(when, meddle);
      expect(kinds.get('replace-route')).toMatch(outcome);
      expect(routesFor(gceOf(lab.world), WRONG)).toEqual(routesFor(gceOf(meddled), WRONG));
    }
  });

  test.each<[string, Partial<GceRouteWorld>, RegExp]>([
    ['another priority', { priority: 50 }, /^stale manual-\d+ has another priority or description now$/],
    ['a tag', { tags: ['some'] }, /^stale /],
  ])('has got %s: stale', async (_, more, outcome) => {
    const { lab, kinds, meddled } = await race('instances.update', (gce) =>
      Object.assign(routesFor(gce, WRONG)[0]!, more),
    );
    expect(kinds.get('replace-route')).toMatch(outcome);
    expect(routesFor(gceOf(lab.world), WRONG)).toEqual(routesFor(gceOf(meddled), WRONG));
  });

  test('the name that would stand in is somebody else’s: stale, and nothing of it is touched', async () => {
    const { lab, kinds } = await race('instances.update', (gce) => {
      const { name } = routesFor(gce, WRONG)[0]!;
      gce.routes.push(routeTo(gce, 0, `${name}-moving`, WRONG));
    });
    expect(kinds.get('replace-route')).toMatch(/^stale manual-\d+-moving is the name of another route/);
    expect(routesFor(gceOf(lab.world), WRONG).length).toBe(2);
  });
});

describe('a route that is to go', () => {
  test.each<[string, (gce: GceWorld) => void, RegExp]>([
    [
      'is gone already',
      (gce) => void (gce.routes = gce.routes.filter(({ destRange }) => destRange !== STALE)),
      /^already$/,
    ],
    [
      'leads somewhere else',
      (gce) => void (routesFor(gce, STALE)[0]!.target = routeTo(gce, 1, '', STALE).target),
      /^stale it is -> /,
    ],
  ])('%s', async (_, meddle, outcome) => {
    expect((await race('instances.update', meddle)).kinds.get('delete-route')).toMatch(outcome);
  });

  test('goes between reading and writing: already', async () => {
    const { name } = routesFor(gceOf(smallWorld()), STALE)[0]!;
    const { kinds } = await race(`routes.delete shop-prod/${name}`, (gce) => {
      gce.routes = gce.routes.filter(({ destRange }) => destRange !== STALE);
    });
    expect(kinds.get('delete-route')).toBe('already');
  });
});
