import { Observable } from 'rxjs';
import { subscribeUntilClosed } from '../endpoint/subscribe-until-closed.js';
import { ByteQueue } from './byte-queue.js';
import type { Format } from './format.js';
import { FrameError } from './frame-error.js';
import { FrameLengthError } from './frame-length-error.js';
import { FrameResetError } from './frame-reset-error.js';
import type { OnBadFrame, Replacement } from './framing-config.js';

/**
 * What one format knows: where a frame ends. It is asked for one frame at a time, so that it is always in a
 * consistent state when a consumer runs.
 *
 * A {@link FrameError} that it throws is about one frame. Unless it is about the length, the framer has gone past that
 * frame, or told the queue to skip what is still to come of it.
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
 * Turns a {@link Framer} into an operator: order, re-entrancy, bad frames, errors and teardown, the same for every
 * format.
 *
 * @internal
 */
export function framing<Frame, Message, Bad>(
  createFramer: () => Framer<Frame>,
  encode: (message: Message) => Uint8Array,
  onBadFrame: OnBadFrame<Bad> = 'error',
): Format<Frame | Replacement<Bad>, Message> {
  /** What to emit in the place of a bad frame, if anything. Throws what the stream is to end with. */
  const replace = (error: unknown): Replacement<Bad> | undefined => {
    if (!(error instanceof FrameError)) throw error;
    if (onBadFrame === 'reset') throw new FrameResetError(error);
    if (onBadFrame === 'error' || error instanceof FrameLengthError) throw error;
    const replacement = onBadFrame === 'skip' ? undefined : onBadFrame(error);
    if (replacement !== undefined) return replacement as Replacement<Bad>;
    format.skipped++;
    return undefined;
  };

  const operator = (source: Observable<Uint8Array>) =>
    new Observable<Frame | Replacement<Bad>>((subscriber) => {
      const framer = createFramer();
      const bytes = new ByteQueue();
      let waiting: Uint8Array[] = [];
      let end: (() => void) | undefined;
      let draining = false;

      const next = (): Frame | Replacement<Bad> | undefined => {
        // Nothing is read for somebody who has left, be it within `next` or within `onBadFrame`.
        while (!subscriber.closed && !bytes.isSkipping) {
          try {
            return framer.next(bytes);
          } catch (error) {
            const replacement = replace(error);
            if (replacement !== undefined) return replacement;
          }
        }
        return undefined;
      };

      const last = (): Frame | Replacement<Bad> | undefined => {
        try {
          return framer.end(bytes);
        } catch (error) {
          return replace(error);
        }
      };

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
              for (let frame = next(); frame !== undefined; frame = next()) subscriber.next(frame);
              if (subscriber.closed) return;
            }
          }
          end?.();
        } catch (error) {
          subscriber.error(error);
        } finally {
          draining = false;
        }
      };

      subscribeUntilClosed(source, subscriber, {
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
          // The end of the subscriber completes it as well, and then nobody wants to hear how the stream ended.
          if (subscriber.closed) return;
          end = () => {
            const frame = last();
            if (frame !== undefined) subscriber.next(frame);
            subscriber.complete();
          };
          drain();
        },
      });
    });

  const format = Object.assign(operator, { encode, skipped: 0 });
  return format;
}
