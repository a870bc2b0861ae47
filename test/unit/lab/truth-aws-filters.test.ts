import { describe, expect, test } from '@jest/globals';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import type { AclEntryWorld } from '../../../lab/world/ec2-filters.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { interfaceOf, nodeOf } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import { truth } from '../../../lab/truth/truth.ts';
import type { TruthOptions } from '../../../lab/truth/truth.ts';

const POD_RANGE = '10.244.0.0/16';

/** worker-01 and worker-03 are in one subnet, worker-02 in another. */
function small(...list: Fault[]): World {
  const world = ec2Cluster({ name: 'filters', mode: 'fabric', nodes: 3, subnets: 2, placement: [0, 1, 0] });
  return faults.inject(world, ...list).world;
}

/** `one way/round trip` of worker-01 to worker-02 and back, and to worker-03 and back. */
function verdicts(world: World, options: TruthOptions = {}): string[] {
  const { pairs } = truth(world, options);
  const of = (from: string, to: string): string => {
    const { oneWay, roundTrip } = pairs.get(`worker-0${from}`)!.get(`worker-0${to}`)!;
    return oneWay === roundTrip ? oneWay : `${oneWay}/${roundTrip}`;
  };
  return [of('1', '2'), of('2', '1'), of('1', '3'), of('3', '1')];
}

const entry = (more: Partial<AclEntryWorld>): AclEntryWorld => ({
  number: 50,
  egress: false,
  action: 'deny',
  protocol: '-1',
  cidr: POD_RANGE,
  ...more,
});
const acl = (place: number, ...entries: AclEntryWorld[]): Fault => ({
  says: 'an ACL',
  into: (world) => {
    faults.subnetAcl(world, place, entries);
    return [];
  },
});

describe('groups', () => {
  test.each<[string, Fault[], string[]]>([
    ['healthy', [], ['pass', 'pass', 'pass', 'pass']],
    ['without pods', [faults.groupLostPods()], ['fail', 'fail', 'fail', 'fail']],
    ['by reference', [faults.groupByReference()], ['unknown', 'unknown', 'unknown', 'unknown']],
    ['one port', [faults.groupOnePort('tcp', 443)], ['unknown', 'unknown', 'unknown', 'unknown']],
    ['by prefix list', [faults.groupByPrefixList([POD_RANGE])], ['pass', 'pass', 'pass', 'pass']],
    // Half of the senders' addresses count; what comes back is let in by what went out.
    ['half a range', [faults.groupHalfRange(0)], ['partial', 'pass', 'partial', 'pass']],
    // The state of what came in lets the answers out.
    ['closed outwards', [faults.egressClosed(0)], ['fail', 'pass', 'fail', 'pass']],
  ])('%s', (_, list, expected) => {
    expect(verdicts(small(...list))).toEqual(expected);
  });

  test('all groups of an interface count together', () => {
    const world = small(faults.groupLostPods());
    const nic = interfaceOf(world, nodeOf(world, 0));
    const before = nic.groupIds;
    const group = faults.ownGroup(world, nodeOf(world, 0));
    group.rules.push({ egress: false, protocol: '-1', peer: { cidr: POD_RANGE } });
    nic.groupIds = [...before, group.id];
    expect(verdicts(world)).toEqual(['fail', 'pass', 'fail', 'pass']);
  });

  test('a range that one port of each half opens is open', () => {
    const world = small(faults.groupLostPods());
    const [group] = world.aws[0]!.securityGroups;
    for (const protocol of ['tcp', 'udp', '-1']) {
      for (const ports of [
        { from: 0, to: 999 },
        { from: 1000, to: 65_535 },
      ]) {
        group!.rules.push({ egress: false, protocol, ports, peer: { cidr: POD_RANGE } });
      }
    }
    expect(verdicts(world)[0]).toBe('pass');
    group!.rules = group!.rules.filter(({ protocol, ports }) => protocol !== '-1' || ports === undefined);
    expect(verdicts(world)[0]).toBe('unknown');
  });

  test('prefixes that are delegated to a member are no more certain to count than its pods', () => {
    const world = small(faults.groupByReference());
    world.cluster.nodes.forEach((node) => interfaceOf(world, node).ipv4Prefixes.push(...node.podCIDRs));
    expect(verdicts(world)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });
});

describe('ACLs', () => {
  test.each<[string, Fault[], string[]]>([
    // Answers of worker-02 come to worker-01 as pods of another subnet, too.
    ['in', [acl(0, entry({}))], ['pass/fail', 'fail', 'pass', 'pass']],
    ['out', [acl(0, entry({ egress: true }))], ['fail', 'pass/fail', 'pass', 'pass']],
    ['too late', [acl(0, entry({ number: 101 }))], ['pass', 'pass', 'pass', 'pass']],
    [
      'one port',
      [acl(0, entry({ protocol: '6', ports: { from: 22, to: 22 } }))],
      ['pass/unknown', 'unknown', 'pass', 'pass'],
    ],
    [
      'one code of ICMP',
      [acl(0, entry({ protocol: '1', icmp: { type: 3, code: 4 } }))],
      ['pass/unknown', 'unknown', 'pass', 'pass'],
    ],
    ['half of a podCIDR', [acl(0, entry({ cidr: '10.244.1.128/25' }))], ['pass/partial', 'partial', 'pass', 'pass']],
  ])('%s', (_, list, expected) => {
    expect(verdicts(small(...list))).toEqual(expected);
  });
});

test('what nobody asked for says nothing, and what nobody could read leaves every pair open', () => {
  const world = small(faults.groupLostPods());
  expect(verdicts(world, { filters: 'off' })).toEqual(['pass', 'pass', 'pass', 'pass']);
  expect(verdicts(world, { filters: 'unread' })).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  const listed = small(faults.groupByPrefixList([POD_RANGE]));
  expect(verdicts(listed, { prefixListsUnread: true })[0]).toBe('unknown');
});

test('packets of a tunnel need their own port, and nothing else', () => {
  const world = ec2Cluster({ name: 'tunnel', mode: 'vxlan', nodes: 2, subnets: 2 });
  const counts = (one: World): unknown => {
    const { notApplicable, fail } = truth(one).oneWay;
    return { notApplicable, fail };
  };
  expect(counts(faults.inject(world, faults.groupLostPods()).world)).toEqual({ notApplicable: 2, fail: 0 });
  const closed = acl(0, entry({ cidr: '10.40.0.0/16', protocol: '17', ports: { from: 8472, to: 8472 } }));
  expect(counts(faults.inject(world, closed).world)).toEqual({ notApplicable: 1, fail: 1 });
  const other = acl(0, entry({ cidr: '10.40.0.0/16', protocol: '17', ports: { from: 4789, to: 4789 } }));
  expect(counts(faults.inject(world, other).world)).toEqual({ notApplicable: 2, fail: 0 });
});
