import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { InterfaceFacts } from '../model/snapshot.ts';
import type { Observation, RuleContext, RuleNode, Words } from './rule.ts';
import { defineRule, distinctSorted, listNames } from './rule.ts';
import { termsOf } from './terms.ts';

interface Case {
  readonly node: string;
  readonly own: InterfaceFacts;
  /** Where the route for its podCIDR leads instead; absent: there is none. */
  readonly target?: { readonly face: InterfaceFacts; readonly table: string; readonly prefix: string };
  readonly interfaces: number;
}

interface Data {
  /** `apart`: nothing fails by it. `by-machine`: something that names machines does. */
  readonly kind: 'apart' | 'by-machine';
  readonly fabric: string;
  /** Never empty. */
  readonly cases: readonly Case[];
}

const SHOWN = 5;

export const multiNicAmbiguity = defineRule<Data>({
  id: 'multi-nic-ambiguity',
  title: 'A node’s address and its pod route are on different interfaces',
  severity: 'warning',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) => {
    const candidates = context.nodes.filter(
      ({ isSkipped, meetsTables, interfaces }) => !isSkipped && interfaces.length > 1 && meetsTables,
    );
    if (candidates.length === 0) return [];
    const groups = new Map<string, Data & { cases: Case[] }>();
    const put = (kind: Data['kind'], fabric: string, found: Case): void => {
      const cause = `${fabric}/${kind}`;
      const group = groups.get(cause) ?? { kind, fabric, cases: [] };
      group.cases.push(found);
      groups.set(cause, group);
    };
    for (const { fabric, found, isByMachine } of findApart(context, candidates)) {
      put(isByMachine ? 'by-machine' : 'apart', fabric, found);
    }
    for (const { facts, machine, interfaces } of candidates) {
      const { fabric, interface: own } = machine ?? {};
      if (fabric === undefined || own === undefined || facts.networkUnavailable?.reason !== 'NoRouteCreated') continue;
      if (termsOf(fabric.id).severalInterfaces === undefined) continue;
      put('by-machine', fabric.id, { node: facts.name, own, interfaces: interfaces.length });
    }
    return [...groups].map(([cause, data]) => observe(cause, data));
  },
  explain: ({ data }) => explain(data),
});

interface Apart {
  readonly fabric: string;
  readonly found: Case;
  readonly isByMachine: boolean;
}

/** The first route for a node's podCIDR that leads to another interface of the same machine. */
function findApart(context: RuleContext, candidates: readonly RuleNode[]): Apart[] {
  const owners = new Map(candidates.flatMap((node) => node.podCIDRs.map((prefix) => [prefix.text, node] as const)));
  const found = new Map<string, Apart>();
  for (const table of context.governingTables) {
    for (const route of table.facts.routes) {
      const node = owners.get(route.prefix);
      const own = node?.machine?.interface;
      if (node === undefined || own === undefined || node.machine?.fabric !== table.fabric) continue;
      if (route.state === 'dead' || found.has(node.facts.name)) continue;
      const face = context.interfaceBehind(table, route.target);
      if (face === undefined || face.machine !== own.machine || face.id === own.id) continue;
      const target = { face, table: table.facts.id, prefix: route.prefix };
      found.set(node.facts.name, {
        fabric: table.fabric.id,
        found: { node: node.facts.name, own, target, interfaces: node.interfaces.length },
        isByMachine: route.target.kind === 'machine',
      });
    }
  }
  return [...found.values()];
}

function observe(cause: string, data: Data): Observation<Data> {
  const { cases, kind, fabric } = data;
  const targets = cases.flatMap(({ target }) => (target === undefined ? [] : [target]));
  return {
    cause,
    verdict: 'fail',
    severity: kind === 'apart' ? 'notice' : 'warning',
    subjects: {
      ...NO_SUBJECTS,
      nodes: distinctSorted(cases.map(({ node }) => node)),
      interfaces: distinctSorted([...cases.map(({ own }) => own.id), ...targets.map(({ face }) => face.id)]),
      routes: distinctSorted(targets.map(({ table, prefix }) => `${table}/${prefix}`)),
    },
    evidence: cases.slice(0, SHOWN).map((found) => describe(fabric, found)),
    pairsBroken: 0,
    roundTripsBroken: 0,
    data,
  };
}

function describe(fabric: string, { node, own, target, interfaces }: Case): Evidence {
  const source = `${fabric} node ${node}`;
  const address = `address on ${own.id} (forwarding ${own.forwarding})`;
  if (target === undefined) {
    return {
      source,
      text: `${address}, ${String(interfaces)} interfaces, and its route controller wrote NoRouteCreated`,
    };
  }
  const { face, table, prefix } = target;
  return { source, text: `${address}, ${prefix} in ${table} -> ${face.id} (forwarding ${face.forwarding})` };
}

function explain({ kind, fabric, cases }: Data): Words {
  const [first] = cases;
  const names = listNames(distinctSorted(cases.map(({ node }) => node)));
  const refusal = termsOf(fabric).severalInterfaces;
  const node = first?.node ?? '';
  const own = first?.own.id ?? '';
  if (first?.target === undefined) {
    return {
      what: `The route controller made no route for ${names}, and ${cases.length === 1 ? 'its machine has' : 'their machines have'} several interfaces (${node}: ${String(first?.interfaces ?? 0)}).`,
      why: refusal ?? '',
      next: `Make the route by interface (${own} for ${node}), or give nodes one interface only.`,
    };
  }
  const more = cases.length === 1 ? '' : ` The same holds for ${listNames(cases.slice(1).map((one) => one.node))}.`;
  const what = `The address of node ${node} is on ${own}, but the route for its podCIDR ${first.target.prefix} leads to ${first.target.face.id} of the same machine.${more}`;
  if (kind === 'by-machine') {
    return {
      what,
      why: 'The route names the machine, and that means one particular interface, which is not the one of the node’s address: settings made there do not help here.',
      next: `Name the address or the interface in the route: ${own}.`,
    };
  }
  return {
    what,
    why: `Packets arrive at either. But each interface has a forwarding setting of its own, so a tool that changes “the” interface of the machine may change the wrong one.${refusal === undefined ? '' : ` ${refusal}`}`,
    next: `If it is not meant so, lead the route to ${own}; and name interfaces, not machines, in commands and templates.`,
  };
}
