import { finalize, from, mergeMap, Observable, Subject } from 'rxjs';
import type { ObservableInput, ObservedValueOf, OperatorFunction } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { Backlog, type Held } from './backlog.js';
import { openReading, type OpensReading } from './open-reading.js';
import { takeAll } from './take-all.js';
import { takeOnDemand } from './take-on-demand.js';

/** The {@link consume} operator configuration object. */
export interface ConsumeConfig {
  /** How many values are worked on at the same time; `Infinity` = all that are there. @default 1 */
  readonly concurrency?: number;
  /** Reading pauses while so many bytes, or more, are read and not consumed. @default 256 KiB */
  readonly highWaterMark?: number;
  /** Reading goes on once there are fewer bytes than that. @default half of `highWaterMark` */
  readonly lowWaterMark?: number;
  /**
   * What happens at `highWaterMark`. `pause` reads no further, so that the sender waits. The others go on reading: of
   * the values that wait, `dropOldest` drops the oldest until what is left is within the mark, `sample` all but the
   * latest; `error` errors with {@link BufferFullError}. @default 'pause'
   */
  readonly overflow?: 'pause' | 'sample' | 'dropOldest' | 'error';
  /** Is told, at each drop, how many values were dropped so far. */
  readonly onDrop?: (total: number) => void;
}

const DEFAULT_HIGH_WATER_MARK = 256 * 1024;

/**
 * Runs asynchronous work for each value of {@link readable}, and reads no further while too much is waiting for it.
 *
 * The work begins in the order of the values, on `concurrency` of them at a time. What it emits comes out as it comes:
 * with one at a time that is the order of the values, too. A value is consumed when its work completes.
 *
 * Reading pauses while `highWaterMark` bytes or more are read and not consumed, and goes on below `lowWaterMark`. What
 * the socket itself has read ahead counts, so that at every instant no more than `highWaterMark` and one chunk of
 * 64 KiB is read and not consumed. Below twice the socket's own mark (`readableHighWaterMark`) one piece is taken at a
 * time. The bytes of a frame count until all frames that were read along with it are consumed; an unfinished frame
 * comes on top, up to `maxFrame` of its operator, since it needs what follows.
 *
 * The end of the source, and its error, come behind the work on all that came before. An error of the work comes at
 * once, and ends all other work. Then, or at an unsubscribe, the socket is as it was; what waited is dropped.
 *
 * What cannot be paused, which is every Observable but that of `readable()`, needs another `overflow`. So does a feed of
 * which only the latest matters. It works on whole values: give it frames, not chunks, or the stream loses its frames.
 * Each counts its bytes, a text its characters and anything else 1.
 *
 * @example
 * ```ts
 * import { ndjson, readable, consume } from 'rxpool/protocol';
 *
 * async function store(order: unknown): Promise<void> {
 *   console.log(order);
 * }
 *
 * pool
 *   .use((socket) => {
 *     socket.write('orders\n');
 *     return readable(socket, ndjson()).pipe(consume(store, { concurrency: 4 }));
 *   })
 *   .subscribe({ error: report });
 * ```
 *
 * Errors of the resulting Observable: those of the source and of the work; {@link BufferFullError} with
 * `overflow: 'error'`.
 *
 * @see {@link send}
 *
 * @param project Works on a value: returns an Observable, a promise, an async iterable or an array.
 * @param config See {@link ConsumeConfig}; nothing is required.
 * @returns A function that returns an Observable of what the work emits.
 * @throws TypeError or RangeError for a wrong option, naming it; TypeError for a source that cannot be paused, if
 * it is to be.
 */
export function consume<T, O extends ObservableInput<unknown>>(
  project: (value: T, index: number) => O,
  config: ConsumeConfig = {},
): OperatorFunction<T, ObservedValueOf<O>> {
  const { concurrency = 1, highWaterMark = DEFAULT_HIGH_WATER_MARK, overflow = 'pause', onDrop } = config;
  checkConfig('consume', config, {
    concurrency: { anyOf: [{ integer: [1, Number.MAX_SAFE_INTEGER] }, { oneOf: [Infinity] }] },
    highWaterMark: { integer: [1, Number.MAX_SAFE_INTEGER] },
    lowWaterMark: { integer: [0, highWaterMark] },
    overflow: { oneOf: ['pause', 'sample', 'dropOldest', 'error'] },
    onDrop: { is: 'function' },
  });
  const { lowWaterMark = Math.ceil(highWaterMark / 2) } = config;

  return (source) => {
    const onDemand = isOnDemand(source) ? source : undefined;
    if (overflow === 'pause' && onDemand === undefined) {
      throw new TypeError(
        'consume: this source cannot be paused: take readable(socket, frames) without a pipe, or choose an overflow',
      );
    }
    return new Observable((subscriber) => {
      const started = new Subject<Held<T>>();
      const backlog = new Backlog<T>(concurrency, (held) => started.next(held));
      started
        .pipe(
          // Not `tap`, which costs twice as much.
          mergeMap((held, index) => from(project(held.value, index)).pipe(finalize(() => backlog.consumed(held)))),
        )
        .subscribe(subscriber);
      if (overflow !== 'pause') takeAll(source, backlog, { highWaterMark, overflow, onDrop }, subscriber);
      else if (onDemand !== undefined) takeOnDemand(onDemand, backlog, { highWaterMark, lowWaterMark }, subscriber);
      backlog.pump();
    });
  };
}

function isOnDemand<T>(source: Observable<T>): source is Observable<T> & OpensReading<T> {
  return openReading in source;
}
