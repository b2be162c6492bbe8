import { Subscription, type Subscriber } from 'rxjs';
import type { Sending } from './sending.js';

type Frames = AsyncIterable<Uint8Array | string>;

/**
 * Asks a source for a frame whenever the socket has taken the one before it.
 *
 * @internal
 */
export async function pullInto(sending: Sending, source: Frames, subscriber: Subscriber<unknown>): Promise<void> {
  try {
    const iterator = source[Symbol.asyncIterator]();
    const early = new Subscription(() => void leave(source, iterator));
    subscriber.add(early);
    while (!sending.isOver()) {
      const next = await iterator.next();
      if (sending.isOver()) return;
      if (next.done === true) {
        subscriber.remove(early);
        sending.end();
        return;
      }
      sending.put(next.value);
      await sending.untilWritten();
    }
  } catch (error) {
    sending.fail(error);
  }
}

/** Does what `for await` does at a `break`, and where it can, without waiting for the frame that was asked for. */
async function leave(source: Frames, iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    if (isDestroyable(source)) source.destroy();
    else await iterator.return?.();
  } catch {
    // Whom it would interest has left.
  }
}

/** A `Readable` of Node is. */
function isDestroyable(source: object): source is { destroy(): unknown } {
  return 'destroy' in source && typeof source.destroy === 'function';
}
