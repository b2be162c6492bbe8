import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { levelOf } from '../../src/pool/event-line.js';

const page = readFileSync(new URL('../../docs/watching.md', import.meta.url), 'utf8');

/** The first cells of the rows below a heading, without their quotes. */
function firstCells(from: string, to: string): string[] {
  const part = page.slice(page.indexOf(from), page.indexOf(to));
  return [...part.matchAll(/^\| (`.+?`) +\|/gm)].flatMap(([, cell]) =>
    cell!.split(', ').map((name) => name.slice(1, -1)),
  );
}

/** The members of a union in a source file, in order. */
function membersIn(path: string, pattern: RegExp): string[] {
  const source = readFileSync(new URL(path, import.meta.url), 'utf8');
  return [...source.matchAll(pattern)].map(([, name]) => name!);
}

it('the table of events has every type there is, and no other, each at the level of its line', () => {
  const types = membersIn('../../src/pool/event-line.ts', /^ {2}(\w+): '(?:debug|info|warn|error)',$/gm);
  const told = firstCells('| type', 'Why the pool has closed');
  expect([...told].sort()).toEqual([...types].sort());
  for (const type of told) {
    const level = new RegExp(`^\\| \`${type}\` .*\\| (\\w+) +\\|$`, 'm').exec(page)?.[1];
    expect([type, level]).toEqual([type, levelOf({ type } as PoolEvent)]);
  }
});

it('the table of reasons has every reason to close a connection, and no other', () => {
  const reasons = membersIn('../../src/pool/close-reason.ts', /^ {2}\| '(\w+)'/gm);
  expect(firstCells('| reason', '## Numbers').sort()).toEqual([...reasons].sort());
});
