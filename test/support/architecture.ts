// The house rules over whole files: what no single import shows. Used by test/meta/architecture.test.ts.
import ts from 'typescript';
import { LONGEST_FILE, NAMELESS_FOLDERS, refusal, resolveFrom, roomOf, type Import } from '../../scripts/rooms.ts';

/** One breach: where, and why it is one, in one sentence. */
export interface Violation {
  readonly file: string;
  readonly why: string;
}

/** Every breach in these files, given by their path from the root. Only src and lab have rooms and lengths. */
export function violations(files: ReadonlyMap<string, string>, dependencies: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  for (const [file, text] of files) {
    const report = (why: string | undefined): void => {
      if (why !== undefined) found.push({ file, why });
    };
    report(badPlace(file));
    report(tooLong(text));
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const one of importsOf(source)) {
      report(refusal(file, one));
      report(missing(file, one, files));
      if (file.startsWith('src/') && roomOf(file)?.baked !== true) report(undeclared(one, dependencies));
    }
    if (file.startsWith('src/') && file !== 'src/index.ts') effectsOf(source).forEach(report);
  }
  return found;
}

function badPlace(file: string): string | undefined {
  const nameless = file.split('/').find((part) => NAMELESS_FOLDERS.has(part));
  if (nameless !== undefined) return `a folder named ${nameless} fills with strangers: name it after what it knows`;
  if (file.startsWith('src/') && roomOf(file) === undefined) {
    return 'a file of src that belongs to no room: give it a place, or give scripts/rooms.ts a new row with its reason';
  }
  return undefined;
}

function tooLong(text: string): string | undefined {
  const count = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return count > LONGEST_FILE ? `${String(count)} lines, ${String(LONGEST_FILE)} is the most` : undefined;
}

// A path that leads nowhere would slip through every rule about where it leads.
function missing(file: string, { specifier }: Import, files: ReadonlyMap<string, string>): string | undefined {
  const target = resolveFrom(file, specifier);
  if (target === undefined || !/^(?:src|lab)\//.test(target) || files.has(target) || target.endsWith('.json')) {
    return undefined;
  }
  return `${specifier} names no file: import the .ts file itself`;
}

// What only the tools need is not there for whoever installs the product's dependencies alone.
function undeclared({ specifier }: Import, dependencies: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return dependencies.has(name) ? undefined : `${name} is not among the dependencies in package.json`;
}

/** All imports of a file, re-exports, `import()` and `import('x').Type` included. */
export function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[], kind: Import['kind']): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier))
      found.push({ specifier: specifier.text, names, kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, ...clauseOf(node.importClause));
    else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, exportedNames(node), node.isTypeOnly ? 'types' : 'static');
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      // A computed name is reported as an import of nothing that any room allows.
      if (specifier !== undefined && ts.isStringLiteralLike(specifier)) add(specifier, ['*'], 'dynamic');
      else found.push({ specifier: '(computed)', names: ['*'], kind: 'dynamic' });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, ['*'], 'types');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function clauseOf(clause: ts.ImportClause | undefined): [string[], Import['kind']] {
  if (clause === undefined) return [[], 'bare'];
  const bindings = clause.namedBindings;
  const elements = bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  const names = elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  const whole = clause.name !== undefined || (bindings !== undefined && ts.isNamespaceImport(bindings));
  const types =
    clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (!whole && elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly));
  return [whole ? ['*', ...names] : names, types ? 'types' : 'static'];
}

function exportedNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return ['*'];
  return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

// What runs when a module is merely imported: statements that are no declaration, and waiting.
function effectsOf(source: ts.SourceFile): string[] {
  return source.statements
    .filter((statement) => !isDeclaration(statement) || awaitsAtTop(statement))
    .map((statement) => {
      const { line } = source.getLineAndCharacterOfPosition(statement.getStart(source));
      return `line ${String(line + 1)} runs on import: no import has an effect, put it into a function`;
    });
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isVariableStatement(statement)
  );
}

function awaitsAtTop(statement: ts.Statement): boolean {
  const awaits = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    return ts.isAwaitExpression(node) || (ts.forEachChild(node, awaits) ?? false);
  };
  return awaits(statement);
}
