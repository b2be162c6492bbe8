import { EMPTY, Observable, take } from 'rxjs';
import { nsEach, nsEachAwaited, type Measure } from './harness.js';
import { genericPool, lightningPool, tarn, type AwaitedPool } from './peers.js';
import type { Pool } from './subject.js';

/** Borrows a measurement, so that each takes some 10 to 30 ms. */
const CHEAP = 200_000;
const DEAR = 20_000;

// Every loop is spelled out. Through a common function, each would pay for the call sites that the others have made slow.

/** Borrow and release without anybody else, by each face of ours. */
export function faces<S>(pool: Pool<S>): Record<'borrow' | 'take' | 'acquire' | 'tryBorrow' | 'use', Measure> {
  const one$ = pool.available$.pipe(take(1));
  return {
    borrow: () =>
      nsEach(CHEAP, (n) => {
        for (let i = 0; i < n; i++) {
          pool.borrow().subscribe({
            next(lease) {
              lease.release();
            },
          });
        }
      }),
    take: () =>
      nsEach(CHEAP, (n) => {
        for (let i = 0; i < n; i++) {
          one$.subscribe({
            next(lease) {
              lease.release();
            },
          });
        }
      }),
    acquire: () =>
      nsEachAwaited(CHEAP, async (n) => {
        for (let i = 0; i < n; i++) {
          const lease = await pool.acquire();
          lease.release();
        }
      }),
    tryBorrow: () =>
      nsEach(CHEAP, (n) => {
        for (let i = 0; i < n; i++) pool.tryBorrow()!.release();
      }),
    use: () =>
      nsEach(DEAR, (n) => {
        for (let i = 0; i < n; i++) pool.use(() => EMPTY).subscribe();
      }),
  };
}

/** The least that each face can cost: a stack behind nothing but what the caller has asked for. */
export function floors(stack: unknown[]): Record<'bare' | 'bareTake' | 'promise', Measure> {
  const bare$ = new Observable<unknown>((subscriber) => {
    subscriber.next(stack.pop());
    subscriber.complete();
  });
  const open$ = new Observable<unknown>((subscriber) => {
    subscriber.next(stack.pop());
  });
  const one$ = open$.pipe(take(1));
  const acquire = (): Promise<unknown> => Promise.resolve(stack.pop());
  return {
    bare: () =>
      nsEach(CHEAP, (n) => {
        for (let i = 0; i < n; i++) {
          bare$.subscribe({
            next(resource) {
              stack.push(resource);
            },
          });
        }
      }),
    bareTake: () =>
      nsEach(CHEAP, (n) => {
        for (let i = 0; i < n; i++) {
          one$.subscribe({
            next(resource) {
              stack.push(resource);
            },
          });
        }
      }),
    promise: () =>
      nsEachAwaited(CHEAP, async (n) => {
        for (let i = 0; i < n; i++) {
          const resource = await acquire();
          stack.push(resource);
        }
      }),
  };
}

/** The other pools. They are slow enough to share a loop. */
export async function peers<T>(
  create: () => T | Promise<T>,
): Promise<Record<'genericPool' | 'lightningPool' | 'tarn', Measure>> {
  const loop = (pool: AwaitedPool<T>) => () =>
    nsEachAwaited(DEAR, async (n) => {
      for (let i = 0; i < n; i++) {
        const resource = await pool.acquire();
        pool.release(resource);
      }
    });
  return {
    genericPool: loop(await genericPool(create)),
    lightningPool: loop(await lightningPool(create)),
    tarn: loop(await tarn(create)),
  };
}
