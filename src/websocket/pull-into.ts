import type { Subscriber } from 'rxjs';

/** Where the messages of a source go. */
export interface Taker<T> {
  put(message: T): void;
  /** Nothing waits any more, or there is nobody to wait for. */
  untilTaken(): Promise<void>;
  done(): void;
}

/** Asks a source for a message whenever the one before it has been taken. A source that is left before its end is told. */
export async function pullInto<T>(
  source: AsyncIterable<T>,
  subscriber: Subscriber<unknown>,
  taker: Taker<T>,
): Promise<void> {
  try {
    const iterator = source[Symbol.asyncIterator]();
    subscriber.add(() => void leave(iterator));
    for (;;) {
      const next = await iterator.next();
      if (subscriber.closed) return;
      if (next.done === true) {
        taker.done();
        return;
      }
      taker.put(next.value);
      await taker.untilTaken();
    }
  } catch (error) {
    subscriber.error(error);
  }
}

async function leave(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Whom it would interest has left.
  }
}
