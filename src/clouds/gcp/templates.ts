/** What the managed groups of the nodes make their machines from, with few calls however many nodes there are. */
import { mapLimited } from '../../net/limit.ts';
import type { TemplateFacts } from '../../model/snapshot.ts';
import type { Calls } from './calls.ts';
import type { InstanceDraft } from './translate.ts';
import { parseResource } from './url.ts';

/** More groups than this are not looked into. */
const MAX_GROUPS = 20;
const MAX_PARALLEL = 4;

/**
 * By machine id. Machines of one group share their base name, so one of them is asked for its metadata. What cannot be
 * read is left out: nothing hangs on it but advice.
 */
export async function readTemplates(
  calls: Calls,
  nodes: readonly InstanceDraft[],
): Promise<ReadonlyMap<string, TemplateFacts>> {
  const groups = new Map<string, InstanceDraft[]>();
  for (const node of nodes) {
    if (!node.isManaged) continue;
    const key = groupOf(node);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const asked = [...groups.values()].slice(0, MAX_GROUPS);
  const named = await mapLimited(asked, MAX_PARALLEL, async (members) => ({
    members,
    id: await readTemplateId(calls, members),
  }));
  const ids = [...new Set(named.flatMap(({ id }) => id ?? []))].sort();
  const templates = new Map<string, TemplateFacts>();
  await mapLimited(ids, MAX_PARALLEL, async (id) => {
    const [project = '', name = ''] = id.split('/');
    const forwards = await calls.template(project, name);
    if (forwards !== undefined) templates.set(id, { id, forwarding: forwards ? 'on' : 'off' });
  });
  return new Map(
    named.flatMap(({ id, members }) => {
      const template = templates.get(id ?? '');
      return template === undefined ? [] : members.map(({ machine }) => [machine.id, template] as const);
    }),
  );
}

/** A group names its machines after itself, with four characters of chance behind. */
function groupOf({ project, machine }: InstanceDraft): string {
  return `${project}/${machine.zone ?? ''}/${(machine.name ?? '').replace(/-[a-z0-9]{4}$/, '')}`;
}

/** `project/name`; undefined: not to be had, or a template of one region. */
async function readTemplateId(calls: Calls, [first]: readonly InstanceDraft[]): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const { project, machine } = first;
  const metadata = await calls.metadata(project, machine.zone ?? '', machine.name ?? '');
  const template = parseResource(metadata?.get('instance-template'));
  if (template?.collection !== 'instanceTemplates' || template.place !== undefined) return undefined;
  // Metadata names projects by number.
  const owner = /^\d*$/.test(template.project ?? '') ? project : (template.project ?? project);
  return `${owner}/${template.name}`;
}
