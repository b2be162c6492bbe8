import { choose } from './choice.js';
import type { Member, NamingSource } from './naming-source.js';
import { drawWorth } from './settings-many.js';
import type { StepKind, StepKinds } from './step-kind.js';
import type { World } from './world.js';

/** What is no list, and lists of what is no endpoint. */
const NO_LISTS: readonly unknown[] = [undefined, null, { type: 'connecting' }, 'host-0:1'];
const NO_ENDPOINTS: readonly unknown[] = ['host-0:1', undefined, {}, { address: 'host-0:1' }];

/** Happens to the source while the pool listens to it. */
function toSource(how: (source: NamingSource, world: World, a: number, b: number) => boolean): StepKind {
  return (world, a, b) => world.source?.isHeard === true && how(world.source, world, a, b);
}

/** The source names what it named before, but for something. */
function renames(how: (named: readonly Member[], world: World, a: number) => readonly Member[]): StepKind {
  return toSource((source, world, a) => {
    source.send(how(source.named, world, a));
    return true;
  });
}

function withOneMore(named: readonly Member[], { hosts, members }: World, a: number): readonly Member[] {
  const known = new Set(named.map(({ address }) => address));
  const host = choose(
    hosts.filter(({ server }) => !known.has(server.address)),
    a,
  );
  return host === undefined ? named : [...named, members.of(host)];
}

function withOneLess(named: readonly Member[], _world: World, a: number): readonly Member[] {
  const without = choose(named, a);
  return named.filter((one) => one !== without);
}

/** The same address through another object, which is worth something else. */
function withOneChanged(named: readonly Member[], { hosts, members, random }: World, a: number): readonly Member[] {
  const changed = choose(named, a);
  const host = hosts.find(({ server }) => server.address === changed?.address);
  if (host === undefined) return named;
  members.make(host, drawWorth(random));
  return named.map((one) => (one === changed ? members.of(host) : one));
}

export const namings: StepKinds = {
  'the source names one more': [6, renames(withOneMore)],
  'the source names one less': [4, renames(withOneLess)],
  'the source names all': [2, renames((_named, { hosts, members }) => hosts.map((host) => members.of(host)))],
  'the source names nobody': [0.5, renames(() => [])],
  'the source names the same': [1, renames((named) => [...named])],
  'the source names them in another order': [1, renames((named) => named.toReversed())],
  'the source names one twice': [0.5, renames((named) => [...named, ...named.slice(0, 1)])],
  'the source says that one is worth something else': [3, renames(withOneChanged)],
  'the source takes one away and brings it back': [
    2,
    toSource((source, world, a) => {
      const { named } = source;
      source.send(withOneLess(named, world, a));
      source.send(named);
      return named.length > 0;
    }),
  ],
  'the source changes its mind over and over': [
    1,
    toSource((source, world, a, b) => {
      const changes = [withOneLess, withOneMore, withOneChanged, withOneMore] as const;
      for (let i = 0; i < 8; i++)
        source.send(changes[Math.floor(b * 64 + i) % 4]?.(source.named, world, (a + b * i) % 1) ?? []);
      return true;
    }),
  ],
  'the source names what is no endpoint': [
    1.5,
    toSource((source, _world, a) => {
      source.sendRubbish([...source.named.slice(1), choose(NO_ENDPOINTS, a)]);
      return true;
    }),
  ],
  'the source sends what is no list': [
    0.1,
    toSource((source, _world, a) => {
      source.sendRubbish(choose(NO_LISTS, a));
      return true;
    }),
  ],
  'the source fails': [
    1.5,
    toSource((source, _world, a) => {
      source.fail(a < 0.5);
      return true;
    }),
  ],
  'the source completes': [
    0.1,
    toSource((source) => {
      source.complete();
      return true;
    }),
  ],
};
