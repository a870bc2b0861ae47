/** Our own form of a router's export, for whoever makes one from another source. The published schema is this shape. */
import { parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { RouterFacts, RouterHop } from '../../model/router.ts';
import type { Problem } from '../../snapshot/check.ts';
import { findProblems } from '../../snapshot/check.ts';
import {
  ADDRESS,
  ID,
  PREFIX,
  TEXT,
  TIME,
  described,
  either,
  list,
  listBy,
  object,
  optional,
} from '../../snapshot/shape.ts';
import type { Shape } from '../../snapshot/shape.ts';

interface JsonHop {
  readonly gateway?: string;
  readonly interface?: string;
}

interface JsonRouter {
  readonly name: string;
  readonly takenAt?: string;
  readonly interfaces: readonly {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly mac?: string;
  }[];
  readonly routes: readonly {
    readonly prefix: string;
    readonly via?: readonly JsonHop[];
    readonly discard?: true;
    readonly protocol?: string;
  }[];
  readonly outside?: readonly string[];
}

const ROUTER: Shape<JsonRouter> = object<JsonRouter>({
  name: ID,
  takenAt: optional(described('When this was so.', TIME)),
  interfaces: described(
    'Their networks are routes without further words.',
    listBy(
      'name',
      object<JsonRouter['interfaces'][number]>({
        name: ID,
        addresses: described('With length: 192.168.10.254/24. Virtual ones too.', list(TEXT)),
        mac: optional(TEXT),
      }),
    ),
  ),
  routes: list(
    object<JsonRouter['routes'][number]>({
      prefix: PREFIX,
      via: optional(
        described(
          'Several share the flows.',
          list(object<JsonHop>({ gateway: optional(ADDRESS), interface: optional(ID) })),
        ),
      ),
      discard: optional(described('Packets are dropped.', { schema: { const: true } })),
      protocol: optional(TEXT),
    }),
  ),
  outside: optional(described('Next hops that lead out of the site: nothing behind them knows pods.', list(ADDRESS))),
});

export const ROUTER_EXPORT = either(list(ROUTER), ROUTER);

/** Undefined: it is no JSON. */
export function parseExportJson(text: string, source: string): RouterFacts[] | readonly Problem[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const problems = findProblems(value, ROUTER_EXPORT.schema, 5);
  if (problems.length > 0) return problems;
  const routers = (Array.isArray(value) ? value : [value]) as readonly JsonRouter[];
  const more = routers.flatMap(checkRouter);
  return more.length > 0 ? more : routers.map((router) => translate(router, source));
}

export function areProblems(result: readonly RouterFacts[] | readonly Problem[]): result is readonly Problem[] {
  return result.some((one) => 'path' in one);
}

/** What a shape cannot say. */
function checkRouter({ name, interfaces, routes }: JsonRouter): Problem[] {
  const wrong = interfaces.flatMap((face) =>
    face.addresses
      .filter((text) => splitAddress(text) === undefined)
      .map((text) => ({
        path: `${name}, interface ${face.name}:`,
        text: `${JSON.stringify(text)} is no address with a length`,
      })),
  );
  const mute = routes.flatMap(({ prefix, via = [], discard }) => {
    const hasWays = via.length > 0 && via.every((hop) => hop.gateway !== undefined || hop.interface !== undefined);
    return hasWays !== (discard === true)
      ? []
      : [
          {
            path: `${name}, route ${prefix}:`,
            text: 'needs either via, with a gateway or an interface each, or discard',
          },
        ];
  });
  const nameless = interfaces.every(({ addresses }) => addresses.length === 0)
    ? [{ path: `${name}:`, text: 'needs an interface with an address' }]
    : [];
  return [...wrong, ...mute, ...nameless];
}

function translate({ name, takenAt, interfaces, routes, outside = [] }: JsonRouter, source: string): RouterFacts {
  const faces = interfaces.map(({ name: face, addresses, mac }) => ({
    name: face,
    addresses: addresses.flatMap((text) => splitAddress(text) ?? []),
    ...(mac === undefined ? {} : { mac: mac.toLowerCase() }),
  }));
  const connected = faces.flatMap((face) =>
    face.addresses.flatMap(({ address, length }) => {
      const prefix = parsePrefix(`${address}/${String(length)}`);
      return prefix === undefined
        ? []
        : [{ prefix: prefix.text, hops: [{ interface: face.name }], protocol: 'connected' }];
    }),
  );
  const stated = routes.map(({ prefix, via = [], protocol }) => ({
    prefix,
    hops: via.map((hop): RouterHop => ({
      ...hop,
      ...(hop.gateway === undefined ? {} : { gateway: parseAddress(hop.gateway)?.text ?? hop.gateway }),
    })),
    ...(protocol === undefined ? {} : { protocol }),
  }));
  const all = [...connected, ...stated];
  return {
    name,
    source,
    system: 'json',
    ...(takenAt === undefined ? {} : { readAt: takenAt }),
    families: ([4, 6] as const).filter((family) => all.some(({ prefix }) => prefix.includes(':') === (family === 6))),
    interfaces: faces,
    routes: [...new Map(all.map((route) => [JSON.stringify(route), route])).values()],
    outside,
    unread: [],
  };
}

function splitAddress(text: string): { readonly address: string; readonly length: number } | undefined {
  const [host = '', length = ''] = text.split('/');
  const address = parseAddress(host);
  return address === undefined || parsePrefix(text) === undefined
    ? undefined
    : { address: address.text, length: Number(length) };
}
