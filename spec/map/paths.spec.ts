import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declaredIn } from './declarations.js';
import { readPage } from './page.js';
import { parse, readSources, root } from './sources.js';
import { filesNamedOn, linksOn, sectionOf, stepsOn, type Step } from './steps.js';

const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const sources = readSources();
const decisions = readdirSync(new URL('docs/decisions/', root)).map((name) => `docs/decisions/${name}`);

describe('the page on the architecture', () => {
  it('names steps that there are', () => {
    const isThere = ({ name, file }: Step): boolean => {
      const source = sources.get(file.replace('src/', ''));
      return source !== undefined && declaredIn(source).has(name);
    };
    expect(stepsOn(readPage()).filter((step) => !isThere(step))).toEqual([]);
  });

  it('tells each path from its first step to its last', () => {
    const paths = sectionOf(readPage(), 'The paths').split('\n### ').slice(1);
    for (const path of paths) {
      const numbers = [...path.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
      expect(numbers, path).toEqual(numbers.map((_, i) => i + 1));
      expect(numbers.length, path).toBeGreaterThan(1);
    }
    expect(paths).not.toEqual([]);
  });

  it.each(['docs/architecture.md', ...decisions])('%s names files that there are', (page) => {
    const isMissing = (file: string, from = root): boolean => !existsSync(new URL(file, from));
    expect(filesNamedOn(read(page)).filter((file) => isMissing(file))).toEqual([]);
    expect(linksOn(read(page)).filter((link) => isMissing(link, new URL(page, root)))).toEqual([]);
  });
});

describe('the reader of the page', () => {
  const page = (line: string): string => `# T\n\n## The paths\n\n### One\n\n${line}\n\n## Next\n\n1. no step\n`;

  it('finds the steps of the section, and nothing behind it', () => {
    expect(stepsOn(page('1. `A.b` — `src/pool/a.ts` — because'))).toEqual([
      { path: 'One', name: 'A.b', file: 'src/pool/a.ts' },
    ]);
  });

  it.each(['1. `A.b` — because', '1. A.b — `src/pool/a.ts` — because', '2. `A.b` — `src/pool/a.ts` — '])(
    'does not pass over %s',
    (line) => {
      expect(() => stepsOn(page(line))).toThrow(line);
    },
  );

  it('knows what a file declares, and what it only calls', () => {
    const source = parse(
      'a.ts',
      'export class A { x = 1; b(): void { c(); } get d() { return 1; } readonly e = () => 1; }\nfunction f() {}\ninterface G { h(): void }',
    );
    expect([...declaredIn(source)]).toEqual(['A', 'A.b', 'A.d', 'A.e', 'f', 'G', 'G.h']);
  });

  it('finds the files that a text names', () => {
    expect(filesNamedOn('See `src/pool/a.ts`, [b](../spec/b.ts) and docs/c.md. Not ./src/d.ts')).toEqual([
      'src/pool/a.ts',
      'docs/c.md',
    ]);
  });

  it('finds where a text leads', () => {
    expect(linksOn('[a](a.md), [b](../b.md#c), [c](#d) and [e](https://e.test/)')).toEqual(['a.md', '../b.md']);
  });
});
