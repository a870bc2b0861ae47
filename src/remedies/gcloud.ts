/** Changes as command lines of the gcloud CLI. */
import type { Change } from '../model/plan.ts';
import { podRouteName } from '../model/route-names.ts';
import { shellComment, shellOption, shellWord } from './shell.ts';

type RouteChange = Extract<Change, { kind: 'create-route' | 'replace-route' }>;
type Deletion = Extract<Change, { kind: 'delete-route' }>;

/** What the API takes where none is given; the lowest number wins. */
const PRIORITY = 1000;
const WINNING_PRIORITY = 900;

/** Command and comment lines, in the order in which to run them; empty for a change in another cloud. */
export function renderGcloud(change: Change): string[] {
  if (change.place.cloud !== 'gcp') return [];
  const { project } = change.place;
  switch (change.kind) {
    case 'set-forwarding':
      return renderForwarding(change.machine ?? change.interface, change.forwarding !== 'off');
    case 'create-route':
      return [
        createRoute(change, project, change.route ?? podRouteName(change.prefix), change.manner?.rank ?? PRIORITY),
      ];
    case 'replace-route':
      return renderReplacement(change, project);
    case 'delete-route':
      return [deleteRoute(change, project)];
    case 'associate-table':
    case 'raise-route-limit':
    case 'tag-table':
    case 'untag-table':
      // A network has one table, and it governs all of its subnetworks; no tag chooses it.
      return [];
    case 'set-template-forwarding':
      // A template cannot be changed, and only its owner knows all that a new one has to hold.
      return [];
    case 'admit-range':
      return [createFirewallRule(change, project)];
  }
}

function createFirewallRule(change: Extract<Change, { kind: 'admit-range' }>, project: string): string {
  const isIn = change.direction === 'in';
  const traffic =
    change.protocol === undefined
      ? 'all'
      : `${change.protocol}${change.port === undefined ? '' : `:${String(change.port)}`}`;
  return [
    'gcloud compute firewall-rules create',
    shellWord(podRouteName(change.prefixes[0] ?? '', isIn ? '-in' : '-out')),
    shellOption('project', project),
    shellOption('network', tailOf(change.filter)),
    `--direction=${isIn ? 'INGRESS' : 'EGRESS'}`,
    '--action=ALLOW',
    `--rules=${traffic}`,
    `--${isIn ? 'source' : 'destination'}-ranges=${change.prefixes.map(shellWord).join(',')}`,
    `--priority=${String(change.rank ?? 0)}`,
  ].join(' ');
}

/**
 * gcloud has no option for it. The whole instance is exported and sent back with one line changed, because an update
 * takes what the file leaves out for removed; Compute Engine refuses it if it would need more than a refresh.
 */
function renderForwarding(id: string, isOn: boolean): string[] {
  const { project, zone, name } = parseMachine(id);
  const before = `${name}.yaml`;
  const after = `${name}-forwarding.yaml`;
  const place = [shellOption('project', project), shellOption('zone', zone)];
  return [
    ['gcloud compute instances export', shellWord(name), ...place, shellOption('destination', before)].join(' '),
    `{ grep -v '^canIpForward:' ${shellWord(before)}; echo 'canIpForward: ${String(isOn)}'; } > ${shellWord(after)}`,
    [
      'gcloud compute instances update-from-file',
      shellWord(name),
      ...place,
      shellOption('source', after),
      '--most-disruptive-allowed-action=REFRESH',
    ].join(' '),
  ];
}

/** A route cannot be changed: the new one takes over by its priority before the old one goes. */
function renderReplacement(change: RouteChange, project: string): string[] {
  const wanted = podRouteName(change.prefix);
  const name = wanted === change.route ? podRouteName(change.prefix, '-new') : wanted;
  const old: Deletion = {
    kind: 'delete-route',
    place: change.place,
    table: change.table,
    prefix: change.prefix,
    ...(change.route === undefined ? {} : { route: change.route }),
  };
  return [
    createRoute(change, project, name, winningPriority(change)),
    shellComment(`It wins while its priority is below that of the old route. When packets arrive, delete the old one:`),
    change.route === undefined ? shellComment(listRoutes(old, project)) : deleteRoute(old, project),
  ];
}

/** Just better than the old one, where that is known: nothing else is to be overtaken. */
function winningPriority({ manner }: RouteChange): number {
  return manner?.rank === undefined ? WINNING_PRIORITY : Math.max(0, manner.rank - 1);
}

function createRoute(change: RouteChange, project: string, name: string, priority: number): string {
  return [
    'gcloud compute routes create',
    shellWord(name),
    shellOption('project', project),
    shellOption('network', tailOf(change.table)),
    shellOption('destination-range', change.prefix),
    ...nextHop(change, project),
    `--priority=${String(priority)}`,
    ...tagsAndText(change),
  ].join(' ');
}

function tagsAndText({ manner }: RouteChange): string[] {
  const { scopeTags = [], description } = manner ?? {};
  return [
    ...(scopeTags.length === 0 ? [] : [`--tags=${scopeTags.map(shellWord).join(',')}`]),
    ...(description === undefined ? [] : [shellOption('description', description)]),
  ];
}

/** A route names instances of its own project only; in a Shared VPC the next hop is the instance's address. */
function nextHop(change: RouteChange, project: string): string[] {
  const { to } = change;
  if (to?.kind === 'address') return [shellOption('next-hop-address', to.address)];
  if (to?.kind === 'gateway')
    return [shellOption(to.gateway === 'vpn' ? 'next-hop-vpn-tunnel' : 'next-hop-gateway', to.id)];
  const machine = parseMachine(to?.kind === 'machine' ? to.machine : (change.machine ?? change.interface));
  if (machine.project === project) {
    return [shellOption('next-hop-instance', machine.name), shellOption('next-hop-instance-zone', machine.zone)];
  }
  if (change.address !== undefined) return [shellOption('next-hop-address', change.address)];
  const index = /\/nic(\d+)$/.exec(change.interface)?.[1] ?? '0';
  const field = change.prefix.includes(':') ? 'ipv6Address' : 'networkIP';
  const find = [
    'gcloud compute instances describe',
    shellWord(machine.name),
    shellOption('project', machine.project),
    shellOption('zone', machine.zone),
    `--format='value(networkInterfaces[${index}].${field})'`,
  ].join(' ');
  return [`--next-hop-address "$(${find})"`];
}

function deleteRoute(change: Deletion, project: string): string {
  const name = change.route === undefined ? `$(${listRoutes(change, project)})` : undefined;
  return [
    'gcloud compute routes delete',
    name === undefined ? shellWord(change.route ?? '') : `"${name}"`,
    shellOption('project', project),
  ].join(' ');
}

function listRoutes({ table, prefix }: Deletion, project: string): string {
  const filter = `network~"/${tailOf(table).replaceAll(/[^a-z0-9-]/g, '.')}$" AND destRange="${prefix}"`;
  return [
    'gcloud compute routes list',
    shellOption('project', project),
    shellOption('filter', filter),
    "--format='value(name)'",
  ].join(' ');
}

/** `project/zone/name`, with an interface's name behind it or not. */
function parseMachine(id: string): { project: string; zone: string; name: string } {
  const [project = '', zone = '', name = ''] = id.split('/');
  return { project, zone, name };
}

function tailOf(id: string): string {
  return id.split('/').at(-1) ?? '';
}
