import { identity, type OperatorFunction } from 'rxjs';
import { Flow } from './flow.js';
import type { ReadableSocket } from './readable-socket.js';

/**
 * Reads a socket, in chunks or frames, for a consumer that may be slower than the sender.
 *
 * As an Observable it emits all as it comes. RxJS knows no way to ask for less, so whoever cannot keep up takes the
 * result by {@link consume} or by `for await`: both take no more out of the socket than they can use. What is not
 * taken stays with the socket, which then stops reading, and TCP makes the sender wait.
 *
 * Operators stand between the socket and the consumer, and hide how to slow it down. So those that make frames of the
 * bytes are given here, several of them as `pipe(lines(), map(parse))` of RxJS. They must be synchronous, as framing
 * operators are. When they complete, reading ends.
 *
 * It is cold: the socket is read while somebody is there, by one at a time. It completes at the peer's end of stream
 * and errors when the socket is lost, in either case behind all that came before. After that, or an unsubscribe, the
 * socket is as it was, with all bytes that were not taken.
 *
 * @example
 * ```ts
 * import { lines, readable } from 'rxpool/protocol';
 *
 * async function save(line: string): Promise<void> {
 *   console.log(line);
 * }
 *
 * const lease = await pool.acquire();
 * lease.socket.write('dump\n');
 * for await (const line of readable(lease.socket, lines())) {
 *   if (line === 'END') break;
 *   await save(line); // meanwhile the sender waits
 * }
 * lease.release();
 * ```
 *
 * Errors of the result: `ConnectionLostError` when the socket has closed before the end of its stream, `TypeError` when
 * somebody else reads the socket by `readable()` or has set an encoding, and those of `frames`.
 *
 * @see {@link consume}
 *
 * @param socket A `net.Socket`, a TLS socket or a simulated one.
 * @param frames Makes frames of the bytes; without it there are chunks.
 */
export function readable(socket: ReadableSocket): Flow<Uint8Array>;
export function readable<Frame>(socket: ReadableSocket, frames: OperatorFunction<Uint8Array, Frame>): Flow<Frame>;
export function readable(
  socket: ReadableSocket,
  frames: OperatorFunction<Uint8Array, unknown> = identity,
): Flow<unknown> {
  return new Flow(socket, frames);
}
