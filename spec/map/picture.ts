import { readFileSync } from 'node:fs';
import { reachable, reduced } from './graph.js';
import { atRunTime, importsOf } from './imports.js';
import { classesIn, partsOf } from './objects.js';
import { roomsOf } from './rooms.js';
import { root, type Sources } from './sources.js';

const CORE = 'pool/pool-core.ts';

/** The house in one diagram: its rooms, and in `pool/` the objects that have parts, each with the names of those that have none. */
export function picture(sources: Sources): string {
  const imports = importsOf(sources);
  const rooms = roomsOf(imports);
  const entries = entriesOf();
  const boxes = [...rooms.keys()].map((room) => {
    const title = lines(room.endsWith('.ts') ? room : `${room}/`, entries.has(room) ? [entries.get(room)!] : []);
    return room === 'pool' ? subgraph('pool', 'pool/', poolBoxes(sources, atRunTime(imports))) : box(room, title);
  });
  const arrows = [...reduced(rooms)].flatMap(([room, others]) => others.map((other) => arrow(room, other)));
  return ['```mermaid', 'flowchart TD', ...indented([...boxes.flat(), ...arrows]), '```'].join('\n');
}

/** By what name users import each room. */
function entriesOf(): ReadonlyMap<string, string> {
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const paths = Object.keys(exports).filter((path) => !path.endsWith('.json'));
  return new Map(paths.map((path) => [path === '.' ? 'index.ts' : path.slice(2), path.replace('.', name)]));
}

/** The objects that a pool is made of, its core apart: what `pool-core` loads at run time. */
function poolBoxes(...[sources, imports]: Parameters<typeof partsOf>): string[] {
  const pool = new Map([...sources].filter(([file]) => file.startsWith('pool/')));
  const parts = partsOf(pool, imports);
  const classes = classesIn(pool);
  const core = new Set([CORE, ...reachable(imports, CORE)]);
  const hasParts = (name: string): boolean => parts.get(name)!.length > 0;
  const holders = ['ConnectionPool', ...reachable(parts, 'ConnectionPool')].filter(hasParts);
  const boxesOf = (isCore: boolean): string[] =>
    holders
      .filter((name) => core.has(classes.get(name)!) === isCore)
      .flatMap((name) =>
        box(
          name,
          lines(
            name,
            parts.get(name)!.filter((part) => !hasParts(part)),
          ),
        ),
      );
  return [
    ...subgraph('edge', 'the edge: RxJS, promises, sockets', boxesOf(false)),
    ...subgraph('core', 'the core: plain TypeScript', boxesOf(true)),
    ...holders.flatMap((name) =>
      parts
        .get(name)!
        .filter(hasParts)
        .map((part) => arrow(name, part)),
    ),
  ];
}

/** A prefix keeps names clear of the words of the diagram's language. */
function idOf(name: string): string {
  return `at_${name.replace(/\W/g, '_')}`;
}

function lines(title: string, rest: readonly string[]): string {
  return [`<b>${title}</b>`, ...rest].join('<br/>');
}

function box(name: string, label: string): string[] {
  return [`${idOf(name)}["${label}"]`];
}

function subgraph(name: string, label: string, content: readonly string[]): string[] {
  return [`subgraph ${idOf(name)}["${label}"]`, ...indented(content), 'end'];
}

function arrow(from: string, to: string): string {
  return `${idOf(from)} --> ${idOf(to)}`;
}

function indented(content: readonly string[]): string[] {
  return content.map((line) => `  ${line}`);
}
