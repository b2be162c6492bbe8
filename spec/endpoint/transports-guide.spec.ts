import { readdirSync, readFileSync } from 'node:fs';
import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { transport } from '../../src/endpoint/transport.js';

const docs = new URL('../../docs/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, docs), 'utf8');
const guide = read('transports.md');

/** A file that the page links to, with the block of code below. */
const SHOWN = /\]\((examples\/transports\/[^)]+)\)\n\n```ts\n([^]*?)```\n/g;

it('the guide to transports shows every example, as it is', () => {
  const shown = [...guide.matchAll(SHOWN)].map(([, file, code]) => ({ file: file!, code: code! }));

  for (const { file, code } of shown) expect(code, file).toBe(read(file));
  expect(shown.map(({ file }) => file).sort()).toEqual(
    readdirSync(new URL('examples/transports/', docs)).map((name) => `examples/transports/${name}`),
  );
});

it('the guide to transports tells of every member that transport() knows', () => {
  let message = '';
  try {
    transport(() => NEVER, { none: 0 } as never);
  } catch (error) {
    ({ message } = error as Error);
  }
  const known = /known are (.+)$/.exec(message)![1]!.split(', ');
  const members = guide.slice(guide.indexOf('## The members'), guide.indexOf('## A promise factory'));

  expect([...members.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name)).toEqual(known);
});

it.each(['../README.md', 'borrowing.md', 'reconnecting.md'])('the guide to transports is linked from %s', (page) => {
  expect(read(page)).toMatch(/\]\((?:docs\/)?transports\.md/);
});
