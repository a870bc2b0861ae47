import {
  DescribeManagedPrefixListsCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  paginateDescribeInstances,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { AuthorizationV1Api, NetworkingV1Api, VersionApi } from '@kubernetes/client-node';
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Lab } from '../../../../lab/servers/index.ts';
import * as faults from '../../../../lab/world/faults.ts';
import { armRaw, login, smallAzure } from './small-azure.ts';
import { gceRaw, route, smallGce } from './small-gce.ts';
import { ec2Of, kubeOf, kubeRaw, raw, refusal, smallWorld, withLab } from './support.ts';

/** The folder of the contract check: the vendors' own API descriptions and the program that applies them. */
const contracts = process.env['PRC_CONTRACTS'];

async function talkToEc2(lab: Lab): Promise<void> {
  const client = ec2Of(lab);
  for await (const page of paginateDescribeInstances({ client, pageSize: 5 }, {}))
    expect(page.Reservations).toBeDefined();
  for await (const page of paginateDescribeNetworkInterfaces(
    { client, pageSize: 5 },
    { IncludeManagedResources: true },
  )) {
    expect(page.NetworkInterfaces).toBeDefined();
  }
  for await (const page of paginateDescribeRouteTables({ client, pageSize: 5 }, {}))
    expect(page.RouteTables).toBeDefined();
  for await (const page of paginateDescribeSecurityGroups({ client, pageSize: 5 }, {}))
    expect(page.SecurityGroups).toBeDefined();
  for await (const page of paginateDescribeNetworkAcls({ client, pageSize: 5 }, {}))
    expect(page.NetworkAcls).toBeDefined();
  await refusal(client.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-0123456789abcdef0'] })));
  await client.send(new DescribeSubnetsCommand({ MaxResults: 5 }));
  await client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['*'] }] }));
  await client.send(new DescribeManagedPrefixListsCommand({}));
  await client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: 'pl-0123456789abcdef0' }));
  await client.send(new DescribeRegionsCommand({}));
  await refusal(client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] })));
  await refusal(client.send(new DescribeVpcsCommand({ DryRun: true })));
}

async function talkToKubernetes(lab: Lab): Promise<void> {
  const { core, apps, config } = kubeOf(lab);
  await core.listNode({ limit: 2 });
  await core.readNode({ name: 'worker-01' });
  await core.listPodForAllNamespaces({ limit: 2 });
  await core.listNamespacedPod({ namespace: 'kube-flannel' });
  await core.listConfigMapForAllNamespaces();
  await core.listNamespacedConfigMap({ namespace: 'kube-system' });
  await core.readNamespacedConfigMap({ namespace: 'kube-flannel', name: 'kube-flannel-cfg' });
  await core.listNamespace();
  await core.readNamespace({ name: 'kube-system' });
  await apps.listDaemonSetForAllNamespaces();
  await apps.listNamespacedDaemonSet({ namespace: 'kube-flannel' });
  await apps.readNamespacedDaemonSet({ namespace: 'kube-flannel', name: 'kube-flannel-ds' });
  await config.makeApiClient(VersionApi).getCode();
  const body = {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    spec: { resourceAttributes: {} },
  };
  await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body });
  await kubeRaw(lab, '/apis/crd.projectcalico.org/v1/ippools');
  await config.makeApiClient(NetworkingV1Api).listServiceCIDR({ limit: 1 });
  await config.makeApiClient(NetworkingV1Api).readServiceCIDR({ name: 'kubernetes' });
  for (const path of ['/api/v1/nodes/nope', '/api/v1/nodes?continue=garbage']) await kubeRaw(lab, path);
  await kubeRaw(lab, '/api/v1/nodes', { token: 'wrong' });
}

async function talkToComputeEngine(lab: Lab): Promise<void> {
  for (const path of [
    'cluster-1',
    'cluster-1/aggregated/instances?maxResults=1&returnPartialSuccess=true',
    'cluster-1/zones/europe-west1-b/instances?filter=status%20eq%20RUNNING',
    'cluster-1/zones/europe-west1-b/instances/node-a',
    'cluster-1/zones/europe-west1-c/instances/node-c',
    'cluster-1/aggregated/instances?fields=items/*(instances(name,networkInterfaces),warning),nextPageToken',
    'cluster-1/global/instanceTemplates',
    'cluster-1/aggregated/instanceTemplates',
    'cluster-1/zones',
    'cluster-1/regions',
    'net-host',
    'net-host/global/routes',
    'net-host/global/networks',
    'net-host/global/networks/pods',
    'net-host/global/networks/pods/listPeeringRoutes',
    'net-host/aggregated/subnetworks',
    'net-host/regions/europe-west1/subnetworks',
    'net-host/regions/europe-west1/subnetworks/nodes',
    'nobody/global/routes',
    'net-host/global/networks/nope',
  ]) {
    await gceRaw(lab, path);
  }
  await gceRaw(lab, 'net-host/global/routes', { token: null });
}

