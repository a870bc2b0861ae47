// The house rules hold, and each of them really refuses what it should.
import { describe, expect, test } from '@jest/globals';
import { ROOMS } from '../../scripts/rooms.ts';
import { violations } from '../support/architecture.ts';
import { productDependencies, sourceFiles } from '../support/tree.ts';

const DEPENDENCIES = new Set(['@actions/core', '@aws-sdk/client-ec2', '@kubernetes/client-node']);

// A small house that breaks nothing; each case below adds one file to it.
const HOUSE = new Map([
  ['src/model/facts.ts', `export interface Fact { readonly id: string }\n`],
  ['src/model/prefix.ts', `import { isIPv4 } from 'node:net';\nexport const ok = (a: string): boolean => isIPv4(a);\n`],
  ['src/ports.ts', `import type { Fact } from './model/facts.ts';\nexport type Read = () => Fact;\n`],
  ['src/rules/rule.ts', `export const id = 'rule';\n`],
  ['src/judge/judge.ts', `import { id } from '../rules/rule.ts';\nexport const judge = (): string => id;\n`],
  [
    'src/clouds/aws/index.ts',
    `import { EC2Client } from '@aws-sdk/client-ec2';\nexport const make = (): EC2Client => new EC2Client();\n`,
  ],
  ['src/clouds/gcp/index.ts', `export const make = (): number => 1;\n`],
  ['src/clouds/registry.ts', `export const aws = (): Promise<unknown> => import('./aws/index.ts');\n`],
  [
    'src/cluster/read.ts',
    `import { KubeConfig } from '@kubernetes/client-node';\nexport const make = (): KubeConfig => new KubeConfig();\n`,
  ],
  ['src/guests/linux.ts', `export const parse = (): number => 1;\n`],
  [
    'src/github/runner.ts',
    `import * as core from '@actions/core';\nexport const say = (t: string): void => core.info(t);\n`,
  ],
  ['src/main.ts', `import { judge } from './judge/judge.ts';\nexport const main = (): string => judge();\n`],
  [
    'src/index.ts',
    `import { main } from './main.ts';\nconst { aws } = await import('./clouds/registry.ts');\nmain();\nawait aws();\n`,
  ],
  ['lab/world/world.ts', `import type { Vpc } from '@aws-sdk/client-ec2';\nexport type Network = Vpc;\n`],
  ['lab/truth/follow.ts', `import type { Network } from '../world/world.ts';\nexport type Truth = Network;\n`],
  ['lab/servers/ec2.ts', `import type { Network } from '../world/world.ts';\nexport type Served = Network;\n`],
  ['lab/demo.ts', `import { make } from '../src/clouds/gcp/index.ts';\nmake();\n`],
]);

interface Seeded {
  readonly breach: string;
  readonly file: string;
  readonly text: string;
  readonly says: RegExp;
}

