import type { Subscriber } from 'rxjs';
import type { Backlog, Batch } from './backlog.js';
import { openReading, type OpensReading } from './open-reading.js';

/** In bytes. */
export interface WaterMarks {
  readonly highWaterMark: number;
  readonly lowWaterMark: number;
}

/**
 * Fills a backlog from a source that can be read on demand, as far as there is room.
 *
 * Of what is read and not consumed the socket itself holds a part: it reads ahead until it has `ahead` bytes, in chunks
 * of up to 64 KiB. So that all of it stays within the high mark and one chunk, no more is taken than leaves room for
 * that, and for a piece of the same size, below which nothing is cut.
 *
 * @internal
 */
export function takeOnDemand<T>(
  source: OpensReading<T>,
  backlog: Backlog<T>,
  { highWaterMark, lowWaterMark }: WaterMarks,
  subscriber: Subscriber<unknown>,
): void {
  let isFilling = true;
  /** What is being taken just now. */
  let batch: Batch | undefined;
  /** Bytes of which no frame was made yet. */
  let unframed = 0;

  const weigh = (framed: Batch): void => {
    backlog.weigh(framed, unframed);
    unframed = 0;
  };

  const reading = source[openReading](
    {
      next: (frame) => {
        if (batch !== undefined) backlog.add(frame, batch);
        else {
          // Operators may take their time, though they should not.
          const late: Batch = { bytes: 0, values: 0 };
          backlog.add(frame, late);
          weigh(late);
          backlog.pump();
        }
      },
      error: (error: unknown) => backlog.finish(() => subscriber.error(error)),
      complete: () => backlog.finish(() => subscriber.complete()),
    },
    () => backlog.pump(),
  );
  subscriber.add(() => reading.close());
  const { ahead } = reading;
  const capacity = highWaterMark - 2 * ahead;

  const room = (): number => {
    // An unfinished frame needs what follows, however much there is of it.
    if (backlog.isEmpty) return Math.max(capacity, ahead);
    const held = backlog.bytes + unframed;
    if (held >= capacity) isFilling = false;
    else if (held < lowWaterMark) isFilling = true;
    return isFilling ? Math.max(capacity - held, ahead) : 0;
  };

  backlog.refill = () => {
    const limit = room();
    if (limit === 0) return false;
    const taking: Batch = { bytes: 0, values: 0 };
    batch = taking;
    const taken = reading.take(limit);
    batch = undefined;
    if (taken === undefined) return false;
    unframed += taken;
    if (taking.values > 0) weigh(taking);
    return true;
  };
}