async function talkToAzure(lab: Lab): Promise<void> {
  const network = '/providers/Microsoft.Network';
  const compute = '/providers/Microsoft.Compute';
  const group = `/resourceGroups/rg-Cluster`;
  const set = `${group}${compute}/virtualMachineScaleSets/uniform`;
  for (const path of [
    '?api-version=2022-12-01',
    ...['networkInterfaces', 'networkSecurityGroups', 'routeTables', 'virtualNetworks'].map(
      (one) => `${network}/${one}?api-version=2024-03-01`,
    ),
    ...['virtualMachines', 'virtualMachineScaleSets'].map((one) => `${compute}/${one}?api-version=2024-07-01`),
    `${compute}/virtualMachines?api-version=2024-07-01&statusOnly=true`,
    `${group}${network}/networkInterfaces/node-0-nic?api-version=2024-03-01`,
    `${group}${network}/virtualNetworks/cluster/subnets?api-version=2024-03-01`,
    `${group}${network}/routeTables/pods/routes/node-0?api-version=2024-03-01`,
    `${group}${network}/networkSecurityGroups?api-version=2024-03-01`,
    `${group}${network}/networkSecurityGroups/nodes?api-version=2024-03-01`,
    `${group}${compute}/virtualMachines/node-0?api-version=2024-07-01&$expand=instanceView`,
    `${group}${compute}/virtualMachines/node-0/instanceView?api-version=2024-07-01`,
    `${set}?api-version=2024-07-01`,
    `${set}/virtualMachines?api-version=2024-07-01&$expand=instanceView`,
    `${set}/virtualMachines/0?api-version=2024-07-01`,
    `${set}/networkInterfaces?api-version=2018-10-01`,
    `${set}/virtualMachines/0/networkInterfaces?api-version=2018-10-01`,
    `${group}${network}/routeTables/nope?api-version=2024-03-01`,
  ]) {
    await armRaw(lab, path);
  }
  const nic = `${group}${network}/networkInterfaces/node-0-nic/effectiveRouteTable?api-version=2024-03-01`;
  const { headers } = await armRaw(lab, nic, { method: 'POST' });
  const token = String((await login(lab)).json()['access_token']);
  for (const link of ['azure-asyncoperation', 'azure-asyncoperation', 'location']) {
    await raw(lab, String(headers[link]), { token });
  }
  await armRaw(lab, `${network}/routeTables?api-version=2024-03-01`, { token: null });
  await raw(lab, `${lab.urls.cloud}/subscriptions?api-version=2022-12-01`, { token });
}

const title = 'everything that the lab serves is of the form that the vendors describe';
const why = ' (skipped: PRC_CONTRACTS does not name the folder of the contract check)';

(contracts === undefined ? test.skip : test)(contracts === undefined ? title + why : title, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pod-route-check-contract-'));
  const record = join(folder, 'exchanges.jsonl');
  try {
    const world = smallWorld({ nodes: 12, ipv6: true, windows: 2, controlPlanes: 1 });
    const [here] = world.aws;
    here!.prefixLists.push({
      id: 'pl-0123456789abcdef0',
      name: 'pods',
      ownerId: here!.accountId,
      entries: ['10.9.0.0/16'],
    });
    faults.subnetAcl(world, 0, [
      { number: 7, egress: true, action: 'deny', protocol: '1', cidr: '10.9.0.0/16', icmp: { type: 3, code: 4 } },
      { number: 8, egress: true, action: 'deny', protocol: '6', cidr: '10.9.0.0/16', ports: { from: 22, to: 23 } },
    ]);
    faults.groupOnePort('tcp', 443).into(world);
    here!.interfaces[0]!.ipv4Prefixes.push('10.40.1.16/28');
    here!.interfaces[0]!.ipv6Prefixes.push('2a05:d014:7c4:9a00:1::/80');
    here!.interfaces[1]!.managedHidden = true;
    here!.instances[2]!.state = 'terminated';
    here!.instances[2]!.interfaceIds = [];
    delete here!.interfaces[2]!.instanceId;
    const { gce } = smallGce();
    gce.projects[0]!.unreachableZones.push('europe-west4-a');
    gce.routes.push(route('gone', '10.244.9.0/24', { kind: 'ip', ip: '10.10.0.99' }));
    world.gce = [gce];
    world.azure = [smallAzure().azure];
    world.cluster.ipPools = [{ name: 'default', spec: { cidr: '10.244.0.0/16' } }];
    await withLab(world, { record }, async (lab) => {
      await talkToEc2(lab);
      await talkToKubernetes(lab);
      await talkToComputeEngine(lab);
      await talkToAzure(lab);
    });
    const program = join(contracts ?? '', 'validate', 'validate.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--quiet', record], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toMatch(/: 0 errors, /);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
