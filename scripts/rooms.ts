// Which room may know which: the one table behind the lint rule and the architecture test.
//
// A room is a folder or a file of src. A file that belongs to no room has no place in the house.

/** A folder or file of src, and what its files may import. Files of the same room may always import each other. */
export interface Room {
  /** Its path: `src/judge/`, `src/gate.ts`. The longest that fits a file is its room. */
  readonly path: string;
  /** Paths of the rooms it may import, `*` for all. */
  readonly rooms: readonly string[];
  /** Of these, the ones it may import only when they are needed: by `import()`, or for their types. */
  readonly lazily?: readonly string[];
  /** Packages, whole scopes (`@azure/`) included. */
  readonly packages?: readonly string[];
  /** Its packages go into a file that npm run generate writes, so only the tools need them. */
  readonly baked?: boolean;
  /** Node's own modules: only those that compute (see COMPUTING), or any. */
  readonly builtins: 'computing' | 'any';
  /** The edge reads the environment, the clock and chance, and writes to the streams. */
  readonly edge?: boolean;
  /** Why, as the end of a sentence: "src/judge/ ... : it thinks ...". */
  readonly because: string;
}

/** Exports of Node's modules that only compute: the same answer every time, nothing touched. */
export const COMPUTING: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['node:net', new Set(['isIP', 'isIPv4', 'isIPv6'])],
  ['node:crypto', new Set(['createHash', 'hash'])],
  ['node:path', new Set(['basename', 'dirname', 'extname', 'isAbsolute', 'join', 'normalize'])],
  ['node:util', new Set(['isDeepStrictEqual'])],
]);

const PURE_ROOMS = [
  'src/gate.ts',
  'src/inputs/',
  'src/judge/',
  'src/model/',
  'src/plan/',
  'src/remedies/',
  'src/report/',
  'src/rules/',
  'src/snapshot/',
  'src/triage/',
  'src/whatif/',
];

// Each brings its SDK, and a user pays in start-up time only for those of his own clouds.
const HEAVY_ROOMS = [
  'src/cluster/',
  'src/guests/',
  'src/clouds/aws/',
  'src/clouds/gcp/',
  'src/clouds/azure/',
  'src/clouds/segment/',
];

const THINKS = 'it thinks about facts and must give the same answer for the same snapshot, so it knows words only';
const TOUCHES =
  'it touches one part of the world, behind its port, and must be replaceable without its siblings noticing';
const ORCHESTRATES = 'it says what happens in which order and is given everything that touches the world';

function pure(path: string, rooms: readonly string[], because: string): Room {
  return { path, rooms, builtins: 'computing', because };
}

function touching(path: string, packages: readonly string[]): Room {
  const rooms = ['src/model/', 'src/ports.ts', 'src/net/'];
  return { path, rooms, packages, builtins: 'any', because: TOUCHES };
}

/** The house. */
export const ROOMS: readonly Room[] = [
  pure('src/model/', [], 'it is the vocabulary that all rooms share, so it depends on none'),
  pure('src/ports.ts', ['src/model/'], 'it names what is outside, and nothing of how it is reached'),
  pure('src/version.ts', [], 'it is one constant, so that the bundle need not carry package.json'),
  pure('src/gate.ts', ['src/model/'], THINKS),
  pure('src/inputs/', ['src/model/'], 'it turns strings into a configuration, before anything else is loaded'),
  {
    ...pure(
      'src/inputs/files/',
      ['src/model/', 'src/inputs/'],
      'it parses files that inputs name, with a parser that few runs need',
    ),
    packages: ['yaml'],
  },
  pure('src/rules/', ['src/model/'], THINKS),
  pure('src/remedies/', ['src/model/'], 'it writes a change as text for one tool, from the change alone'),
  pure('src/triage/', ['src/model/'], THINKS),
  pure('src/whatif/', ['src/model/'], THINKS),
  pure('src/snapshot/', ['src/model/'], 'a snapshot must be readable without the code that took it'),
  pure(
    'src/plan/',
    ['src/model/', 'src/snapshot/'],
    'a plan is made from findings and the fixes that they carry, never from rules; its file is checked as snapshots are',
  ),
  pure('src/judge/', ['src/model/', 'src/rules/'], THINKS),
  pure('src/report/', ['src/model/', 'src/remedies/'], 'it shows what was judged and judges nothing itself'),
  {
    ...pure('src/report/page/ui/', ['src/model/'], 'it runs in a browser and shows what the rest of report prepared'),
    packages: ['preact'],
    baked: true,
  },
  pure('src/collect/', ['src/model/', 'src/ports.ts'], ORCHESTRATES),
  pure('src/apply/', ['src/model/', 'src/ports.ts', 'src/plan/'], ORCHESTRATES),
  pure('src/deliver/', ['src/model/', 'src/ports.ts', 'src/report/', 'src/snapshot/'], ORCHESTRATES),
  pure('src/main.ts', [...PURE_ROOMS, 'src/collect/', 'src/apply/', 'src/deliver/', 'src/ports.ts'], ORCHESTRATES),
  {
    path: 'src/net/',
    rooms: ['src/model/', 'src/ports.ts'],
    builtins: 'any',
    because: 'it waits and retries for any reader, by the clock that it is given',
  },
  touching('src/cluster/', ['@kubernetes/client-node']),
  touching('src/guests/', []),
  // The only way to a node's kernel through the API server; the parsers beside it need no client.
  touching('src/guests/exec.ts', ['@kubernetes/client-node']),
  touching('src/github/', ['@actions/']),
  { ...touching('src/terminal/', []), rooms: ['src/model/', 'src/ports.ts', 'src/net/', 'src/inputs/'] },
  touching('src/clouds/aws/', ['@aws-sdk/', '@smithy/', 'https-proxy-agent']),
  touching('src/clouds/gcp/', ['@google-cloud/', 'google-auth-library']),
  touching('src/clouds/azure/', ['@azure/', '@azure-rest/']),
  {
    ...touching('src/clouds/segment/', []),
    rooms: ['src/model/', 'src/ports.ts', 'src/net/', 'src/snapshot/'],
    because:
      'it reads what somebody wrote down about networks outside of clouds, in a form that is checked as snapshots are',
  },
  {
    path: 'src/clouds/registry.ts',
    rooms: ['src/model/', 'src/ports.ts', 'src/clouds/'],
    lazily: ['src/clouds/'],
    builtins: 'computing',
    because: 'it is the list of clouds, and choosing one must not load the others',
  },
  {
    path: 'src/index.ts',
    rooms: ['*'],
    lazily: HEAVY_ROOMS,
    packages: ['@actions/'],
    builtins: 'any',
    edge: true,
    because: 'it is the edge, but every run would pay for what it loads at once',
  },
];

