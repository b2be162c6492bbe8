import { describe, expect, it } from 'vitest';
import { quota } from '../../src/index.js';
import { ask, hasPlace, LimitsWorld } from './limits-lab.js';
import { record, type FakeLease, type FakePool } from './pool-lab.js';

interface Ending {
  readonly pool: FakePool;
  readonly world: LimitsWorld;
  readonly lease: FakeLease;
}

const endings: readonly [string, (ending: Ending) => void][] = [
  ['release', ({ lease }) => lease.release()],
  ['destroy', ({ lease }) => lease.destroy()],
  ['destroy with now', ({ lease }) => lease.destroy(undefined, { now: true })],
  ['unsubscribe', ({ lease }) => lease.unsubscribe()],
  ['detach', ({ lease }) => lease.detach()],
  ['the loss of the connection', ({ world }) => world.transports[0]!.last.lose()],
  ['reset of its slot by force', ({ pool }) => pool.slots[0]!.reset({ force: true })],
  [
    'a loss and then a release',
    ({ world, lease }) => {
      world.transports[0]!.last.lose();
      lease.release();
    },
  ],
  [
    'a release and then a destroy',
    ({ lease }) => {
      lease.release();
      lease.destroy();
    },
  ],
];

describe.each([1, 2])('with a concurrency of %i', (concurrency) => {
  it.each(endings)('a place comes back once, after %s', (_name, end) => {
    const world = new LimitsWorld([quota({ max: 2 })]);
    const pool = world.add({ concurrency });
    // So that a place too many would show.
    const kept = ask(world.add(), 'a').only;
    const lease = ask(pool, 'a').only;
    expect(hasPlace(pool, 'a')).toBe(false);
    end({ pool, world, lease });
    const next = ask(pool, 'a');
    // After a loss it takes a while to connect again.
    world.clock.advance(1_000);
    expect(next.values).toHaveLength(1);
    expect(hasPlace(pool, 'a')).toBe(false);
    kept.release();
    expect(hasPlace(pool, 'a')).toBe(true);
  });

  it.each(endings)('a place goes to the next in line, after %s', (_name, end) => {
    const world = new LimitsWorld();
    const pool = world.add({ concurrency });
    const lease = ask(pool, 'a').only;
    const [next, another] = [ask(pool, 'a'), ask(pool, 'a')];
    end({ pool, world, lease });
    world.clock.advance(1_000);
    expect([next.values.length, another.values.length]).toEqual([1, 0]);
  });
});

describe('a place comes back', () => {
  it.each(['leave', 'destroy'] as const)('when the pool closes with borrowed: %s', (borrowed) => {
    const world = new LimitsWorld();
    const pool = world.add();
    const other = world.add();
    const lease = ask(pool, 'a').only;
    expect(hasPlace(other, 'a')).toBe(false);
    void pool.close({ borrowed });
    expect(hasPlace(other, 'a')).toBe(true);
    const next = ask(other, 'a');
    lease.release();
    expect(next.values).toHaveLength(1);
    expect(hasPlace(other, 'a')).toBe(false);
  });

  it('when the lease ends that a closing pool waits for', () => {
    const world = new LimitsWorld();
    const [pool, other] = [world.add(), world.add()];
    const lease = ask(pool, 'a').only;
    void pool.close();
    expect(hasPlace(other, 'a')).toBe(false);
    lease.release();
    expect(hasPlace(other, 'a')).toBe(true);
  });

  it('when all who share a connection lose it', () => {
    const world = new LimitsWorld([quota({ max: 2 })]);
    const pool = world.add({ max: 1, concurrency: 2 });
    ask(pool, 'a');
    ask(pool, 'a');
    const next = [ask(pool, 'a'), ask(pool, 'a'), ask(pool, 'a')];
    world.transports[0]!.last.lose();
    world.clock.advance(1_000);
    expect(next.map(({ values }) => values.length)).toEqual([1, 1, 0]);
  });

  it('as soon as a socket is allocated, which is no lease', () => {
    const world = new LimitsWorld();
    const pool = world.add({ max: 1, concurrency: Infinity });
    const key = 'a';
    expect(record(pool.allocate({ key })).values).toHaveLength(1);
    expect(record(pool.allocate({ key })).values).toHaveLength(1);
    expect(hasPlace(pool, key)).toBe(true);
  });

  it('when the consumer of a use is gone, and when the project fails', () => {
    const pool = new LimitsWorld().add();
    const key = 'a';
    record(pool.use((_socket, lease) => lease.data$, { key })).subscription.unsubscribe();
    expect(hasPlace(pool, key)).toBe(true);
    record(
      pool.use(
        () => {
          throw new Error('failed');
        },
        { key },
      ),
    );
    expect(hasPlace(pool, key)).toBe(true);
  });
});

it('the picture of an error has a lease under a limit only where it has said something of itself', () => {
  const world = new LimitsWorld([quota({ max: 9 })]);
  const pool = world.add({ max: 2 });
  ask(pool, 'a');
  record(pool.borrow({ label: 'import' }));
  const failed = record(pool.borrow({ timeout: 5 }));
  world.clock.advance(5);
  expect(failed.error).toMatchObject({ info: { leases: 2, holders: [{ label: 'import' }] } });
});
