// The house rules as ESLint rules, so that an editor shows them while one types.
// What a room may import is in scripts/rooms.ts; test/meta/architecture.test.ts checks the same table over all files.
import { relative, sep } from 'node:path';
import type { ESLint, Rule } from 'eslint';
import type { Expression, ImportDeclaration, Node, PrivateIdentifier, SpreadElement, Super } from 'estree';
import { atTheEdge, LONGEST_FILE, refusal, type Import } from '../rooms.ts';

type Typed<T> = T & { readonly importKind?: 'type' | 'value'; readonly exportKind?: 'type' | 'value' };

/** Imports against the table of rooms. */
const rooms: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], docs: { description: 'A room imports only what scripts/rooms.ts allows.' } },
  create(context) {
    const file = fromRoot(context);
    function check(node: Node, specifier: unknown, names: readonly string[], kind: Import['kind']): void {
      if (typeof specifier !== 'string') return;
      const message = refusal(file, { specifier, names, kind });
      if (message !== undefined) context.report({ node, message });
    }
    return {
      ImportDeclaration(node): void {
        const names = node.specifiers.map((one) => nameOf(one));
        const types = (node as Typed<ImportDeclaration>).importKind === 'type' || allTypes(node);
        const kind = node.specifiers.length === 0 ? 'bare' : types ? 'types' : 'static';
        check(node, node.source.value, names, kind);
      },
      ExportAllDeclaration(node): void {
        check(node, node.source.value, ['*'], (node as Typed<typeof node>).exportKind === 'type' ? 'types' : 'static');
      },
      ExportNamedDeclaration(node): void {
        const names = node.specifiers.map(({ local }) => (local.type === 'Identifier' ? local.name : '*'));
        const types = (node as Typed<typeof node>).exportKind === 'type';
        check(node, node.source?.value, names, types ? 'types' : 'static');
      },
      ImportExpression(node): void {
        if (node.source.type === 'Literal') check(node, node.source.value, ['*'], 'dynamic');
        else if (file.startsWith('src/')) {
          context.report({ node, message: 'import() of a computed name: the bundle can hold only what is named here' });
        }
      },
    };
  },
};

// A global or `object.member` that reads the clock, chance or the environment, and what to use instead.
const CLOCK = 'judging time is data and waiting is the Clock port';
const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['Date.now', CLOCK],
  ['Math.random', 'the same snapshot must give the same answer; jitter is the Clock port'],
  ['performance.now', CLOCK],
  ['process.env', 'the environment is read once, in src/index.ts, src/github or src/terminal'],
  ['process.hrtime', CLOCK],
  ['process.exit', 'only src/index.ts ends the step'],
  ['process.exitCode', 'only src/index.ts ends the step'],
  ['process.cwd', 'paths come from the configuration'],
  ['crypto.randomUUID', 'the same snapshot must give the same answer'],
  ['crypto.getRandomValues', 'the same snapshot must give the same answer'],
  ['AbortSignal.timeout', CLOCK],
]);
const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const OUTSIDE_MODULES: ReadonlyMap<string, string> = new Map([
  ['node:timers', CLOCK],
  ['node:timers/promises', CLOCK],
  ['node:perf_hooks', CLOCK],
  ['node:process', 'the environment is read at the edge only'],
]);

/** Environment, clock and chance at the edge only. `new Date(text)` and `Date.parse(text)` compute and are free. */
const edge: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], docs: { description: 'Only the edge reads environment, clock and chance.' } },
  create(context) {
    if (atTheEdge(fromRoot(context))) return {};
    // A parameter that happens to be called `process` or `setTimeout` was passed in, which is just what is wanted.
    function isGlobal(node: Node, name: string): boolean {
      for (let scope = context.sourceCode.getScope(node); ;) {
        const variable = scope.set.get(name);
        if (variable !== undefined) return variable.defs.length === 0;
        if (scope.upper === null) return true;
        scope = scope.upper;
      }
    }
    function report(node: Node, what: string, why: string): void {
      context.report({ node, message: `${what} away from the edge: ${why}` });
    }
    return {
      ImportDeclaration(node): void {
        const why = OUTSIDE_MODULES.get(String(node.source.value));
        if (why !== undefined) report(node, String(node.source.value), why);
      },
      MemberExpression(node): void {
        const object = globalName(node.object);
        const member = memberName(node.property);
        if (object === undefined || member === undefined || !isGlobal(node, object.root)) return;
        const why = OUTSIDE.get(`${object.name}.${member}`);
        if (why !== undefined) report(node, `${object.name}.${member}`, why);
      },
      CallExpression(node): void {
        const callee = globalName(node.callee);
        if (callee === undefined || !isGlobal(node, callee.root)) return;
        if (TIMERS.has(callee.name)) report(node, `${callee.name}()`, CLOCK);
        if (callee.name === 'Date') report(node, 'Date()', CLOCK);
      },
      NewExpression(node): void {
        const callee = globalName(node.callee);
        if (callee?.name === 'Date' && node.arguments.length === 0 && isGlobal(node, callee.root)) {
          report(node, 'new Date()', CLOCK);
        }
      },
    };
  },
};

/** Files that one can still read at one sitting. ESLint's own max-lines warns earlier. */
const length: Rule.RuleModule = {
  meta: { type: 'suggestion', schema: [], docs: { description: `At most ${String(LONGEST_FILE)} lines a file.` } },
  create(context) {
    return {
      Program(node): void {
        const count = context.sourceCode.lines.length - (context.sourceCode.lines.at(-1) === '' ? 1 : 0);
        if (count <= LONGEST_FILE) return;
        context.report({ node, loc: { line: LONGEST_FILE + 1, column: 0 }, message: tooLong(count) });
      },
    };
  },
};

function tooLong(count: number): string {
  return `${String(count)} lines: split this file by what its parts know, ${String(LONGEST_FILE)} is the most`;
}

function fromRoot(context: Rule.RuleContext): string {
  return relative(context.cwd, context.filename).split(sep).join('/');
}

function nameOf(specifier: ImportDeclaration['specifiers'][number]): string {
  if (specifier.type !== 'ImportSpecifier') return '*';
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : '*';
}

function allTypes(node: ImportDeclaration): boolean {
  return node.specifiers.length > 0 && node.specifiers.every((one) => (one as Typed<typeof one>).importKind === 'type');
}

// `Date`, or `globalThis.Date`, which is the same thing in disguise.
function globalName(node: Expression | Super | Node): { readonly name: string; readonly root: string } | undefined {
  if (node.type === 'Identifier') return { name: node.name, root: node.name };
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return undefined;
  const member = memberName(node.property);
  const root = node.object.name;
  return (root === 'globalThis' || root === 'global') && member !== undefined ? { name: member, root } : undefined;
}

function memberName(property: Expression | PrivateIdentifier | SpreadElement): string | undefined {
  if (property.type === 'Identifier') return property.name;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

/** The plugin: `rooms`, `edge`, `length`. */
export const houseRules: ESLint.Plugin = { meta: { name: 'house' }, rules: { rooms, edge, length } };
