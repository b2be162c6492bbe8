import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, examplesOf, read, root, unfencedExamples } from './doc-examples.js';

function filesIn(folder: string, extension: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const sources = ['README.md', ...filesIn('docs', '.md'), ...filesIn('src', '.ts')];

describe('the examples of the documentation', () => {
  it('compile against the built package', () => {
    const examples = sources.flatMap((source) => examplesOf(source, read(source)));
    expect(new Set(examples.map(({ source }) => source))).toContain('README.md');
    expect(check(examples)).toEqual([]);
  });

  it('are all fenced, so that none escapes the check', () => {
    expect(sources.flatMap((source) => unfencedExamples(source, read(source)))).toEqual([]);
  });
});

describe('the checker', () => {
  const fence = '```';

  it('names the line of a wrong block in a page', () => {
    const page = `# Title\n\n${fence}ts\nconst right = 1;\nconst wrong: string = right;\n${fence}\n`;
    expect(check(examplesOf('docs/planted.md', page))).toEqual([
      "docs/planted.md:5: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it('names the line of a wrong block in a doc comment', () => {
    const source = `/**\n * @example\n * ${fence}ts\n * missing();\n * ${fence}\n */\nexport const x = 1;\n`;
    expect(check(examplesOf('src/pool/planted.ts', source))).toEqual([
      "src/pool/planted.ts:4: Cannot find name 'missing'.",
    ]);
  });

  it('knows the package by its name, and what it does not export', () => {
    const page = `${fence}ts\nimport { createPool, noSuchExport } from 'rxpool';\n${fence}\n`;
    expect(check(examplesOf('README.md', page))).toEqual([
      `README.md:2: Module '"rxpool"' has no exported member 'noSuchExport'.`,
    ]);
  });

  it('gives each block a scope of its own', () => {
    const page = `${fence}ts\nconst x = 1;\n${fence}\n\n${fence}ts\nconst x = 2;\n${fence}\n`;
    expect(check(examplesOf('README.md', page))).toEqual([]);
    const leaning = `${fence}ts\nconst x = 1;\n${fence}\n\n${fence}ts\nx.toFixed();\n${fence}\n`;
    expect(check(examplesOf('README.md', leaning))).toEqual(["README.md:6: Cannot find name 'x'."]);
  });

  it('finds a block inside a list, and an @example without one', () => {
    expect(examplesOf('x.md', `- item\n\n  ${fence}ts\n  a;\n  ${fence}\n`)).toEqual([
      { source: 'x.md', line: 4, code: 'a;' },
    ]);
    const bare = `/**\n * @example\n * pool.close();\n */\n/**\n * @example\n * ${fence}ts\n * 1;\n * ${fence}\n */\n`;
    expect(unfencedExamples('src/x.ts', bare)).toEqual(['src/x.ts:2: @example without a ```ts block']);
  });
});
