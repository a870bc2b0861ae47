// What the Google clients describe of the API that the product never asks for: nine tenths of the descriptions.
import { runInNewContext } from 'node:vm';

/** Services of which src/clouds/gcp uses a client. A client whose service is missing here fails when it is made. */
const COMPUTE_SERVICES = [
  'Firewalls',
  'InstanceTemplates',
  'Instances',
  'RegionNetworkFirewallPolicies',
  'Routes',
  'Subnetworks',
] as const;

interface Described {
  readonly fields?: Readonly<Record<string, { readonly type: string }>>;
  readonly methods?: Readonly<Record<string, { readonly requestType: string; readonly responseType: string }>>;
}

interface Namespace {
  nested: Record<string, Namespace>;
}

const LITERAL = /JSON\.parse\('((?:[^'\\]|\\.)*)'\)/gs;

/** A chunk whose description of Compute Engine holds these services and the messages that they lead to, or as it was. */
export function trimProtos(chunk: string, services: readonly string[] = COMPUTE_SERVICES): string {
  return chunk.replace(LITERAL, (whole, literal: string) => {
    if (!literal.includes('"AWSV4Signature"')) return whole;
    const text = runInNewContext(`'${literal}'`) as string;
    return `JSON.parse(${JSON.stringify(trimDescription(text, services))})`;
  });
}

function trimDescription(text: string, services: readonly string[]): string {
  const root = JSON.parse(text) as Namespace;
  const compute = root.nested['google']?.nested['cloud']?.nested['compute'];
  const all = compute?.nested['v1']?.nested as Record<string, Described & Namespace> | undefined;
  if (compute === undefined || all === undefined)
    throw new Error('The description of Compute Engine has another form now.');
  const kept: Record<string, Described & Namespace> = {};
  const wanted = [...services];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const found = all[name];
    if (found === undefined || kept[name] !== undefined) continue;
    kept[name] = found;
    for (const { type } of Object.values(found.fields ?? {})) wanted.push(type.split('.')[0] ?? '');
    for (const method of Object.values(found.methods ?? {})) {
      for (const type of [method.requestType, method.responseType]) wanted.push(type.split('.').at(-1) ?? '');
    }
  }
  compute.nested = { v1: { ...compute.nested['v1'], nested: kept } };
  return JSON.stringify(root);
}
