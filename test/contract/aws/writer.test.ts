/** The writer of EC2 against the lab: what is changed, with which rights, and what troubles come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Lab } from '../../../lab/servers/index.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { kindsOf } from '../../support/applying.ts';
import { applyAgainst, planAgainst, settled, withPlan } from './changing.ts';
import { useLab } from './lab-run.ts';

const serve = useLab();

interface Policy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: string;
  }[];
}

const POLICY = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/aws-apply.json', import.meta.url), 'utf8'),
) as Policy;

/** Every kind of change, both families, several tables; nothing of it leads to what is gone. */
function brokenWorld(): World {
  const world = ec2Cluster({ name: 'writer', mode: 'host-gw', nodes: 6, subnets: 2, ipv6: true });
  return faults.inject(
    world,
    faults.checkOn(1),
    faults.routeMissing(2),
    faults.routeMissing(3, 'all', 6),
    faults.wrongTarget(4, { node: 5 }),
    faults.wrongTarget(0, { gateway: 'igw' }),
    faults.staleRoute('10.244.77.0/24', [0], 5),
  ).world;
}

async function prepared(options: Parameters<typeof serve>[1] = {}): Promise<{ lab: Lab; plan: Plan; before: World }> {
  const lab = await serve(brokenWorld(), { writable: true, ...options });
  const plan = await planAgainst(lab.world, lab.env);
  return { lab, plan, before: structuredClone(lab.world) };
}

function writes(lab: Lab): { operation: string; status: number }[] {
  return lab.requests().filter(({ write }) => write);
}

