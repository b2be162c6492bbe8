import { Observable, takeUntil, type OperatorFunction } from 'rxjs';
import { ByteQueue } from './byte-queue.js';

/**
 * What one format knows: where a frame ends. It is asked for one frame at a time, so that it is always in a
 * consistent state when a consumer runs.
 *
 * @internal
 */
export interface Framer<Frame> {
  /** The next whole frame, or `undefined` once all bytes are used or kept. Throws if they break the format. */
  next(bytes: ByteQueue): Frame | undefined;
  /** What a clean end of the stream makes of the bytes that are left. Throws if it must not end here. */
  end(bytes: ByteQueue): Frame | undefined;
}

/**
 * Turns a {@link Framer} into an operator: order, re-entrancy, errors and teardown, the same for every format.
 *
 * @internal
 */
export function framing<Frame>(createFramer: () => Framer<Frame>): OperatorFunction<Uint8Array, Frame> {
  return (source) =>
    new Observable((subscriber) => {
      const framer = createFramer();
      const bytes = new ByteQueue();
      let waiting: Uint8Array[] = [];
      let end: (() => void) | undefined;
      let draining = false;

      // A consumer may push more input, or end it, from within `next`. That waits for its turn here: frames stay in
      // order, none is lost, and the stack does not grow.
      const drain = () => {
        if (draining) return;
        draining = true;
        try {
          while (waiting.length > 0) {
            const chunks = waiting;
            waiting = [];
            for (const chunk of chunks) {
              bytes.push(chunk);
              for (let frame = framer.next(bytes); frame !== undefined; frame = framer.next(bytes)) {
                subscriber.next(frame);
                if (subscriber.closed) return;
              }
            }
          }
          end?.();
        } catch (error) {
          subscriber.error(error);
        } finally {
          draining = false;
        }
      };

      // A source that emits while it is being subscribed to has not handed out its subscription yet, and must stop
      // at once all the same.
      const stop = new Observable<void>((notify) => {
        subscriber.add(() => {
          notify.next();
        });
      });

      source.pipe(takeUntil(stop)).subscribe({
        next: (chunk) => {
          waiting.push(chunk);
          drain();
        },
        error: (error: unknown) => {
          end = () => {
            subscriber.error(error);
          };
          drain();
        },
        complete: () => {
          // `stop` completes it as well, and then nobody wants to hear how the stream ended.
          if (subscriber.closed) return;
          end = () => {
            const last = framer.end(bytes);
            if (last !== undefined) subscriber.next(last);
            subscriber.complete();
          };
          drain();
        },
      });
    });
}
