import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

export const root: URL = new URL('../../', import.meta.url);

/** The files of `src`, parsed, by their path below it. */
export type Sources = ReadonlyMap<string, ts.SourceFile>;

export function readSources(): Sources {
  const names = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  return new Map(names.map((name) => [name, parse(name, readFileSync(new URL(`src/${name}`, root), 'utf8'))]));
}

export function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
}
