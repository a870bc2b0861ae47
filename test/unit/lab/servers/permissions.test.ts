import { expect, test } from '@jest/globals';

import { iamPolicy } from '../../../../lab/permissions/iam.ts';
import { azureRole } from '../../../../lab/permissions/azure.ts';
import { googleRole } from '../../../../lab/permissions/google.ts';
import { kubeAuthorizer } from '../../../../lab/permissions/rbac.ts';

const policy = (...Statement: object[]) => iamPolicy({ Version: '2012-10-17', Statement }, []);

test('without a policy everything is allowed but what is denied by name', () => {
  const free = iamPolicy(undefined, ['ec2:DescribeRouteTables', 'sts:*']);
  expect(free('ec2:DescribeVpcs')).toBe('allowed');
  expect(free('ec2:DescribeRouteTables')).toBe('implicit-deny');
  expect(free('sts:GetCallerIdentity')).toBe('implicit-deny');
});

test('actions: wildcards, case, lists, all but', () => {
  const one = policy({ Effect: 'Allow', Action: 'EC2:describe?pcs', Resource: '*' });
  expect([one('ec2:DescribeVpcs'), one('ec2:DescribeSubnets')]).toEqual(['allowed', 'implicit-deny']);
  const butOne = policy({ Effect: 'Allow', NotAction: ['ec2:DescribeVpcs'], Resource: ['*'] });
  expect([butOne('ec2:DescribeVpcs'), butOne('ec2:DescribeSubnets')]).toEqual(['implicit-deny', 'allowed']);
  const dot = policy({ Effect: 'Allow', Action: 'ec2.DescribeVpcs', Resource: '*' });
  expect(dot('ec2:DescribeVpcs')).toBe('implicit-deny');
});

test('a deny beats every allow, and a resource beats nothing where actions know none', () => {
  const allow = { Effect: 'Allow', Action: 'ec2:*', Resource: '*' };
  expect(policy(allow, { Effect: 'Deny', Action: 'ec2:Describe*', Resource: '*' })('ec2:DescribeVpcs')).toBe(
    'explicit-deny',
  );
  const narrow = { Effect: 'Allow', Action: 'ec2:*', Resource: 'arn:aws:ec2:*:*:vpc/vpc-1' };
  expect(policy(narrow)('ec2:DescribeVpcs')).toBe('implicit-deny');
});

test('policies without version, effect or resource are none', () => {
  expect(() => iamPolicy({ Statement: [] }, [])).toThrow('Version');
  expect(() => policy({ Effect: 'Perhaps', Action: '*', Resource: '*' })).toThrow('Effect');
  expect(() => policy({ Effect: 'Allow', Action: '*' })).toThrow('Resource');
});

test('roles: groups, subresources, names, paths', () => {
  const may = kubeAuthorizer(
    {
      rules: [
        { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['*'] },
        { apiGroups: ['*'], resources: ['pods', 'pods/exec'], verbs: ['get'] },
        { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get', 'list'] },
        { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
      ],
    },
    [],
  );
  const ask = { verb: 'get', group: '' };
  expect(may({ ...ask, group: 'apps', verb: 'list', resource: 'daemonsets' })).toBe(true);
  expect(may({ ...ask, resource: 'daemonsets' })).toBe(false);
  expect(may({ ...ask, resource: 'pods/exec', name: 'x' })).toBe(true);
  expect(may({ ...ask, resource: 'pods/log', name: 'x' })).toBe(false);
  expect(may({ ...ask, resource: 'namespaces', name: 'kube-system' })).toBe(true);
  expect(may({ ...ask, resource: 'namespaces', name: 'default' })).toBe(false);
  expect(may({ ...ask, verb: 'list', resource: 'namespaces' })).toBe(false);
  expect(['/metrics', '/logs/a', '/version', '/debug'].map((resource) => may({ ...ask, resource }))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('a Role holds in its namespace only', () => {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
  const may = kubeAuthorizer({ kind: 'Role', metadata: { namespace: 'kube-flannel' }, rules }, []);
  const ask = { verb: 'get', group: '', resource: 'configmaps', name: 'x' };
  expect(may({ ...ask, namespace: 'kube-flannel' })).toBe(true);
  expect(may({ ...ask, namespace: 'kube-system' })).toBe(false);
  expect(() => kubeAuthorizer({ kind: 'Role', rules }, [])).toThrow('namespace');
});

test('Google roles: whole names only, denied by prefix and by project', () => {
  const may = googleRole({ title: 'x', stage: 'GA', includedPermissions: ['compute.routes.list'] }, []);
  expect([may('compute.routes.list', 'p'), may('compute.routes.get', 'p')]).toEqual([true, false]);
  const most = googleRole(undefined, ['compute.routes.*', 'compute.zones.list p']);
  expect(most('compute.routes.get', 'q')).toBe(false);
  expect([most('compute.zones.list', 'p'), most('compute.zones.list', 'q')]).toEqual([false, true]);
  expect(() => googleRole({ includedPermissions: ['compute.*'] }, [])).toThrow('no permission');
  expect(() => googleRole({ permissions: [] }, [])).toThrow('permissions');
  expect(() => googleRole({ title: 'x' }, [])).toThrow('includedPermissions');
});

test('Azure roles: wildcards over slashes, exceptions, either spelling', () => {
  const Actions = ['Microsoft.Network/*/read', 'Microsoft.Compute/virtualMachines/read'];
  const NotActions = ['microsoft.network/routetables/*'];
  for (const role of [
    { Name: 'x', IsCustom: true, Actions, NotActions, AssignableScopes: ['/'] },
    { properties: { roleName: 'x', permissions: [{ actions: Actions, notActions: NotActions }] } },
  ]) {
    const may = azureRole(role, []);
    expect(may('Microsoft.Network/virtualNetworks/subnets/read')).toBe(true);
    expect(may('microsoft.compute/VIRTUALMACHINES/read')).toBe(true);
    expect(may('Microsoft.Compute/virtualMachines/instanceView/read')).toBe(false);
    expect(may('Microsoft.Network/routeTables/read')).toBe(false);
    expect(may('Microsoft.Network/networkInterfaces/effectiveRouteTable/action')).toBe(false);
  }
  expect(azureRole(undefined, ['*/read'])('Microsoft.Network/routeTables/read')).toBe(false);
  expect(azureRole(undefined, ['Microsoft.Network.routeTables/read'])('Microsoft.Network/routeTables/read')).toBe(true);
  expect(() => azureRole({ Name: 'x', Scopes: [] }, [])).toThrow('scopes');
  expect(() => azureRole({ Name: 'x' }, [])).toThrow('Actions');
});
