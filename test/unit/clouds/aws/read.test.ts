import { expect, test } from '@jest/globals';
import type { InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import type { Calls } from '../../../../src/clouds/aws/calls.ts';
import { readRegion } from '../../../../src/clouds/aws/read.ts';

const FACE: InstanceNetworkInterface = {
  NetworkInterfaceId: 'eni-0a',
  VpcId: 'vpc-0a',
  SubnetId: 'subnet-0a',
  PrivateIpAddress: '10.0.0.9',
  Attachment: { DeviceIndex: 0, Status: 'attached' },
};

const NOTHING = Promise.resolve(undefined);

/** Answers about one instance; every batch of ids shows it, as different moments of one server may. */
function callsOf(checks: { readonly instances: boolean; readonly interfaces: boolean }): Calls {
  return {
    region: 'eu-west-1',
    count: () => 0,
    instances: async (_filter, _values, take) => {
      const show = (): void =>
        take({ InstanceId: 'i-0a', NetworkInterfaces: [{ ...FACE, SourceDestCheck: checks.instances }] }, '1');
      show();
      // The network's interfaces are read meanwhile; what comes later from here must not win.
      await new Promise((done) => setImmediate(done));
      show();
      return undefined;
    },
    interfaces: async (filter, _values, take) => {
      if (filter !== 'vpc-id') return undefined;
      const attachment = { DeviceIndex: 0, Status: 'attached' as const, InstanceId: 'i-0a' };
      const { NetworkInterfaceId, VpcId, SubnetId } = FACE;
      take({ NetworkInterfaceId, VpcId, SubnetId, SourceDestCheck: checks.interfaces, Attachment: attachment });
      return undefined;
    },
    subnets: () => NOTHING,
    vpcs: () => NOTHING,
    tables: () => NOTHING,
    groups: () => NOTHING,
    acls: () => NOTHING,
    entries: () => NOTHING,
  };
}

test.each([
  [true, false, 'on'],
  [false, true, 'off'],
])('instances say check %s, interfaces %s: the interface decides', async (instances, interfaces, forwarding) => {
  const plan = { region: 'eu-west-1', instances: ['i-0a'], addresses: [] };
  const draft = await readRegion(callsOf({ instances, interfaces }), plan, true);
  expect(draft.interfaces.get('eni-0a')?.forwarding).toBe(forwarding);
  expect(draft.troubles).toEqual([]);
});