describe('plan, apply, undo', () => {
  test('changes exactly the planned fields, and the undo restores the whole world', async () => {
    const { lab, plan, before } = await prepared({ iamPolicy: POLICY });
    expect(new Set(plan.changes.map(({ kind }) => kind))).toEqual(
      new Set(['set-forwarding', 'create-route', 'replace-route', 'delete-route']),
    );
    const done = await applyAgainst(plan, lab.env);
    expect(new Set(kindsOf(done))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    expect(writes(lab).length).toBe(plan.changes.length);
    // Nothing is left that the next plan would change.
    expect((await planAgainst(lab.world, lab.env)).changes).toEqual([]);
    const undone = await applyAgainst(undoPlan(plan), lab.env);
    expect(new Set(kindsOf(undone))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(settled(before));
    expect((await planAgainst(lab.world, lab.env)).digest).toBe(plan.digest);
  });

  test('never touches the instance’s own flag: with several interfaces each has its own', async () => {
    const world = faults.inject(
      ec2Cluster({ name: 'writer', mode: 'host-gw', nodes: 3 }),
      faults.checkOn(1),
      faults.secondInterface(1),
    ).world;
    const lab = await serve(world, { writable: true });
    const plan = await planAgainst(lab.world, lab.env);
    const before = structuredClone(lab.world);
    expect(kindsOf(await applyAgainst(plan, lab.env))).toEqual(['applied']);
    expect(writes(lab).map(({ operation }) => operation)).toEqual(['ModifyNetworkInterfaceAttribute']);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('again, and by two at a time: everything once', async () => {
    const { lab, plan, before } = await prepared();
    const [one, two] = await Promise.all([applyAgainst(plan, lab.env), applyAgainst(plan, lab.env)]);
    const kinds = new Set([...kindsOf(one), ...kindsOf(two)]);
    for (const kind of kinds) expect(['applied', 'already']).toContain(kind);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    const sent = writes(lab).length;
    expect(new Set(kindsOf(await applyAgainst(plan, lab.env)))).toEqual(new Set(['already']));
    expect(writes(lab).length).toBe(sent);
  });
});

describe('what a service keeps', () => {
  test('is withheld, with the service’s name', async () => {
    const world = brokenWorld();
    const face = world.aws[0]!.interfaces[1]!;
    face.managedHidden = false;
    const lab = await serve(world, { writable: true });
    const { changes, withheld } = await planAgainst(lab.world, lab.env);
    expect(changes.some(({ kind }) => kind === 'set-forwarding')).toBe(false);
    const reasons = withheld.find(({ kind }) => kind === 'set-forwarding')?.reasons;
    expect(reasons).toEqual([
      { code: 'owned', text: 'it belongs to eks.amazonaws.com, which keeps the interface; allow-owners can name it' },
    ]);
  });
});

describe('rights', () => {
  test('the policy of apply is that of check and the changes, each of which is needed', async () => {
    const check = JSON.parse(
      readFileSync(new URL('../../../docs/permissions/aws-check.json', import.meta.url), 'utf8'),
    ) as Policy;
    expect(POLICY.Statement[0]).toEqual(check.Statement[0]);
    const { lab, plan } = await prepared({ iamPolicy: POLICY });
    await applyAgainst(plan, lab.env);
    expect(new Set(writes(lab).map(({ operation }) => `ec2:${operation}`))).toEqual(new Set(actions));
  });

  const actions = POLICY.Statement.slice(1).flatMap(({ Action }) => Action);

  test.each(actions)('without %s that change is denied with its name, and the rest is left alone', async (action) => {
    const { lab, plan } = await prepared({ iamPolicy: POLICY, deny: [action] });
    const { outcomes } = await applyAgainst(plan, lab.env);
    const at = outcomes.findIndex(({ kind }) => kind === 'denied');
    expect(outcomes[at]).toMatchObject({ permission: action });
    expect(outcomes[at]?.reason).toContain('docs/permissions/aws-apply.json');
    expect(new Set(outcomes.slice(0, at).map(({ kind }) => kind))).toEqual(new Set(at === 0 ? [] : ['applied']));
    expect(new Set(outcomes.slice(at + 1).map(({ kind }) => kind))).toEqual(
      new Set(at === outcomes.length - 1 ? [] : ['not-run']),
    );
    expect(writes(lab).length).toBe(at + 1);
  });

  test('with the policy of check nothing can be changed', async () => {
    const [read] = POLICY.Statement;
    const { lab, plan, before } = await prepared({ iamPolicy: { ...POLICY, Statement: [read] } });
    expect(kindsOf(await applyAgainst(plan, lab.env))[0]).toBe('denied');
    expect(lab.world).toEqual(before);
  });
});

describe('troubles', () => {
  test.each<[string, Parameters<typeof serve>[1]]>([
    ['throttled on every second call', { throttleEvery: 2 }],
    ['changes that are seen late', { lagReads: 3 }],
    [
      'an internal error instead of every first change',
      { fail: ({ operation, count }) => (isWrite(operation) && count === 1 ? 'before' : undefined) },
    ],
    [
      'an internal error after a change that did happen',
      { fail: ({ operation, count }) => (isWrite(operation) && count % 2 === 1 ? 'after' : undefined) },
    ],
    [
      'a connection that breaks off after the change',
      { fail: ({ operation, count }) => (isWrite(operation) && count % 2 === 1 ? 'cut' : undefined) },
    ],
  ])(
    '%s: everything is made, once, and only what was planned',
    async (_, options) => {
      const { lab, plan, before } = await prepared(options);
      const { outcomes } = await applyAgainst(plan, { ...lab.env, AWS_MAX_ATTEMPTS: '9' });
      expect(
        new Set(outcomes.map(({ kind, reason }) => (kind === 'applied' ? kind : `${kind}: ${reason ?? ''}`))),
      ).toEqual(new Set(['applied']));
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
    },
    120_000,
  );

  test('nobody at the endpoint: nothing is claimed', async () => {
    const { plan } = await prepared();
    const env = {
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9',
      AWS_MAX_ATTEMPTS: '1',
    };
    const { outcomes, journal } = await applyAgainst({ ...plan, changes: plan.changes.slice(0, 1) }, env);
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'failed', reason: expect.stringMatching(/cannot be reached/) }),
    ]);
    expect(journal.filter(({ event }) => event === 'sending')).toEqual([]);
  }, 60_000);
});

function isWrite(operation: string): boolean {
  return !/^(?:Describe|Get)/.test(operation);
}

