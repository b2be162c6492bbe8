import { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { BufferFullError } from './buffer-full-error.js';
import { Outgoing } from './outgoing.js';
import { pullInto } from './pull-into.js';
import { sendRules, type SendConfig } from './send-config.js';
import { Sending } from './sending.js';
import type { Sent } from './sent.js';
import { subscribeUntilClosed } from '../endpoint/subscribe-until-closed.js';
import type { WritableSocket } from './writable-socket.js';

/** Frames to send, bytes or text (as UTF-8): an Observable, or what is asked for each of them, as a Node `Readable`. */
export type Sendable = Observable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/**
 * Writes frames to a socket as fast as it takes them, and completes when all of them are flushed.
 *
 * Each value of the source is a frame, written whole: whoever sends on the same socket at the same time gets his turn
 * between two frames, never within one. When the socket's buffer is full, all wait until it has drained.
 *
 * ```text
 * source   --a----b--c|
 *            send(socket, source)
 * result   ----1-----2--(3|)      bytes flushed
 * ```
 *
 * An async iterable, and with it a `Readable` of Node and the result of {@link readable}, is asked for a frame when the
 * socket has taken the one before it, so that next to nothing waits. An Observable cannot be asked: what it emits while
 * the socket is full waits, up to `maxBuffered`.
 *
 * Each flush emits how far it has come. So does each error just before it, whatever its cause, and a source without
 * frames. An unsubscribe, or an error, drops the frames that wait; those that the socket has still go out. A source
 * that is left before its end is told, as by `for await`: a `Readable` is destroyed. Do not change the memory of a
 * frame before it is flushed.
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { lastValueFrom } from 'rxjs';
 * import { send } from 'rxpool/protocol';
 *
 * const lease = await pool.acquire();
 * const { flushed } = await lastValueFrom(send(lease.socket, createReadStream('dump.sql')));
 * console.log(`${flushed} bytes are on their way`);
 * lease.release();
 * ```
 *
 * Errors of the resulting Observable: {@link SendLostError} when the socket closes, or its writing side has ended, before
 * all is flushed; {@link BufferFullError} when more than `maxBuffered` bytes wait; `TypeError` for a frame that is
 * neither text nor bytes; those of the source, at once.
 *
 * @see {@link readable}
 *
 * @param socket A `net.Socket`, a TLS socket or a simulated one.
 * @param config See {@link SendConfig}; nothing is required.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function send(socket: WritableSocket, source: Sendable, config: SendConfig = {}): Observable<Sent> {
  checkConfig('send', config, sendRules);
  const { maxBuffered = 16 * 1024 * 1024 } = config;

  return new Observable((subscriber) => {
    const sending = new Sending(socket, Outgoing.of(socket), subscriber);
    if (isAsyncIterable(source)) {
      void pullInto(sending, source, subscriber);
      return;
    }
    subscribeUntilClosed(source, subscriber, {
      next: (frame) => {
        sending.put(frame);
        const { waiting } = sending;
        if (waiting <= maxBuffered) return;
        sending.fail(new BufferFullError('maxBuffered', { limit: maxBuffered, buffered: waiting }));
      },
      error: (error: unknown) => sending.fail(error),
      complete: () => sending.end(),
    });
  });
}

function isAsyncIterable(source: Sendable): source is AsyncIterable<Uint8Array | string> {
  return Symbol.asyncIterator in source;
}
