import { posix } from 'node:path';
import ts from 'typescript';
import type { Sources } from './sources.js';

export interface Import {
  /** A file, by its path below `src`, or a package. */
  readonly of: string;
  /** Gone at run time. */
  readonly isType: boolean;
}

/** What each file imports, or exports from elsewhere. */
export type Imports = ReadonlyMap<string, readonly Import[]>;

export function importsOf(sources: Sources): Imports {
  return new Map(
    Array.from(sources, ([name, { statements }]) => [name, statements.flatMap((one) => importIn(one, name))]),
  );
}

function importIn(statement: ts.Statement, name: string): Import[] {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
  const { moduleSpecifier } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const { text } = moduleSpecifier;
  const of = text.startsWith('.') ? posix.join(posix.dirname(name), text.replace(/\.js$/, '.ts')) : text;
  return [{ of, isType: isOfType(statement) }];
}

/** `import { type X }` is no such thing: what is left of it at run time still loads the file. */
function isOfType(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** A graph without the imports that are gone at run time. */
export function atRunTime(imports: Imports): ReadonlyMap<string, readonly string[]> {
  return new Map(Array.from(imports, ([name, of]) => [name, of.filter(({ isType }) => !isType).map((one) => one.of)]));
}
