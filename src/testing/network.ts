import type { Clock } from '../endpoint/clock.js';
import type { Transport } from '../endpoint/transport.js';
import type { SocketOptions } from '../tcp/socket-options.js';
import type { ServerConfig } from './server-config.js';
import type { SimulatedServer } from './simulated-server.js';
import type { SimulatedSocket } from './simulated-socket.js';

/** The options of `tcp` that have a meaning in a simulated network. */
export type SimulatedTcpOptions = Pick<SocketOptions, 'connectTimeout' | 'closeTimeout'>;

/** Servers, and connections to them, that exist in memory only. Made by {@link createNetwork}. */
export interface Network {
  readonly clock: Clock;
  /** Numbers from 0 to below 1, the same for the same seed. */
  readonly random: () => number;
  /** The clients' ends of all connections, from the start of connecting until they have closed. */
  readonly sockets: ReadonlySet<SimulatedSocket>;
  /**
   * Starts a server.
   *
   * @param serve called with the server's end of each connection. @default what comes is not read
   * @throws Error when the address is taken
   */
  listen(address: string, serve?: (socket: SimulatedSocket) => void, config?: ServerConfig): SimulatedServer;
  /** Connects, as `net.connect` does. Where nobody listens the connection is refused. */
  connect(address: string): SimulatedSocket;
  /** A transport to an address, as `tcp` of `rxpool/tcp` makes it. */
  tcp(address: string, options?: SimulatedTcpOptions): Transport<SimulatedSocket, Buffer>;
}
