import { describe, expect, test } from '@jest/globals';
import { checkOn, inject, staleRoute, routeMissing } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import type { Gap, Snapshot } from '../../../src/model/snapshot.ts';
import type { IgnoreEntry, Triage } from '../../../src/model/triage.ts';
import { joinView } from '../../../src/report/view.ts';
import { renderJson } from '../../../src/report/json.ts';
import { parseBaseline, type Baseline } from '../../../src/triage/baseline.ts';
import { excuse } from '../../../src/triage/excused.ts';
import { triageFindings } from '../../../src/triage/triage.ts';
import { AUTO, cluster } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

interface Run {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly triage: Triage;
}

interface Given {
  readonly baseline?: Baseline;
  readonly ignore?: readonly IgnoreEntry[];
  readonly gaps?: readonly Gap[];
  readonly rules?: typeof AUTO.rules;
}

/** Rules that only explain others would stand beside every fault. */
const QUIET = { 'asymmetric-path': 'off', 'node-condition-misleading': 'off' } as const;

function run(faults: readonly Fault[], { baseline, ignore = [], gaps = [], rules: more = {} }: Given = {}): Run {
  const rules = { ...QUIET, ...more };
  const world = inject(cluster('fabric'), ...faults).world;
  const snapshot = { ...snapshotOfWorld(world), gaps };
  const judgement = judgeSnapshot(snapshot, { ...AUTO, rules, podCIDRs: ['10.244.0.0/16'] });
  return {
    snapshot,
    judgement,
    triage: triageFindings({ judgement, baseline, ignore, rules, snapshot }),
  };
}

/** As a later run reads it. */
function baselineOf({ snapshot, judgement, triage }: Run): Baseline {
  const gate = { result: 'fail' as const, reasons: [] };
  const text = renderJson(joinView({ judgement, triage, gate, snapshot, clouds: ['aws'], version: '1' }));
  const baseline = parseBaseline(text, 'report.json');
  if (baseline instanceof Error) throw baseline;
  return baseline;
}

function standings({ judgement, triage }: Run): Record<string, string> {
  return Object.fromEntries(
    judgement.findings.map(({ key, rule }) => [rule, triage.findings.get(key)?.standing ?? '']),
  );
}

describe('against a baseline', () => {
  test('without one all is new', () => {
    expect(standings(run([checkOn(3)]))).toEqual({ 'cloud-forwarding-off': 'new' });
  });

  test('what it has stands, what it lacks is new, what has gone is resolved', () => {
    const before = run([checkOn(3), staleRoute('10.244.250.0/24')]);
    const now = run([checkOn(3), routeMissing(2)], { baseline: baselineOf(before) });
    expect(standings(now)).toEqual({ 'cloud-forwarding-off': 'standing', 'fabric-route-missing': 'new' });
    expect(now.triage.resolved.map(({ rule }) => rule)).toEqual(['orphan-route']);
    expect(now.triage.unseen).toEqual([]);
  });

  const before = baselineOf(run([checkOn(3), routeMissing(2)]));
  const routes: Gap = { facet: 'routes', subject: 'route tables', reason: 'denied' };

  test.each<[string, Given, readonly string[], readonly string[]]>([
    ['nothing', {}, ['cloud-forwarding-off', 'fabric-route-missing'], []],
    ['routes', { gaps: [routes] }, ['cloud-forwarding-off'], ['fabric-route-missing']],
    [
      'routes of another account',
      { gaps: [{ ...routes, scope: 'aws/1/x' }] },
      ['cloud-forwarding-off', 'fabric-route-missing'],
      [],
    ],
    [
      'machines of an account that could not be told',
      { gaps: [{ ...routes, facet: 'machines', scope: 'aws/unknown/eu-central-1' }] },
      [],
      ['cloud-forwarding-off', 'fabric-route-missing'],
    ],
    ['network agents', { gaps: [{ ...routes, facet: 'cni' }] }, [], ['cloud-forwarding-off', 'fabric-route-missing']],
    ['a rule', { rules: { 'fabric-route-missing': 'off' } }, ['cloud-forwarding-off'], ['fabric-route-missing']],
  ])('%s not looked at: only what could have been seen is resolved', (_, given, resolved, unseen) => {
    const { triage } = run([], { ...given, baseline: before });
    expect(triage.resolved.map(({ rule }) => rule)).toEqual(resolved);
    expect(triage.unseen.map(({ rule }) => rule)).toEqual(unseen);
  });

  test('what was not looked for in between is not new when it is seen again', () => {
    const blind = run([], { gaps: [routes], baseline: before });
    const again = run([routeMissing(2)], { baseline: baselineOf(blind) });
    expect(standings(again)).toEqual({ 'fabric-route-missing': 'standing' });
  });

  test('a fault that could not be confirmed at the second reading is not resolved', () => {
    const [key = ''] = [...before.known].filter((one) => one.startsWith('fabric-route-missing/'));
    const subject = key.replace('/', ' ');
    const changed: Gap = { facet: 'changed', subject, reason: 'it was fine at the first reading' };
    expect(run([], { gaps: [changed], baseline: before }).triage.unseen.map((one) => one.key)).toEqual([key]);
  });
});

