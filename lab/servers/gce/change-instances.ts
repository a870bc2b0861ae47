import { isDeepStrictEqual } from 'node:util';

import type { GceInstanceWorld } from '../../world/gce.ts';
import { notReady, requireKnownFields, type Job, type Order } from './changes.ts';
import { GoogleError, invalidValue, missingParameter, noSuchResource } from './errors.ts';
import { instanceOf } from './instances.ts';
import { instanceUrl } from './view.ts';

const ACTIONS = ['NO_EFFECT', 'REFRESH', 'RESTART'] as const;
type Action = (typeof ACTIONS)[number];

/** What nobody sends: it is told only, and a body may repeat it. */
const TOLD = new Set([
  'id',
  'kind',
  'creationTimestamp',
  'selfLink',
  'status',
  'cpuPlatform',
  'lastStartTimestamp',
  'startRestricted',
  'fingerprint',
  'labelFingerprint',
]);

/** "Update instance properties": what only takes a refresh. */
const REFRESH: Readonly<Record<string, (instance: GceInstanceWorld, value: unknown) => void>> = {
  canIpForward: (instance, value) => {
    instance.canIpForward = value === true;
  },
  tags: (instance, value) => {
    instance.tags = (value as { items?: string[] } | undefined)?.items ?? [];
  },
  labels: (instance, value) => {
    instance.labels = (value as Record<string, string> | undefined) ?? {};
  },
  metadata: (instance, value) => {
    const items = (value as { items?: { key: string; value: string }[] } | undefined)?.items ?? [];
    instance.metadata = Object.fromEntries(items.map((item) => [item.key, item.value]));
  },
};

/** What takes a restart, which the lab never makes. */
const RESTART = new Set(['machineType', 'serviceAccounts', 'scheduling', 'shieldedInstanceConfig']);

/**
 * instances.update: the body is the whole machine, so what it leaves out is removed. With an old fingerprint nothing is
 * done (412 conditionNotMet, as the fields of that name are described).
 */
export function updateInstance(order: Order, scope: string, name: string): Job {
  const { view, world, body, query, operations, require } = order;
  const { project } = view;
  const resource = `projects/${project}/${scope}/instances/${name}`;
  require('compute.instances.update', resource);
  const zone = scope.replace('zones/', '');
  const instance = view.here.instances.find((one) => one.name === name && one.zone === zone);
  if (instance === undefined) throw noSuchResource(resource);
  requireKnownFields('Instance', body, Object.keys(instance.undescribed ?? {}));
  // As it goes over the wire: without what is undefined.
  const now = JSON.parse(JSON.stringify(instanceOf(view, world.now, instance))) as Record<string, unknown>;
  if (body['fingerprint'] === undefined) throw missingParameter('resource.fingerprint');
  if (body['fingerprint'] !== now['fingerprint']) {
    throw new GoogleError(412, 'conditionNotMet', 'Supplied fingerprint does not match current fingerprint.', {
      locationType: 'header',
      location: 'If-Match',
    });
  }
  const changed = Object.keys({ ...now, ...body }).filter(
    (field) => !TOLD.has(field) && !isDeepStrictEqual(now[field], body[field]),
  );
  const most = actionOf(query, 'mostDisruptiveAllowedAction') ?? 'RESTART';
  for (const field of changed) requireAllowed(field, most, instance);
  const target = instanceUrl(project, zone, name);
  if (operations.pending(target) !== undefined) throw notReady(resource);
  return { type: 'update', target, effect: () => applyTo(instance, changed, body) };
}

function actionOf(query: URLSearchParams, name: string): Action | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const action = ACTIONS.find((one) => one === text);
  if (action === undefined) throw invalidValue(name, text, 'Unknown action.');
  return action;
}

function requireAllowed(field: string, most: Action, instance: GceInstanceWorld): void {
  const isRefresh = REFRESH[field] !== undefined || instance.undescribed?.[field] !== undefined;
  if (!isRefresh && !RESTART.has(field)) {
    throw new GoogleError(400, 'invalid', `Invalid value for field 'resource.${field}'. The field cannot be changed.`);
  }
  const needed: Action = isRefresh ? 'REFRESH' : 'RESTART';
  if (ACTIONS.indexOf(needed) <= ACTIONS.indexOf(most)) return;
  const message = `The update of '${field}' needs ${needed}, and the most disruptive action allowed is ${most}.`;
  throw new GoogleError(400, 'invalid', message);
}

function applyTo(instance: GceInstanceWorld, changed: readonly string[], body: Record<string, unknown>): void {
  for (const field of changed) {
    const known = REFRESH[field];
    if (known !== undefined) known(instance, body[field]);
    else if (body[field] === undefined) instance.undescribed = without(instance.undescribed, field);
    else throw new Error(`the lab does not change ${field}`);
  }
}

function without(record: Record<string, unknown> | undefined, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => name !== field));
}
