import type { Socket } from 'node:net';
import { defer, mergeMap, Observable, retry, throwError, timeout as within, timer } from 'rxjs';
import { exponentialBackoff, type Lease, type Pool } from '../../index.js';
import { BufferFullError, RequestLostError, RequestTimeoutError } from '../../protocol/index.js';

/** What an event may take. */
export interface SendEventConfig {
  /** Over the wait for a connection, all attempts and the write, in ms. */
  readonly timeout: number;
  /** How often it is tried again where it has not been written. */
  readonly retries: number;
  /** Bytes that one connection may hold for a server that does not read them. */
  readonly maxBuffered: number;
}

/**
 * Writes a frame that nobody answers. Completes when the system has taken it, and errors when it has not.
 *
 * @internal
 */
export function sendEvent(pool: Pool<Socket, Buffer>, frame: string, config: SendEventConfig): Observable<never> {
  const { timeout, retries, maxBuffered } = config;
  const backoff = exponentialBackoff({ initial: 20, max: 1_000 });
  let attempts = 0;
  let written = false;
  const attempt = pool.borrow({ timeout }).pipe(
    mergeMap((lease) => {
      attempts++;
      written = lease.socket.writable;
      return write(lease, frame, { attempts, maxBuffered });
    }),
  );
  return attempt.pipe(
    retry({
      count: retries,
      delay: (error: unknown, attempt) =>
        isUnsent(error) ? timer(backoff.duration(attempt)) : throwError(() => error),
    }),
    timeout === Infinity
      ? (all) => all
      : within({
          first: timeout,
          with: () =>
            defer(() => {
              const info = { pool: pool.name, timeout, written, attempts: Math.max(1, attempts) };
              return throwError(() => new RequestTimeoutError(info, pool.status.error));
            }),
        }),
  );
}

function isUnsent(error: unknown): boolean {
  return error instanceof RequestLostError && !error.info.written;
}

function write(
  lease: Lease<Socket, Buffer>,
  frame: string,
  { attempts, maxBuffered }: { readonly attempts: number; readonly maxBuffered: number },
): Observable<never> {
  return new Observable((subscriber) => {
    const { socket } = lease;
    const { address } = lease.endpoint;
    if (!socket.writable) {
      lease.destroy();
      subscriber.error(new RequestLostError({ address, written: false, attempts }));
      return;
    }
    const buffered = socket.writableLength + frame.length;
    if (buffered > maxBuffered) {
      lease.release();
      subscriber.error(new BufferFullError('maxBuffered', { limit: maxBuffered, buffered }));
      return;
    }
    // Others are on the connection: whoever gives up leaves it to them.
    subscriber.add(() => lease.release());
    socket.write(frame, (error) => {
      if (error === undefined || error === null) {
        subscriber.complete();
        return;
      }
      lease.destroy(error);
      subscriber.error(new RequestLostError({ address, written: true, attempts }, error));
    });
  });
}
