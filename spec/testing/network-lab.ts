import { createPool, type Pool, type PoolConfig } from '../../src/index.js';
import {
  createNetwork,
  VirtualClock,
  type Network,
  type NetworkConfig,
  type SimulatedSocket,
  type SimulatedTcpOptions,
} from '../../src/testing/index.js';

/** A network in virtual time, which starts at 0, and a log of what its sockets tell. */
export class NetworkLab {
  readonly clock = new VirtualClock(0);
  readonly network: Network;
  readonly log: string[] = [];

  constructor(config: NetworkConfig = {}) {
    this.network = createNetwork({ clock: this.clock, ...config });
  }

  note(text: string): void {
    this.log.push(`${this.clock.now()} ${text}`);
  }

  /** What has been noted since the last time. */
  taken(): string[] {
    return this.log.splice(0);
  }

  /** Notes what a socket tells, but does not read it. */
  watch(name: string, socket: SimulatedSocket): SimulatedSocket {
    for (const event of ['connect', 'drain', 'end', 'close']) socket.on(event, () => this.note(`${name} ${event}`));
    return socket.on('error', (error: Error) => this.note(`${name} ${codeOf(error)}`));
  }

  /** Notes what a socket tells and reads. */
  follow(name: string, socket: SimulatedSocket): SimulatedSocket {
    return this.watch(name, socket).on('data', (data: Buffer) => this.note(`${name} reads ${data.toString()}`));
  }

  /** A client that notes and reads. */
  client(address: string): SimulatedSocket {
    return this.follow('client', this.network.connect(address));
  }

  /** A pool on the network and its clock. */
  pool(
    address: string,
    config: PoolConfig<SimulatedSocket> = {},
    options: SimulatedTcpOptions = {},
  ): Pool<SimulatedSocket, Buffer> {
    const { clock, network } = this;
    return createPool(network.tcp(address, options), { clock, random: network.random, ...config });
  }
}

/** Sends back what comes, and outlives its connection. */
export function echo(socket: SimulatedSocket): void {
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => socket.write(data));
}

export function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}
