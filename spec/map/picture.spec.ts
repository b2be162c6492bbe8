import { describe, expect, it } from 'vitest';
import { onCycles, reachable, reduced } from './graph.js';
import { importsOf } from './imports.js';
import { partsOf } from './objects.js';
import { readPage, withPicture } from './page.js';
import { picture } from './picture.js';
import { roomsOf } from './rooms.js';
import { parse, readSources } from './sources.js';
import { sectionOf } from './steps.js';

const sources = readSources();
const drawn = picture(sources);

describe('the map of the house', () => {
  it('is drawn from the code as it is; `npm run map` draws it anew', () => {
    const page = readPage();
    expect(page).toBe(withPicture(page, drawn));
  });

  it('shows the rooms, and the objects of a pool', () => {
    expect(drawn).toContain('at_pool --> at_limit');
    expect(drawn).toContain('at_PoolCore --> at_Stock');
    expect(drawn).toMatch(/at_Stock\["<b>Stock<\/b>.*<br\/>Sweeper/);
  });

  it('comes with a line on each room', () => {
    const rooms = [...roomsOf(importsOf(sources)).keys()].filter((room) => room !== 'index.ts');
    const told = [...sectionOf(readPage(), 'The map').matchAll(/^\| `([\w-]+)\/`/gm)].map(([, room]) => room);
    expect(told.sort()).toEqual(rooms);
  });

  it('replaces what stands between the marks, and needs them once', () => {
    const page = 'a\n<!-- picture: begin -->\nold\n<!-- picture: end -->\nb\n';
    const changed = withPicture(page, 'new');
    expect(changed).toBe('a\n<!-- picture: begin -->\n\nnew\n\n<!-- picture: end -->\nb\n');
    expect(withPicture(changed, 'new')).toBe(changed);
    expect(() => withPicture('no marks', 'new')).toThrow('once');
    expect(() => withPicture(page + page, 'new')).toThrow('once');
  });
});

describe('what the map is drawn with', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', []],
  ]);

  it('leaves out arrows that follow from others', () => {
    expect(reduced(graph)).toEqual(new Map([...graph, ['a', ['b']]]));
    expect([...reachable(graph, 'a')].sort()).toEqual(['b', 'c']);
  });

  it('finds cycles, and who only leads to one', () => {
    expect(onCycles(graph)).toEqual([]);
    expect(onCycles(new Map([...graph, ['c', ['b']]]))).toEqual(['b', 'c']);
    expect(onCycles(new Map([['a', ['a']]]))).toEqual(['a']);
  });

  it('draws arrows between rooms, not within one, nor to packages', () => {
    const imports = (...of: string[]) => of.map((one) => ({ of: one, isType: true }));
    const rooms = roomsOf(
      new Map([
        ['x/a.ts', imports('x/b.ts', 'y/c.ts', 'rxjs')],
        ['x/b.ts', []],
        ['y/c.ts', []],
      ]),
    );
    expect(rooms).toEqual(
      new Map([
        ['x', new Set(['y'])],
        ['y', new Set()],
      ]),
    );
  });

  it('knows who makes what, also through a function', () => {
    const files = new Map(
      [
        ['a.ts', 'export class A { b = new B(); c = new C(); d = new Date(); e = () => { throw new BadError() } }'],
        ['b.ts', 'export class B {} class C {}'],
        ['bad-error.ts', 'export class BadError {}'],
        ['f.ts', 'export function f() { return [new D(), new B()]; }'],
        ['d.ts', 'export class D {}'],
      ].map(([name, text]) => [name!, parse(name!, text!)]),
    );
    expect(partsOf(files, new Map([['a.ts', ['f.ts', 'b.ts']]])).get('A')).toEqual(['B', 'D']);
  });
});
