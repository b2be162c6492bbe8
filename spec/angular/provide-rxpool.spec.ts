import { inject, InjectionToken, Injector, runInInjectionContext } from '@angular/core';
import { describe, expect, it } from 'vitest';
import { injectPool, poolToken, provideRxpool } from '../../src/angular/index.js';
import { record } from '../pool/pool-lab.js';
import { application, CACHE, networkLab } from './angular-lab.js';

describe('provideRxpool()', () => {
  it('makes the pool when it is first injected, and once', () => {
    const { clock, network } = networkLab();
    let made = 0;
    const app = application([
      provideRxpool(CACHE, () => {
        made++;
        return { source: network.tcp('cache:1'), config: { clock } };
      }),
    ]);
    expect(made).toBe(0);
    const pool = app.get(CACHE);
    expect(app.get(CACHE)).toBe(pool);
    expect(runInInjectionContext(app.get(Injector), () => injectPool(CACHE))).toBe(pool);
    expect(made).toBe(1);
  });

  it('lends what the factory gives it to lend, and lets the factory inject', () => {
    const { clock, network } = networkLab();
    const ADDRESS = new InjectionToken<string>('address');
    const app = application([
      { provide: ADDRESS, useValue: 'cache:1' },
      provideRxpool(CACHE, () => ({ source: network.tcp(inject(ADDRESS)), config: { clock, max: 3 } })),
    ]);
    const pool = app.get(CACHE);
    const borrowing = record(pool.borrow());
    clock.advance(10);
    expect(borrowing.values).toHaveLength(1);
    expect(pool.stats).toMatchObject({ lent: 1, max: 3 });
    expect(pool.endpoints.map(({ address }) => address)).toEqual(['cache:1']);
  });

  it.each([
    ['that of the token', undefined, 'cache'],
    ['its own', 'prices', 'prices'],
  ])('names the pool by %s', (_, name, expected) => {
    const { clock, network } = networkLab();
    const app = application([
      provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock, name } })),
    ]);
    expect(app.get(CACHE).name).toBe(expected);
  });

  it('provides several, each under its token', () => {
    const { clock, network } = networkLab();
    const OTHER = poolToken('other');
    const app = application([
      provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock } })),
      provideRxpool(OTHER, () => ({ source: network.tcp('cache:1'), config: { clock } })),
    ]);
    expect([app.get(CACHE).name, app.get(OTHER).name]).toEqual(['cache', 'other']);
  });

  it('gives a route the pool of its own, or else that of the application', () => {
    const { clock, network } = networkLab();
    const provided = provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock } }));
    const app = application([provided]);
    const plain = application([], { parent: app });
    const own = application([provided], { parent: app });
    expect(plain.get(CACHE)).toBe(app.get(CACHE));
    expect(own.get(CACHE)).not.toBe(app.get(CACHE));
    own.destroy();
    expect(app.get(CACHE).status.state).toBe('idle');
  });

  it('closes the pool with its injector, and what it has open', () => {
    const { clock, network } = networkLab();
    const app = application([
      provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock, min: 2 } })),
    ]);
    const pool = app.get(CACHE);
    clock.advance(10);
    expect(pool.stats.idle).toBe(2);
    app.destroy();
    expect(pool.status.state).toBe('closed');
    clock.advance(10);
    expect(pool.stats.owned).toBe(0);
    expect(network.sockets.size).toBe(0);
  });

  it('closes nothing that was never injected', () => {
    let made = 0;
    const app = application([
      provideRxpool(CACHE, () => {
        made++;
        throw new Error('not asked for');
      }),
    ]);
    app.destroy();
    expect(made).toBe(0);
  });

  it('passes on the errors of createPool', () => {
    const { network } = networkLab();
    const app = application([provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { max: 0 } }))]);
    expect(() => app.get(CACHE)).toThrow(
      new RangeError('createPool: max must be an integer from 1 to 9007199254740991, got 0'),
    );
  });

  it.each([
    [
      'no token',
      () => provideRxpool('cache' as never, () => ({ source: [] })),
      'provideRxpool: token must be one made by poolToken(), got string',
    ],
    [
      'no factory',
      () => provideRxpool(CACHE, {} as never),
      'provideRxpool: the factory of pool cache must be a function, got object',
    ],
    ['no name', () => poolToken(''), 'poolToken: a pool needs a name'],
    ['no string', () => poolToken(7 as never), 'poolToken: a pool needs a name'],
  ])('refuses what is %s', (_, call, message) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('refuses a factory that returns nothing', () => {
    const app = application([provideRxpool(CACHE, () => undefined as never)]);
    expect(() => app.get(CACHE)).toThrow(
      new TypeError('provideRxpool: the factory of pool cache must return an object with a source'),
    );
  });
});

describe('injectPool()', () => {
  it('names the pool that nobody provides, and says what to do', () => {
    const { clock, network } = networkLab();
    const app = application([provideRxpool(CACHE, () => ({ source: network.tcp('cache:1'), config: { clock } }))]);
    const other = poolToken('cash');
    expect(() => runInInjectionContext(app.get(Injector), () => injectPool(other))).toThrow(
      new TypeError(
        'injectPool: no pool cash is provided here; add provideRxpool(token, factory) to the providers, with the same token, since each poolToken() makes another',
      ),
    );
  });

  it('refuses what is no token', () => {
    expect(() => runInInjectionContext(application([]).get(Injector), () => injectPool('cache' as never))).toThrow(
      new TypeError('injectPool: token must be one made by poolToken(), got string'),
    );
  });
});