// Parts of a room that are the edge although the room is not.
const EDGE = ['src/index.ts', 'src/github/', 'src/terminal/', 'src/net/clock.ts', 'src/report/page/ui/'];

/** Folders that fill with strangers. */
export const NAMELESS_FOLDERS: ReadonlySet<string> = new Set(['utils', 'helpers', 'common', 'types', 'interfaces']);

/** Lines that a file of src or lab may have. */
export const LONGEST_FILE = 300;

/** Parts of the lab that must not lean on the code that they judge, nor on a part that does. */
const INDEPENDENT = ['lab/world/', 'lab/truth/'];

/** The room of a file, given by its path from the root; undefined: it has none. */
export function roomOf(file: string): Room | undefined {
  let best: Room | undefined;
  for (const room of ROOMS) {
    if (within(file, room.path) && room.path.length > (best?.path.length ?? 0)) best = room;
  }
  return best;
}

/** Whether a file of src may read the environment, the clock and chance. Everything outside src may. */
export function atTheEdge(file: string): boolean {
  return !file.startsWith('src/') || EDGE.some((path) => within(file, path));
}

/** One import, as it stands in a file. */
export interface Import {
  readonly specifier: string;
  /** Imported names; `*` for the whole module. Empty for a bare `import './x.ts'`. */
  readonly names: readonly string[];
  readonly kind: 'static' | 'types' | 'dynamic' | 'bare';
}

/** Why `file` must not have this import, in one sentence; undefined when it may. */
export function refusal(file: string, wanted: Import): string | undefined {
  if (wanted.kind === 'bare' && !file.startsWith('test/')) {
    return `import of ${wanted.specifier} for its effect alone: no import has an effect, call a function of it instead`;
  }
  const target = resolveFrom(file, wanted.specifier);
  if (file.startsWith('src/')) {
    const room = roomOf(file);
    if (room === undefined) return undefined; // said once for the file, not once per import
    return target === undefined ? refusePackage(room, wanted) : refuseRoom(file, room, target, wanted);
  }
  if (target === undefined || !file.startsWith('lab/')) return undefined;
  if (target.startsWith('test/')) return `lab must not import ${target}: the demo runs without the tests`;
  if (INDEPENDENT.some((path) => within(file, path)) && !INDEPENDENT.some((path) => within(target, path))) {
    return `${file} must not import ${target}: the lab's world and truth are what src is compared with, so they lean on nothing else of this repository`;
  }
  return undefined;
}

function refuseRoom(file: string, room: Room, target: string, wanted: Import): string | undefined {
  if (!target.startsWith('src/')) return `src must not import ${target}: the bundle is made of src alone`;
  const other = roomOf(target);
  if (other === undefined || sameRoom(room, other)) return undefined;
  if (!room.rooms.some((path) => path === '*' || within(other.path, path))) {
    return `${room.path} must not import ${other.path} (${wanted.specifier}): ${room.because}`;
  }
  const lazy = room.lazily?.some((path) => within(other.path, path)) ?? false;
  if (lazy && wanted.kind === 'static') {
    return `${file} may import ${other.path} only by import() or for its types: ${room.because}`;
  }
  return undefined;
}

function refusePackage(room: Room, wanted: Import): string | undefined {
  const { specifier } = wanted;
  if (specifier.startsWith('node:')) {
    if (room.builtins === 'any') return undefined;
    const computing = COMPUTING.get(specifier);
    const strangers = wanted.names.filter((name) => computing?.has(name) !== true);
    if (computing !== undefined && strangers.length === 0) return undefined;
    return `${room.path} must not import ${strangers.join(', ')} of ${specifier}: ${room.because}`;
  }
  const known = room.packages?.some((name) => {
    return specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`);
  });
  if (known === true) return undefined;
  return `${room.path} must not import ${specifier}: ${room.because}`;
}

// A file with a row of its own (src/guests/exec.ts) still lives with the others of its folder.
function sameRoom(a: Room, b: Room): boolean {
  return within(a.path, b.path) || within(b.path, a.path);
}

function within(path: string, roomPath: string): boolean {
  return path === roomPath || (roomPath.endsWith('/') && path.startsWith(roomPath));
}

/** The path from the root that a relative specifier names; undefined for a package. `..` may lead out of the root. */
export function resolveFrom(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
