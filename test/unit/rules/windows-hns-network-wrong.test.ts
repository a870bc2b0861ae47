import { expect, test } from '@jest/globals';
import type { HnsEndpointObject } from '../../../lab/guests/windows-node.ts';
import { findingsOf, judgeGuests } from '../../support/guest-cluster.ts';
import type { MachineChange } from '../../support/windows-cluster.ts';
import { podEndpoints, windowsCluster } from '../../support/windows-cluster.ts';

const RULE = 'windows-hns-network-wrong';

const gateway =
  (text: string) =>
  (one: HnsEndpointObject): HnsEndpointObject => ({ ...one, gateway: text });

const otherNetwork: MachineChange = (machine) => ({
  ...machine,
  networks: machine.networks.map((one) =>
    one.name === 'cbr0' ? { ...one, subnet: '10.244.7.0/24', gateway: '10.244.7.1' } : one,
  ),
  endpoints: [],
});

test('the gateway of its pods is the address that Windows keeps for itself', () => {
  const judgement = judgeGuests(windowsCluster(podEndpoints(gateway('10.244.3.1'))));
  const [finding, ...others] = findingsOf(judgement, RULE);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'windows-hns-network-wrong/cluster/c/10.244.3.0/24',
    verdict: 'fail',
    severity: 'error',
    pairsBroken: 2,
    subjects: { nodes: ['c'], prefixes: ['10.244.3.0/24'] },
  });
  expect(finding?.what).toBe(
    'Pods on c send everything that is not for 10.244.3.0/24 to 10.244.3.1, and nobody there has that address.',
  );
  expect(finding?.next).toMatch(/the gateway 10\.244\.3\.2/);
  expect(judgement.pairs).toMatchObject({ fail: 2, pass: 4 });
});

test('of one pod only: some packets are lost', () => {
  const change = podEndpoints((one, index) => (index === 1 ? gateway('10.244.3.1')(one) : one));
  expect(judgeGuests(windowsCluster(change)).pairs).toMatchObject({ partial: 2, pass: 4 });
});

test('its network has another range', () => {
  const judgement = judgeGuests(windowsCluster(otherNetwork));
  const [finding, ...others] = findingsOf(judgement, RULE);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ key: 'windows-hns-network-wrong/cluster/c/10.244.3.0/24', verdict: 'fail' });
  expect(finding?.what).toBe('Windows on c has no pod network for 10.244.3.0/24: what it has is cbr0 (10.244.7.0/24).');
  expect(finding?.next).toMatch(/Where-Object Name -eq 'cbr0' \| Remove-HnsNetwork/);
});

test('no network at all may be anything', () => {
  const judgement = judgeGuests(windowsCluster((machine) => ({ ...machine, networks: [], endpoints: [] })));
  expect(findingsOf(judgement, RULE)).toEqual([]);
  expect(judgement.pairs).toMatchObject({ fail: 0, unknown: 4 });
});

test('a gateway elsewhere may be anybody', () => {
  const judgement = judgeGuests(windowsCluster(podEndpoints(gateway('169.254.1.1'))));
  expect(findingsOf(judgement, RULE)).toEqual([]);
  expect(judgement.pairs).toMatchObject({ fail: 0, unknown: 2 });
});

test('another gateway is right where somebody of the node has it', () => {
  const change: MachineChange = (machine) => ({
    ...machine,
    interfaces: machine.interfaces.map((one) =>
      one.address === '10.244.3.2' ? { ...one, address: '10.244.3.9' } : one,
    ),
    endpoints: machine.endpoints.map((one) =>
      one.address === '10.244.3.2' ? { ...one, address: '10.244.3.9' } : gateway('10.244.3.9')(one),
    ),
  });
  expect(judgeGuests(windowsCluster(change))).toMatchObject({ verdict: 'pass', findings: [] });
});

test('can be switched off', () => {
  const judgement = judgeGuests(windowsCluster(otherNetwork), { rules: { [RULE]: 'off' } });
  expect(findingsOf(judgement, RULE)).toEqual([]);
});
