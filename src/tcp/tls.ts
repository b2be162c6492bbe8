import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { systemClock } from '../endpoint/system-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { checkPort } from './check-port.js';
import type { PerAttempt } from '../endpoint/per-attempt.js';
import type { SocketOptions } from './socket-options.js';
import { socketTransport } from './socket-transport.js';

/** Options of `tls.connect`, each a value or where to get it at each attempt. */
export type TlsOptions = SocketOptions & { readonly [K in keyof ConnectionOptions]: PerAttempt<ConnectionOptions[K]> };

/**
 * A transport over TLS. The connection counts as open once the handshake is done and the certificate verified.
 *
 * As {@link tcp}, with all options of `tls.connect`. `servername` is the host unless that is an IP address.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { tls } from 'rxpool/tcp';
 *
 * tls('service.internal:6380');
 * tls({ host: 'service.internal', port: 6380, ca: () => readFile('ca.pem') }); // read anew at each attempt
 * ```
 *
 * @throws TypeError or RangeError for a wrong address or option, naming it.
 */
export function tls(target: string | number | TlsOptions): Transport<TLSSocket, Buffer> {
  return socketTransport('tls', target, {
    connect: (options) => {
      // Node would refuse it only after it has opened a handle, and leave that open.
      if (typeof options['port'] === 'number') checkPort('tls', options['port']);
      return withSocketOptions(connect({ ...serverName(options), ...options }), options);
    },
    readyEvent: 'secureConnect',
    clock: systemClock(),
    afterTick: (fn) => process.nextTick(fn),
  });
}

/** Node does not name the server by itself; without a name it cannot choose its certificate. An IP address must not be sent. */
function serverName({ host }: Record<string, unknown>): ConnectionOptions {
  return typeof host === 'string' && isIP(host) === 0 ? { servername: host } : {};
}

/** Other than `net.connect`, `tls.connect` does not hand these on to the socket. */
function withSocketOptions(socket: TLSSocket, options: Record<string, unknown>): TLSSocket {
  const { noDelay, keepAlive, keepAliveInitialDelay } = options;
  return socket.once('connect', () => {
    if (noDelay === true) socket.setNoDelay(true);
    if (keepAlive === true) socket.setKeepAlive(true, Number(keepAliveInitialDelay));
  });
}
