import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Evidence } from '../model/judgement.ts';
import type { MachineFacts } from '../model/snapshot.ts';
import type { RuleContext, RuleNode } from './rule.ts';
import { defineRule, distinctSorted, isDirect, listNames, placeOf } from './rule.ts';
import { termsOf } from './terms.ts';

/** More nodes of a group than this are counted. */
const SHOWN_MEMBERS = 6;

/** Nodes that the same thing will replace one day. */
interface Replaced {
  readonly by: 'template' | 'group';
  readonly id: string;
  readonly fabric: string;
  readonly members: readonly RuleNode[];
}

export const notDurable = defineRule<Replaced>({
  id: 'not-durable',
  title: 'Forwarding is on now, but the next replacement will not have it',
  severity: 'warning',
  needs: ['machines', 'interfaces', 'nodes'],
  evaluate: (context) =>
    groupNodes(context).map((replaced) => ({
      cause: `${replaced.fabric}/${replaced.id}`,
      verdict: 'fail' as const,
      severity: replaced.by === 'template' ? ('warning' as const) : ('notice' as const),
      // The nodes are not at fault: all of this is about machines that are not there yet.
      subjects: NO_SUBJECTS,
      evidence: evidenceOf(replaced),
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: replaced,
    })),
  explain: ({ data }) => (data.by === 'template' ? explainTemplate(data) : explainGroup(data)),
  fix: ({ data: { by, id, fabric } }) =>
    by === 'template' ? [{ kind: 'set-template-forwarding', place: placeOf(fabric), template: id }] : [],
});

/**
 * Only nodes whose pods need forwarding now and have it: where it is off, `cloud-forwarding-off` speaks, and where
 * packets are encapsulated or have addresses of interfaces, nobody needs it.
 */
function groupNodes(context: RuleContext): Replaced[] {
  const groups = new Map<string, Replaced & { readonly members: RuleNode[] }>();
  for (const node of context.nodes) {
    const { fabric, facts: machine, interface: ownInterface } = node.machine ?? {};
    if (node.isSkipped || !isDirect(node)) continue;
    if (fabric === undefined || machine === undefined || ownInterface?.forwarding !== 'on') continue;
    const by = replacementOf(machine);
    if (by === undefined) continue;
    const key = `${fabric.id}/${by.id}`;
    const group = groups.get(key) ?? { ...by, fabric: fabric.id, members: [] };
    group.members.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A template that says on is durable; one that could not be read says nothing, and neither does a machine on its own. */
function replacementOf({ template, group }: MachineFacts): Pick<Replaced, 'by' | 'id'> | undefined {
  if (template?.forwarding === 'off') return { by: 'template', id: template.id };
  return template === undefined && group !== undefined ? { by: 'group', id: group } : undefined;
}

function evidenceOf({ by, id, fabric, members }: Replaced): Evidence[] {
  const shown = members.length > SHOWN_MEMBERS ? members.slice(0, SHOWN_MEMBERS - 1) : members;
  const forwarding = shown.map(({ facts, machine }) => ({
    source: `${fabric} ${machine?.interface?.id ?? ''}`,
    text: `forwarding is on (node ${facts.name})`,
  }));
  const left = members.length - shown.length;
  if (left > 0) forwarding.push({ source: fabric, text: `and on for ${String(left)} more nodes` });
  const text = by === 'template' ? termsOf(fabric).templateIsOff(id) : 'launch templates cannot switch the check off';
  return [{ source: `${fabric} ${id}`, text }, ...forwarding];
}

function explainTemplate({ id, fabric, members }: Replaced): { what: string; why: string; next: string } {
  const terms = termsOf(fabric);
  const behind = members.filter(({ machine }) => machine?.facts.template?.applied === false);
  const upgrade =
    behind.length === 0
      ? ''
      : ` ${String(behind.length)} of them ${behind.length === 1 ? 'is' : 'are'} not at the latest model: an upgrade of the instances switches it off as well.`;
  return {
    what: `${terms.templateIsOff(id)}, and on for ${nodesOf(members)}, which came from it.`,
    why: `A machine that is made from it drops every packet from and to its pods until somebody switches forwarding on again.${upgrade}`,
    next: terms.templateNext(id),
  };
}

function explainGroup({ id, members }: Replaced): { what: string; why: string; next: string } {
  return {
    what: `Nothing that EC2 shows says that new instances of Auto Scaling group ${id} will have the source/destination check off, as ${nodesOf(members)} ${members.length === 1 ? 'has' : 'have'}.`,
    why: 'Every instance starts with the check on, and launch templates cannot change that: unless user data or a controller switches it off at each start, the next replacement drops its pods’ packets.',
    next: `Make sure that something does. Once it is sure, rules: "not-durable: off" silences this.`,
  };
}

function nodesOf(members: Replaced['members']): string {
  const names = distinctSorted(members.map(({ facts }) => facts.name));
  return `${names.length === 1 ? 'node' : 'nodes'} ${listNames(names)}`;
}
