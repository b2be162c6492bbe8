import type { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import { send, type Sendable } from './send.js';
import { sendRules, type SendConfig } from './send-config.js';
import type { Sent } from './sent.js';
import type { WritableSocket } from './writable-socket.js';

/**
 * {@link send} as an operator: where what a pipeline emits goes to.
 *
 * @example
 * ```ts
 * import { readable, writable } from 'rxpool/protocol';
 *
 * const [from, to] = await Promise.all([pool.acquire(), pool.acquire()]);
 *
 * readable(from.socket) // asked for no more than the other socket takes
 *   .pipe(writable(to.socket))
 *   .subscribe({ next: ({ flushed }) => console.log(flushed), error: report });
 * ```
 *
 * @param socket A `net.Socket`, a TLS socket or a simulated one.
 * @param config See {@link SendConfig}; nothing is required.
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function writable(socket: WritableSocket, config: SendConfig = {}): (source: Sendable) => Observable<Sent> {
  checkConfig('writable', config, sendRules);
  return (source) => send(socket, source, config);
}
