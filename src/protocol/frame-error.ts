import { RxpoolError } from '../endpoint/rxpool-error.js';

/**
 * The base of what can be wrong with one frame: {@link FrameTooLargeError}, {@link FrameMalformedError},
 * {@link FrameTruncatedError}, {@link FrameLengthError}. What becomes of it is for `onBadFrame` to say.
 *
 * A stream that has ended with one of them has left its socket somewhere behind a message boundary: do not reuse it.
 *
 * @example
 * ```ts
 * import { FrameError, ndjson } from 'rxpool/protocol';
 *
 * const jobs = ndjson<{ id: number }, FrameError>({ onBadFrame: (error) => error });
 *
 * pool.use((_socket, lease) => lease.data$.pipe(jobs)).subscribe({
 *   next: (job) => console.log(job instanceof FrameError ? `dropped: ${job.message}` : job.id),
 *   error: report,
 * });
 * ```
 */
export class FrameError extends RxpoolError {
  static override readonly code: string = 'RXPOOL_FRAME';
}