const SEEDED: readonly Seeded[] = [
  {
    breach: 'the model imports a room',
    file: 'src/model/a.ts',
    text: `export { id } from '../rules/rule.ts';`,
    says: /src\/model\/ must not import src\/rules\//,
  },
  {
    breach: 'a rule judges',
    file: 'src/rules/a.ts',
    text: `import { judge } from '../judge/judge.ts'; export const a = judge;`,
    says: /src\/rules\/ must not import src\/judge\//,
  },
  {
    breach: 'a type is knowledge too',
    file: 'src/rules/a.ts',
    text: `import type { Read } from '../ports.ts'; export type A = Read;`,
    says: /src\/rules\/ must not import src\/ports\.ts/,
  },
  {
    breach: 'so is a type written in place',
    file: 'src/rules/a.ts',
    text: `export type A = import('../ports.ts').Read;`,
    says: /src\/rules\/ must not import src\/ports\.ts/,
  },
  {
    breach: 'a cloud knows its sibling',
    file: 'src/clouds/gcp/a.ts',
    text: `export { make } from '../aws/index.ts';`,
    says: /src\/clouds\/gcp\/ must not import src\/clouds\/aws\//,
  },
  {
    breach: 'guests know the cluster',
    file: 'src/guests/a.ts',
    text: `export * from '../cluster/read.ts';`,
    says: /src\/guests\/ must not import src\/cluster\//,
  },
  {
    breach: 'an SDK outside its folder',
    file: 'src/collect/a.ts',
    text: `import { EC2Client } from '@aws-sdk/client-ec2'; export const a = EC2Client;`,
    says: /src\/collect\/ must not import @aws-sdk\/client-ec2/,
  },
  {
    breach: 'the Kubernetes client in a parser',
    file: 'src/guests/a.ts',
    text: `import { Exec } from '@kubernetes/client-node'; export const a = Exec;`,
    says: /src\/guests\/ must not import @kubernetes\/client-node/,
  },
  {
    breach: 'the Actions toolkit away from GitHub',
    file: 'src/report/a.ts',
    text: `import { info } from '@actions/core'; export const a = info;`,
    says: /src\/report\/ must not import @actions\/core/,
  },
  {
    breach: 'a pure room reads files',
    file: 'src/judge/a.ts',
    text: `import { readFileSync } from 'node:fs'; export const a = readFileSync;`,
    says: /src\/judge\/ must not import readFileSync of node:fs/,
  },
  {
    breach: 'a pure room opens connections',
    file: 'src/model/a.ts',
    text: `import { connect } from 'node:net'; export const a = connect;`,
    says: /src\/model\/ must not import connect of node:net/,
  },
  {
    breach: 'the edge loads a cloud at once',
    file: 'src/index.ts',
    text: `import { make } from './clouds/aws/index.ts'; make();`,
    says: /only by import\(\) or for its types/,
  },
  {
    breach: 'the registry loads a cloud at once',
    file: 'src/clouds/registry.ts',
    text: `export { make } from './aws/index.ts';`,
    says: /only by import\(\) or for its types/,
  },
  {
    breach: 'an import for its effect',
    file: 'src/judge/a.ts',
    text: `import '../rules/rule.ts';`,
    says: /for its effect alone/,
  },
  {
    breach: 'a statement that runs on import',
    file: 'src/judge/a.ts',
    text: `export const a = new Map();\na.set(1, 2);`,
    says: /line 2 runs on import/,
  },
  {
    breach: 'waiting on import',
    file: 'src/judge/a.ts',
    text: `export const a = await Promise.resolve(1);`,
    says: /line 1 runs on import/,
  },
  {
    breach: 'a computed import',
    file: 'src/judge/a.ts',
    text: `export const a = (n: string): Promise<unknown> => import(n);`,
    says: /must not import \(computed\)/,
  },
  {
    breach: 'a file without a room',
    file: 'src/network/a.ts',
    text: `export const a = 1;`,
    says: /belongs to no room/,
  },
  {
    breach: 'a cloud that the table does not know',
    file: 'src/clouds/other/a.ts',
    text: `export const a = 1;`,
    says: /belongs to no room/,
  },
  { breach: 'a loose file', file: 'src/misc.ts', text: `export const a = 1;`, says: /belongs to no room/ },
  {
    breach: 'a folder named utils',
    file: 'src/judge/utils/a.ts',
    text: `export const a = 1;`,
    says: /folder named utils/,
  },
  {
    breach: 'a folder named types in the lab',
    file: 'lab/servers/types/a.ts',
    text: `export const a = 1;`,
    says: /folder named types/,
  },
  {
    breach: 'a file too long to read',
    file: 'lab/servers/a.ts',
    text: `export const a = 1;\n`.repeat(301),
    says: /301 lines/,
  },
  {
    breach: 'src leans on the lab',
    file: 'src/collect/a.ts',
    text: `import type { Network } from '../../lab/world/world.ts'; export type A = Network;`,
    says: /the bundle is made of src alone/,
  },
  {
    breach: 'src leans on the tests',
    file: 'src/collect/a.ts',
    text: `export * from '../../test/support/a.ts';`,
    says: /the bundle is made of src alone/,
  },
  {
    breach: 'the truth leans on what it judges',
    file: 'lab/truth/a.ts',
    text: `export { judge } from '../../src/judge/judge.ts';`,
    says: /lab\/truth\/a\.ts must not import src\/judge\/judge\.ts/,
  },
  {
    breach: 'the world leans on words of src',
    file: 'lab/world/a.ts',
    text: `import type { Fact } from '../../src/model/facts.ts'; export type A = Fact;`,
    says: /lab\/world\/a\.ts must not import src\/model\/facts\.ts/,
  },
  {
    breach: 'the truth leans on a server that may lean on src',
    file: 'lab/truth/a.ts',
    text: `export * from '../servers/ec2.ts';`,
    says: /lab\/truth\/a\.ts must not import lab\/servers\/ec2\.ts/,
  },
  {
    breach: 'the lab leans on the tests',
    file: 'lab/servers/a.ts',
    text: `export * from '../../test/support/a.ts';`,
    says: /the demo runs without the tests/,
  },
  {
    breach: 'an import that leads nowhere',
    file: 'lab/servers/a.ts',
    text: `export * from '../world/world.js';`,
    says: /names no file/,
  },
  {
    breach: 'a package that only the tools have',
    file: 'src/clouds/aws/a.ts',
    text: `import type { Paginator } from '@smithy/types'; export type A = Paginator<string>;`,
    says: /not among the dependencies/,
  },
];

describe('the rules refuse', () => {
  test.each(SEEDED)('$breach', ({ file, text, says }) => {
    const found = violations(new Map([...HOUSE, [file, text]]), DEPENDENCIES);
    expect(found.filter((one) => one.file === file && says.test(one.why))).toHaveLength(1);
    expect(found.filter((one) => one.file !== file)).toEqual([]);
  });

  test('and let a house stand that breaks none', () => {
    expect(violations(HOUSE, DEPENDENCIES)).toEqual([]);
  });
});

describe('this repository', () => {
  test('breaks none of them', () => {
    expect(violations(sourceFiles('src', 'lab'), productDependencies())).toEqual([]);
  });

  test('gives each room a reason, and allows no room that does not exist', () => {
    const paths = ROOMS.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { because, rooms, lazily = [] } of ROOMS) {
      expect(because).toMatch(/ .* .* /);
      for (const path of [...rooms, ...lazily]) {
        expect(path === '*' || paths.some((known) => known.startsWith(path))).toBe(true);
      }
    }
  });
});
