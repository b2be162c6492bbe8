import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const docs = new URL('../../docs/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, docs), 'utf8');
const list = (folder: string): string[] => readdirSync(new URL(folder, docs));

const pages = list('migrating/').filter((name) => name !== 'README.md');

/** A file that the page links to, with the block of code below. */
const SHOWN = /\]\(\.\.\/(examples\/migrating\/[^)]+)\)[^\n]*\n\n```ts\n([^]*?)```\n/g;

describe.each(pages)('the guide %s', (page) => {
  const text = read(`migrating/${page}`);
  const shown = [...text.matchAll(SHOWN)].map(([, file, code]) => ({ file: file!, code: code! }));

  it('shows files as they are', () => {
    for (const { file, code } of shown) expect(code, file).toBe(read(file));
    expect(text.match(/^```ts$/gm)).toHaveLength(shown.length);
  });

  it('shows every file of its folder', () => {
    const folder = `examples/migrating/${page.replace('.md', '')}/`;
    expect(shown.map(({ file }) => file).sort()).toEqual(list(folder).map((name) => folder + name));
  });

  it('is in the index', () => {
    expect(read('migrating/README.md')).toContain(`](${page})`);
  });
});

it('there is a guide for each folder of code', () => {
  expect(pages.map((page) => page.replace('.md', ''))).toEqual(list('examples/migrating/'));
});
