import ts from 'typescript';
import type { Graph } from './graph.js';
import type { Sources } from './sources.js';

/** The classes that files export, errors left out, by the file of each. */
export function classesIn(sources: Sources): ReadonlyMap<string, string> {
  const classes = new Map<string, string>();
  for (const [file, { statements }] of sources) {
    for (const one of statements) {
      if (!ts.isClassDeclaration(one) || one.name === undefined || one.name.text.endsWith('Error')) continue;
      if (one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) classes.set(one.name.text, file);
    }
  }
  return classes;
}

/**
 * Which of its parts each class makes, in the order of their making: by itself, or through a file of functions that its own file imports.
 */
export function partsOf(sources: Sources, imports: Graph): ReadonlyMap<string, string[]> {
  const classes = classesIn(sources);
  const files = new Set(classes.values());
  const made = (file: string): string[] => {
    const source = sources.get(file);
    return source === undefined ? [] : newIn(source).filter((name) => classes.has(name));
  };
  return new Map(
    Array.from(classes, ([name, file]) => {
      const functions = [...(imports.get(file) ?? [])].filter((one) => sources.has(one) && !files.has(one));
      return [name, [...new Set([...made(file), ...functions.flatMap(made)])]];
    }),
  );
}

function newIn(source: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) names.push(node.expression.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}
