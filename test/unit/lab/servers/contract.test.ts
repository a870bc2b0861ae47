import {
  DescribeManagedPrefixListsCommand,
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
} from '@aws-sdk/client-ec2';
import { AuthorizationV1Api, VersionApi } from '@kubernetes/client-node';
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Lab } from '../../../../lab/servers/index.ts';
import { ec2Of, kubeOf, kubeRaw, refusal, smallWorld, withLab } from './support.ts';

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
  for (const path of ['/api/v1/nodes/nope', '/api/v1/nodes?continue=garbage']) await kubeRaw(lab, path);
  await kubeRaw(lab, '/api/v1/nodes', { token: 'wrong' });
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
    here!.interfaces[0]!.ipv4Prefixes.push('10.40.1.16/28');
    here!.interfaces[0]!.ipv6Prefixes.push('2a05:d014:7c4:9a00:1::/80');
    here!.interfaces[1]!.managedHidden = true;
    here!.instances[2]!.state = 'terminated';
    here!.instances[2]!.interfaceIds = [];
    delete here!.interfaces[2]!.instanceId;
    world.cluster.ipPools = [{ name: 'default', spec: { cidr: '10.244.0.0/16' } }];
    await withLab(world, { record }, async (lab) => {
      await talkToEc2(lab);
      await talkToKubernetes(lab);
    });
    const program = join(contracts ?? '', 'validate', 'validate.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--quiet', record], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toMatch(/: 0 errors, /);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