describe('races', () => {
  /** Changes the world when the request with that name arrives for the first time after the plan was made. */
  async function raced(
    operation: string,
    meddle: (world: World, plan: Plan) => void,
  ): Promise<{ lab: Lab; kinds: Map<string, string> }> {
    let armed: Plan | undefined;
    const lab = await serve(brokenWorld(), {
      writable: true,
      onRequest: (request, world) => {
        if (armed === undefined || request.operation !== operation) return;
        meddle(world, armed);
        armed = undefined;
      },
    });
    const plan = await planAgainst(lab.world, lab.env);
    armed = plan;
    const { outcomes } = await applyAgainst(plan, lab.env);
    return { lab, kinds: new Map(outcomes.map(({ id, kind, reason }) => [id, `${kind} ${reason ?? ''}`])) };
  }

  function oddOf(kinds: ReadonlyMap<string, string>): string[] {
    return [...kinds.values()].filter((text) => text !== 'applied ');
  }

  function tableOf(world: World) {
    return world.aws[0]!.routeTables[1]!;
  }

  test('a controller makes the same route between reading and writing: already', async () => {
    const { lab, kinds } = await raced('CreateRoute', (world) => {
      const owner = world.aws[0]!.interfaces.find(({ instanceId }) =>
        world.cluster.nodes[2]!.providerID!.endsWith(instanceId!),
      )!;
      for (const table of world.aws[0]!.routeTables.slice(1)) {
        table.routes.push({
          destination: { cidr: '10.244.2.0/24' },
          target: { kind: 'interface', interfaceId: owner.id },
          origin: 'CreateRoute',
        });
      }
    });
    expect(new Set(oddOf(kinds))).toEqual(new Set(['already ']));
    expect(tableOf(lab.world).routes.filter((route) => JSON.stringify(route).includes('10.244.2.0/24')).length).toBe(1);
  });

  test('a controller makes another route for the same range: stale, and its route stays', async () => {
    const { lab, kinds } = await raced('CreateRoute', (world) => {
      const stranger = world.aws[0]!.interfaces[0]!.id;
      for (const table of world.aws[0]!.routeTables.slice(1)) {
        table.routes.push({
          destination: { cidr: '10.244.2.0/24' },
          target: { kind: 'interface', interfaceId: stranger },
          origin: 'CreateRoute',
        });
      }
    });
    expect(oddOf(kinds).length).toBeGreaterThan(0);
    for (const text of oddOf(kinds))
      expect(text).toMatch(/^stale it is -> eni-\w+ .*now, and was no route when the plan was made/);
    expect(JSON.stringify(tableOf(lab.world).routes)).toContain(lab.world.aws[0]!.interfaces[0]!.id);
  });

  test('the route is gone when it is to be replaced: stale, and it is not made again', async () => {
    const { lab, kinds } = await raced('ReplaceRoute', (world) => {
      for (const table of world.aws[0]!.routeTables) {
        table.routes = table.routes.filter((route) => !JSON.stringify(route).includes('10.244.4.0/24'));
      }
    });
    expect(oddOf(kinds).length).toBeGreaterThan(0);
    for (const text of oddOf(kinds)) expect(text).toMatch(/^stale it is no route now/);
    expect(JSON.stringify(lab.world.aws[0]!.routeTables)).not.toContain('10.244.4.0/24');
  });

  test('the interface moves to another machine before its route is made: stale', async () => {
    const { kinds } = await raced('DescribeNetworkInterfaces', (world) => {
      for (const face of world.aws[0]!.interfaces) face.instanceId = world.aws[0]!.instances[0]!.id;
    });
    for (const text of oddOf(kinds)) expect(text).toMatch(/^stale eni-\w+ is attached to i-\w+ now, not to i-\w+$/);
    expect(oddOf(kinds).length).toBeGreaterThan(0);
  });

  test('what EC2 has no precondition for: a change within one round trip is overwritten, and the window is that small', async () => {
    const { lab, kinds } = await raced('ReplaceRoute', (world, { changes }) => {
      const target = changes.find(({ kind }) => kind === 'replace-route')!.target as { table: string; prefix: string };
      const table = world.aws[0]!.routeTables.find(({ id }) => id === target.table)!;
      const route = table.routes.find((one) => JSON.stringify(one).includes(target.prefix))!;
      route.target = { kind: 'peering', id: 'pcx-0aaaaaaaaaaaaaaaa' };
    });
    // docs/apply.md tells of it.
    expect(oddOf(kinds)).toEqual([]);
    expect(JSON.stringify(lab.world.aws[0]!.routeTables)).not.toContain('pcx-0aaaaaaaaaaaaaaaa');
  });
});
