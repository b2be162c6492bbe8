import { EMPTY, NEVER, Observable, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { poolToken, provideRxpool, type PoolRecipe } from '../../src/angular/index.js';
import { createPool, endpoint, transport, type Transport } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';
import { application, CACHE, FakeZone, networkLab, watchedClock } from './angular-lab.js';

/** What a transport is asked for, and whether within the zone. */
function zoneLab() {
  const zone = new FakeZone();
  const clock = new VirtualClock();
  const asked: string[] = [];
  const note = (what: string): void => void asked.push(`${what} ${zone.isInside ? 'inside' : 'outside'}`);
  const feed = transport<string, string>(
    () =>
      new Observable((subscriber) => {
        note('open');
        subscriber.next('socket');
      }),
    {
      address: 'feed',
      close() {
        note('close');
        return EMPTY;
      },
      data: () =>
        new Observable((subscriber) => {
          note('data');
          subscriber.next('message');
        }),
    },
  );
  return { zone, clock, asked, feed };
}

function inZone<S, D>(zone: FakeZone, recipe: () => PoolRecipe<S, D>) {
  const token = poolToken<S, D>('feed');
  const app = application([zone.provider, provideRxpool(token, recipe)]);
  return zone.run(() => app.get(token));
}

describe('in an application with a zone', () => {
  it('the factory runs outside', () => {
    const { zone, feed, clock } = zoneLab();
    let isInside = true;
    inZone(zone, () => {
      ({ isInside } = zone);
      return { source: feed, config: { clock } };
    });
    expect(isInside).toBe(false);
  });

  it.each([
    ['a transport', (feed: Transport<string, string>) => feed],
    ['a list', (feed: Transport<string, string>) => [feed]],
    ['an Observable of lists', (feed: Transport<string, string>) => of([feed])],
  ])('sockets of %s are opened, read and closed outside, also for a borrower who is inside', (_, sourceOf) => {
    const { zone, feed, clock, asked } = zoneLab();
    const pool = inZone(zone, () => ({ source: sourceOf(feed), config: { clock } }));
    zone.run(() => {
      const { values } = record(pool.borrow());
      clock.turn();
      const [lease] = values;
      lease!.data$.subscribe();
      lease!.destroy();
    });
    clock.advance(10);
    expect(asked).toEqual(['open outside', 'data outside', 'close outside']);
  });

  it('an Observable of lists is watched outside', () => {
    const { zone, feed, clock } = zoneLab();
    let isInside = true;
    inZone(zone, () => ({
      source: new Observable<[typeof feed]>((subscriber) => {
        ({ isInside } = zone);
        subscriber.next([feed]);
      }),
      config: { clock },
    }));
    expect(isInside).toBe(false);
  });

  it('every timer is set outside, and the clock is read there', () => {
    const { clock, network } = networkLab();
    const zone = new FakeZone();
    const asked: string[] = [];
    const config = { clock: watchedClock(clock, zone, asked), min: 1, idleTimeout: 1_000, acquireTimeout: 500 };
    const app = application([zone.provider, provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config }))]);
    zone.run(() => {
      const pool = app.get(CACHE);
      const { values } = record(pool.borrow());
      clock.advance(10);
      values[0]!.release();
      pool.stats$.subscribe().unsubscribe();
      clock.advance(2_000);
    });
    expect(new Set(asked)).toEqual(new Set(['now outside', 'set outside', 'defer outside']));
  });

  it('so are the timers of the system, where the recipe names no clock', () => {
    const { zone, feed } = zoneLab();
    const areInside: boolean[] = [];
    const original = globalThis.setTimeout;
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation((...args: Parameters<typeof original>) => {
      areInside.push(zone.isInside);
      return original(...args);
    });
    try {
      const pool = inZone(zone, () => ({ source: feed }));
      zone.run(() => {
        record(pool.borrow()).only.release();
        void pool.close();
      });
    } finally {
      spy.mockRestore();
    }
    expect(new Set(areInside)).toEqual(new Set([false]));
  });

  it('an endpoint of its own is taken as it is', () => {
    const { zone, feed, clock } = zoneLab();
    const own = endpoint(feed, { clock });
    const pool = inZone(zone, () => ({ source: own, config: { clock } }));
    record(pool.borrow());
    clock.turn();
    expect(own.status.state).toBe('up');
  });

  it('a transport may be of a class with private fields, and frozen', () => {
    const { zone, clock } = zoneLab();
    class Feed implements Transport<string, string> {
      readonly address = 'feed';
      readonly #sockets = ['socket'];
      readonly open = () => new Observable<string>((subscriber) => subscriber.next(this.#sockets[0]!));
      close(): Observable<never> {
        return EMPTY;
      }
      data(): Observable<string> {
        return of(...this.#sockets);
      }
      usable(): boolean {
        return this.#sockets.length === 1;
      }
    }
    const pool = inZone(zone, () => ({ source: Object.freeze(new Feed()), config: { clock } }));
    const { values } = record(pool.borrow());
    clock.turn();
    const heard: string[] = [];
    values[0]!.data$.subscribe((message) => heard.push(message));
    expect(heard).toEqual(['socket']);
  });

  it('a wrong source is refused as createPool refuses it', () => {
    const { zone } = zoneLab();
    const refusal = (make: () => unknown): unknown => {
      try {
        return make();
      } catch (error) {
        return error;
      }
    };
    for (const source of [undefined, 'feed', null, {}, [], NEVER.pipe.bind(NEVER), [7]] as never[]) {
      const expected = refusal(() => createPool(source));
      expect(expected).toBeInstanceOf(TypeError);
      expect(refusal(() => inZone(zone, () => ({ source })))).toEqual(expected);
    }
  });
});

describe('in an application without a zone', () => {
  it('the recipe is taken as it is', () => {
    const { feed, clock, asked } = zoneLab();
    const token = poolToken<string, string>('feed');
    const app = application([provideRxpool(token, () => ({ source: feed, config: { clock } }))]);
    record(app.get(token).borrow());
    clock.turn();
    expect(asked).toEqual(['open outside']);
  });
});
