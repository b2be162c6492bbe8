import type { Observable, Subscriber } from 'rxjs';
import type { Backlog } from './backlog.js';
import { BufferFullError } from './buffer-full-error.js';
import { sizeOf } from './size-of.js';
import { subscribeUntilClosed } from '../endpoint/subscribe-until-closed.js';

/** What becomes of what is too much. */
export interface OverflowRules {
  readonly highWaterMark: number;
  readonly overflow: 'sample' | 'dropOldest' | 'error';
  readonly onDrop: ((total: number) => void) | undefined;
}

/**
 * Fills a backlog from a source that is not slowed down, and drops what is too much.
 *
 * @internal
 */
export function takeAll<T>(
  source: Observable<T>,
  backlog: Backlog<T>,
  { highWaterMark, overflow, onDrop }: OverflowRules,
  subscriber: Subscriber<unknown>,
): void {
  let total = 0;

  const dropSurplus = (): void => {
    const before = total;
    while (backlog.waiting > 1 && (overflow === 'sample' || backlog.bytes > highWaterMark)) {
      backlog.dropOldest();
      total++;
    }
    if (total === before) return;
    try {
      onDrop?.(total);
    } catch (error) {
      subscriber.error(error);
    }
  };

  subscribeUntilClosed(source, subscriber, {
    next: (value) => {
      const batch = { bytes: 0, values: 0 };
      backlog.add(value, batch);
      backlog.weigh(batch, sizeOf(value));
      backlog.pump();
      if (backlog.waiting === 0 || backlog.bytes <= highWaterMark) return;
      if (overflow !== 'error') dropSurplus();
      else subscriber.error(new BufferFullError('highWaterMark', { limit: highWaterMark, buffered: backlog.bytes }));
    },
    error: (error: unknown) => backlog.finish(() => subscriber.error(error)),
    complete: () => backlog.finish(() => subscriber.complete()),
  });
}
