import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface Example {
  readonly source: string;
  /** Of the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
}

export const root: string = join(dirname(fileURLToPath(import.meta.url)), '../..');
const prelude = join(root, 'spec/package/doc-prelude.d.ts');

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  // The prelude is a declaration file too: unchecked, a type it misspells would silently become `any`.
  skipLibCheck: false,
  noEmit: true,
};

/** Each ```ts block of a Markdown page, or of the doc comments of a TypeScript file. */
export function examplesOf(source: string, text: string): Example[] {
  const comment = source.endsWith('.ts') ? '\\s*\\* ' : '\\s*';
  const lines = text.split('\n');
  const examples: Example[] = [];
  for (let start = 0; start < lines.length; start++) {
    const indent = new RegExp(`^(${comment})\`\`\`ts\\s*$`).exec(lines[start]!)?.[1];
    if (indent === undefined) continue;
    const length = lines.slice(start + 1).findIndex((line) => line.startsWith(`${indent}\`\`\``));
    if (length === -1) throw new Error(`${source}:${start + 1}: this block has no end`);
    const code = lines.slice(start + 1, start + 1 + length).map((line) => line.slice(indent.length));
    examples.push({ source, line: start + 2, code: code.join('\n') });
    start += length + 1;
  }
  return examples;
}

/** Doc comments whose `@example` holds no ```ts block: it would look checked and be skipped. */
export function unfencedExamples(source: string, text: string): string[] {
  return [...text.matchAll(/^[ \t]*\* @example\b(?:(?!\*\/|^[ \t]*\* @)[^])*/gm)]
    .filter(([section]) => !section.includes('```ts\n'))
    .map(({ index }) => `${source}:${text.slice(0, index).split('\n').length}: @example without a \`\`\`ts block`);
}

/**
 * The errors of the examples, each with the file and line where a reader finds it. All are checked in one program, each
 * as a module of its own, placed inside the package so that `rxpool` means the built package itself.
 */
export function check(examples: readonly Example[]): string[] {
  const files = new Map(
    examples.map(({ source, line, code }, i) => [
      join(root, `${source}.${i}.ts`),
      // Blank lines in front make the compiler count as the reader does.
      { source, text: '\n'.repeat(line - 1) + code },
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) => {
    const file = files.get(name);
    return file
      ? ts.createSourceFile(name, file.text, language, true)
      : getSourceFile.call(host, name, language, ...rest);
  };
  const program = ts.createProgram([prelude, ...files.keys()], options, host);
  const checked = [prelude, ...files.keys()].map((name) => program.getSourceFile(name));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...checked.flatMap((file) => program.getSyntacticDiagnostics(file)),
    ...checked.flatMap((file) => program.getSemanticDiagnostics(file)),
  ];
  return diagnostics.map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    if (!diagnostic.file) return message;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const name = diagnostic.file.fileName;
    return `${files.get(name)?.source ?? relative(root, name)}:${line + 1}: ${message}`;
  });
}

export function read(source: string): string {
  return readFileSync(join(root, source), 'utf8');
}
