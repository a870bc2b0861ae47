import type { AzureWorld } from '../../world/azure.ts';
import type { ApiFamily } from './api-versions.ts';
import { GROUP, inGroup, pick, type Call, type Operation } from './operation.ts';

export type Items = (world: AzureWorld, call: Call) => { name?: string; properties?: unknown }[];

interface Kind {
  /** `NetworkInterfaces`: the first part of its operations' names. */
  name: string;
  provider: string;
  type: string;
  api: ApiFamily;
  items: Items;
  parameters?: { all?: readonly string[]; list?: readonly string[]; get?: readonly string[] };
  child?: { name: string; type: string; property: string };
}

/** ListAll, List, Get of a kind of resource, and List and Get of what it has inside. */
export function resourceOperations(kind: Kind): Operation[] {
  const full = `${kind.provider.slice('/providers/'.length)}/${kind.type}`;
  const common = { method: 'GET', api: kind.api, action: `${full}/read` } as const;
  const all = (call: Call): object[] => inGroup(call).flatMap((world) => kind.items(world, call));
  const get = (call: Call): ReturnType<Items>[number] =>
    pick(
      inGroup(call).flatMap((world) => kind.items(world, call)),
      call.path['name'] ?? '',
      full,
      call,
    );
  const at = `${GROUP}${kind.provider}/${kind.type}`;
  const operations: Operation[] = [
    {
      ...common,
      id: `${kind.name}_ListAll`,
      template: `${kind.provider}/${kind.type}`,
      parameters: kind.parameters?.all ?? [],
      run: (call) => ({ list: all(call) }),
    },
    {
      ...common,
      id: `${kind.name}_List`,
      template: at,
      parameters: kind.parameters?.list ?? [],
      run: (call) => ({ list: all(call) }),
    },
    {
      ...common,
      id: `${kind.name}_Get`,
      template: `${at}/{name}`,
      parameters: kind.parameters?.get ?? ['$expand'],
      run: (call) => ({ one: get(call) }),
    },
  ];
  const { child } = kind;
  if (child === undefined) return operations;
  const children = (call: Call): { name?: string }[] =>
    (get(call).properties as Record<string, { name?: string }[]>)[child.property] ?? [];
  const action = `${full}/${child.type}/read`;
  return [
    ...operations,
    {
      ...common,
      id: `${child.name}_List`,
      template: `${at}/{name}/${child.type}`,
      action,
      run: (call) => ({ list: children(call) }),
    },
    {
      ...common,
      id: `${child.name}_Get`,
      template: `${at}/{name}/${child.type}/{child}`,
      action,
      parameters: ['$expand'],
      run: (call) => ({ one: pick(children(call), call.path['child'] ?? '', `${full}/${child.type}`, call) }),
    },
  ];
}
