import type { Socket } from 'node:net';
import { checkConfig, type Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { socketRules } from '../tcp/socket-options.js';
import { socketTransport } from '../tcp/socket-transport.js';
import { draw, type Latency } from './latency.js';
import { Line } from './line.js';
import type { Network, SimulatedTcpOptions } from './network.js';
import { networkRules, type NetworkConfig } from './network-config.js';
import { Path } from './path.js';
import { seededRandom } from './seeded-random.js';
import { serverRules, type ServerConfig } from './server-config.js';
import { ListeningServer, type SimulatedServer } from './simulated-server.js';
import { SimulatedSocket } from './simulated-socket.js';
import { Wire } from './wire.js';

/**
 * A network in memory: servers, transports to them, and everything that can go wrong in between, the same way each time.
 *
 * With a `VirtualClock` it runs as fast as the CPU; with a `TestScheduler` it runs in marbles. Give the same clock to the pool.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { createNetwork, VirtualClock } from 'rxpool/testing';
 *
 * const clock = new VirtualClock();
 * const network = createNetwork({ clock, seed: 7 });
 * const cache = network.listen('cache:11211', (socket) => {
 *   socket.on('data', () => socket.write('VERSION 1\r\n'));
 * });
 * const pool = createPool(network.tcp('cache:11211'), { clock, random: network.random });
 *
 * pool.events$.subscribe((event) => console.log(event.type));
 * pool.borrow().subscribe({ next: (lease) => lease.release(), error: report });
 * clock.advance(10);
 * cache.reset();
 * clock.advance(10);
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function createNetwork(config: NetworkConfig = {}): Network {
  checkConfig('createNetwork', config, networkRules);
  return new SimulatedNetwork(toClock(config.clock), seededRandom(config.seed ?? 1), config.latency ?? 1);
}

const tcpRules: Readonly<Record<keyof SimulatedTcpOptions, Rule>> = {
  connectTimeout: socketRules.connectTimeout,
  closeTimeout: socketRules.closeTimeout,
};

class SimulatedNetwork implements Network {
  readonly sockets = new Set<SimulatedSocket>();
  private readonly servers = new Map<string, ListeningServer>();

  constructor(
    readonly clock: Clock,
    readonly random: () => number,
    private readonly latency: Latency,
  ) {}

  listen(
    address: string,
    serve: (socket: SimulatedSocket) => void = ignore,
    config: ServerConfig = {},
  ): SimulatedServer {
    if (typeof serve !== 'function') throw new TypeError('listen: serve must be a function of a socket');
    checkConfig('listen', config, serverRules);
    if (this.servers.has(address)) {
      throw new Error(`listen: there is a server at ${address} already; its listen() starts it again`);
    }
    const { clock, random } = this;
    const { latency = this.latency, acceptDelay = 0, accept, window = 65_536, segment = Infinity } = config;
    const server = new ListeningServer({
      ...{ address, clock, random, serve },
      ...{ latency, acceptDelay, accept, window, segment },
    });
    this.servers.set(address, server);
    return server;
  }

  connect(address: string): SimulatedSocket {
    const { clock, sockets } = this;
    const known = this.servers.get(address);
    const out = known?.wire() ?? this.wireToNowhere();
    const line: Line = new Line({
      ...{ clock, out, remote: remoteOf(address), isConnecting: true },
      whenUp: (answer) => answer(),
      closed: () => sockets.delete(socket),
    });
    const socket = new SimulatedSocket(line);
    sockets.add(socket);
    out.carry(() => {
      const server = this.servers.get(address);
      if (server === undefined) {
        out.carry(() => line.heardRefusal());
        return;
      }
      if (known === undefined) line.sendBy(server.wire());
      server.asked(line);
    });
    return socket;
  }

  tcp(address: string, options: SimulatedTcpOptions = {}): Transport<SimulatedSocket, Buffer> {
    // Without this a misspelt option would pass for one of Node's.
    checkConfig('network.tcp', options, tcpRules);
    const { clock } = this;
    const target = { path: address, address, ...options };
    // What the transport looks at, a simulated socket has: the socket contract holds both to the same assertions.
    const transport: unknown = socketTransport('network.tcp', target, {
      connect: () => this.connect(address) as unknown as Socket,
      readyEvent: 'connect',
      clock,
      afterTick: (fn) => clock.defer(fn),
    });
    return transport as Transport<SimulatedSocket, Buffer>;
  }

  private wireToNowhere(): Wire {
    const { clock, random, latency } = this;
    return new Wire({
      clock,
      path: new Path(clock),
      latency: () => draw(latency, random),
      window: 0,
      segment: Infinity,
    });
  }
}

/** `host:port`, `[::1]:port`, or a name of any other kind. */
function remoteOf(address: string): { host: string; port?: number } {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(address) ?? [];
  return host === undefined ? { host: address } : { host, port: Number(port) };
}

function ignore(): void {
  // A server that does not read and does not answer.
}
