import { Socket, type IpcNetConnectOpts, type NetConnectOpts, type TcpNetConnectOpts } from 'node:net';
import { systemClock } from '../endpoint/system-clock.js';
import type { Transport } from '../endpoint/transport.js';
import type { PerAttempt } from '../endpoint/per-attempt.js';
import type { SocketOptions } from './socket-options.js';
import { socketTransport } from './socket-transport.js';

type Asked<T> = { readonly [K in keyof T]: PerAttempt<T[K]> };

/** Options of `net.connect`, each a value or where to get it at each attempt. */
export type TcpOptions = SocketOptions & (Asked<TcpNetConnectOpts> | Asked<IpcNetConnectOpts>);

/**
 * A transport over TCP or a Unix socket.
 *
 * All options of `net.connect` are passed on. Other than there, `noDelay` and `keepAlive` (after 30 s) are on. Each option may also be a
 * promise, an Observable or a function that returns one or a value: it is then asked for at each attempt, within `connectTimeout`.
 *
 * @param target `'host:port'`, `'[::1]:port'`, a port on localhost, or options
 *
 * @example
 * ```ts
 * import { tcp } from 'rxpool/tcp';
 *
 * tcp('cache.internal:11211');
 * tcp({ path: '/run/service.sock' });
 * tcp({ port: 11211, host: async () => (await fetch('http://registry.internal/cache')).text() });
 * ```
 *
 * @throws TypeError or RangeError for a wrong address or option, naming it.
 */
export function tcp(target: string | number | TcpOptions): Transport<Socket, Buffer> {
  return socketTransport('tcp', target, {
    connect: (options) => connect(options as unknown as NetConnectOpts),
    readyEvent: 'connect',
    clock: systemClock(),
    afterTick: (fn) => process.nextTick(fn),
  });
}

/** As `net.connect`, which leaves its handle open for good when it refuses an option. */
function connect(options: NetConnectOpts): Socket {
  const socket = new Socket(options);
  try {
    if (options.timeout !== undefined) socket.setTimeout(options.timeout);
    return socket.connect(options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