describe('accepted faults', () => {
  const reason = 'kept for the old cluster';

  test.each<[string, IgnoreEntry, boolean]>([
    ['by rule', { rule: 'fabric-route-missing', reason }, true],
    ['by another rule', { rule: 'orphan-route', reason }, false],
    ['by node', { node: 'worker-03', reason }, true],
    ['by a pattern', { node: 'worker-*', reason }, true],
    ['by a pattern that is no expression', { node: 'worker.03', reason }, false],
    ['by prefix', { prefix: '10.244.2.0/24', reason }, true],
    ['by a wider prefix', { prefix: '10.244.0.0/16', reason }, true],
    ['by a longer prefix', { prefix: '10.244.2.0/25', reason }, false],
    ['by all, of which one does not fit', { rule: 'fabric-route-missing', node: 'worker-01', reason }, false],
    ['for ever', { rule: 'fabric-route-missing', expires: '2099-01-01', reason }, true],
    ['no longer', { rule: 'fabric-route-missing', expires: '2020-01-01', reason }, false],
  ])('%s', (_, entry, accepted) => {
    const { judgement, triage } = run([routeMissing(2)], { ignore: [entry] });
    const [finding] = judgement.findings;
    expect(triage.findings.get(finding?.key ?? '')?.accepted).toEqual(accepted ? entry : undefined);
    expect(judgement.verdict).toBe('fail');
  });

  test('the last day counts', () => {
    const { snapshot } = run([]);
    const today = snapshot.takenAt.slice(0, 10);
    const { triage } = run([routeMissing(2)], { ignore: [{ rule: 'fabric-route-missing', expires: today, reason }] });
    expect(triage.expired).toEqual([]);
  });

  test('what is over, and what fits nothing, is reported; unless the finding may be hidden', () => {
    const over = { rule: 'orphan-route', expires: '2020-01-01', reason } as const;
    const idle = { node: 'worker-99', reason };
    const ignore = [over, idle];
    expect(run([], { ignore }).triage).toMatchObject({ expired: [over], unmatched: [idle] });
    const gaps: Gap[] = [{ facet: 'routes', subject: 'route tables', reason: 'denied' }];
    expect(run([], { ignore, gaps }).triage).toMatchObject({ expired: [over], unmatched: [] });
  });
});

describe('what the gate excuses', () => {
  const accept = (...rules: IgnoreEntry['rule'][]): IgnoreEntry[] =>
    rules.map((rule) => ({ rule: rule!, reason: 'known' }));

  test('pairs that accepted faults explain, and no others', () => {
    const faults = [checkOn(3), routeMissing(2)];
    const all = run(faults);
    const broken = all.judgement.pairs.fail;
    const excused = (ignore: IgnoreEntry[], failOn: 'error' | 'new' = 'error', baseline?: Baseline): number => {
      const { judgement, triage } = run(faults, { ignore, ...(baseline === undefined ? {} : { baseline }) });
      return excuse(judgement, triage, failOn).pairs;
    };
    expect(excused([])).toBe(0);
    expect(excused(accept('cloud-forwarding-off', 'fabric-route-missing'))).toBe(broken);
    // Paths between the two nodes have both faults.
    const one = excused(accept('cloud-forwarding-off'));
    expect(one).toBeGreaterThan(0);
    expect(one + excused(accept('fabric-route-missing'))).toBeLessThan(broken);
    const baseline = baselineOf(run([checkOn(3)]));
    expect(excused([], 'error', baseline)).toBe(0);
    expect(excused([], 'new', baseline)).toBe(one);
  });
});

describe('who could have changed it', () => {
  const before = baselineOf(run([]));

  test('is told of what is new, by the marks of route tables and by what controllers are told', () => {
    const world = inject(cluster('fabric'), routeMissing(2), checkOn(3)).world;
    const plain = snapshotOfWorld(world);
    const snapshot: Snapshot = {
      ...plain,
      cluster: {
        ...plain.cluster,
        routeController: { source: 'kube-system/kube-controller-manager', configuresRoutes: true },
      },
      fabrics: plain.fabrics.map((fabric) => ({
        ...fabric,
        tables: fabric.tables.map((table) => ({ ...table, owners: ['Terraform'] })),
        machines: fabric.machines.map((machine) => ({ ...machine, group: 'workers' })),
      })),
    };
    const judgement = judgeSnapshot(snapshot, AUTO);
    const authorsOf = (rule: string, baseline: Baseline | undefined): readonly string[] | undefined => {
      const { findings } = triageFindings({ judgement, baseline, ignore: [], rules: {}, snapshot });
      const finding = judgement.findings.find((one) => one.rule === rule);
      return findings.get(finding?.key ?? '')?.authors;
    };
    expect(authorsOf('fabric-route-missing', before)).toEqual([
      'Terraform, by the tags of the route table',
      'the cluster’s route controller (kube-system/kube-controller-manager)',
    ]);
    expect(authorsOf('cloud-forwarding-off', before)).toEqual(['the group workers, which replaces its machines']);
    expect(authorsOf('fabric-route-missing', undefined)).toBeUndefined();
  });
});
