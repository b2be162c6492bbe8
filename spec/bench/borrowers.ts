import { Observable, take } from 'rxjs';
import { ListFloor, type AwaitedPool } from './peers.js';
import type { Pool } from './subject.js';

/** How long a borrower keeps what it has: until the next microtask, or until the next turn of the event loop. */
export type Hold = 'microtask' | 'macrotask';

/** Starts one borrower, which borrows, holds and gives back until `more` says no. It asks at each grant, and once more before it stops. */
export type Start = (hold: Hold, more: () => boolean) => Promise<void>;

const resolved = Promise.resolve();
const after: Readonly<Record<Hold, (fn: () => void) => void>> = {
  // Not `queueMicrotask`, which costs several times what an `await` does.
  microtask: (fn) => void resolved.then(fn),
  macrotask: (fn) => {
    // What it returns must not be taken for a teardown.
    setImmediate(fn);
  },
};
const pause: Readonly<Record<Hold, () => Promise<void> | undefined>> = {
  microtask: () => undefined,
  macrotask: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Borrowers that await. */
export function awaiting<T>(pool: AwaitedPool<T>): Start {
  return async (hold, more) => {
    while (more()) {
      const resource = await pool.acquire();
      await pause[hold]();
      pool.release(resource);
    }
  };
}

/** Borrowers that subscribe anew for each loan. */
function subscribing<T>(one$: Observable<T>, release: (resource: T) => void): Start {
  return (hold, more) =>
    new Promise((resolve, reject) => {
      const borrow = (): void => {
        if (!more()) resolve();
        else one$.subscribe({ next: lent, error: reject });
      };
      const lent = (resource: T): void =>
        after[hold](() => {
          release(resource);
          borrow();
        });
      borrow();
    });
}

export function borrowing<S>(pool: Pool<S>): Start {
  return subscribing(pool.borrow(), (lease) => lease.release());
}

export function taking<S>(pool: Pool<S>): Start {
  return subscribing(pool.available$.pipe(take(1)), (lease) => lease.release());
}

/** One subscription for all loans, as `available$` serves it. */
export function working<S>(pool: Pool<S>): Start {
  return (hold, more) =>
    new Promise((resolve, reject) => {
      if (!more()) {
        resolve();
        return;
      }
      const worker = pool.available$.subscribe({
        next: (lease) =>
          after[hold](() => {
            const isLast = !more();
            if (isLast) worker.unsubscribe();
            lease.release();
            if (isLast) resolve();
          }),
        error: reject,
      });
    });
}

export function using<S>(pool: Pool<S>): Start {
  return (hold, more) =>
    new Promise((resolve, reject) => {
      const held$ = new Observable<never>((subscriber) => after[hold](() => subscriber.complete()));
      const used$ = pool.use(() => held$);
      const borrow = (): void => {
        if (!more()) resolve();
        else used$.subscribe({ complete: borrow, error: reject });
      };
      borrow();
    });
}

export function acquiring<S>(pool: Pool<S>): Start {
  return awaiting({ acquire: () => pool.acquire(), release: (lease) => lease.release() });
}

export function onTheFloor(stack: unknown[]): Start {
  const floor = new ListFloor(stack);
  return subscribing(floor.source, (resource) => floor.release(resource));
}
