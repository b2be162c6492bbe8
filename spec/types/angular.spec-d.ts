import type { InjectionToken, Signal } from '@angular/core';
import { transport, type Pool, type PoolStatus } from 'rxpool';
import { injectPool, poolStatus, poolToken, provideRxpool } from 'rxpool/angular';
import { NEVER, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';

const FEED = poolToken<string, number>('feed');
const strings = transport<string, number>(() => NEVER);
const others = transport<Date, number>(() => NEVER);

describe('the types of a pool in Angular', () => {
  it('are carried by its token', () => {
    expectTypeOf(FEED).toEqualTypeOf<InjectionToken<Pool<string, number>>>();
    expectTypeOf(() => injectPool(FEED)).returns.toEqualTypeOf<Pool<string, number>>();
    expectTypeOf(() => injectPool(poolToken('any'))).returns.toEqualTypeOf<Pool>();
    expectTypeOf(() => poolStatus(injectPool(FEED))).returns.toEqualTypeOf<Signal<PoolStatus>>();
  });

  it('bind what it is made of', () => {
    provideRxpool(FEED, () => ({ source: strings }));
    provideRxpool(FEED, () => ({ source: [strings], config: { validate: (socket) => socket.length > 0 } }));
    provideRxpool(FEED, () => ({ source: of([strings]) }));
    // @ts-expect-error: the sockets are no strings.
    provideRxpool(FEED, () => ({ source: others }));
    // @ts-expect-error: there is no such option.
    provideRxpool(FEED, () => ({ source: strings, config: { noSuchOption: 1 } }));
    // @ts-expect-error: nor without a source.
    provideRxpool(FEED, () => ({ config: {} }));
  });
});
