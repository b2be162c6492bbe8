import type { Clock } from '../endpoint/clock.js';
import type { Complete } from '../endpoint/complete.js';
import { draw } from './latency.js';
import { Line } from './line.js';
import { Path } from './path.js';
import type { ServerConfig } from './server-config.js';
import { SimulatedSocket } from './simulated-socket.js';
import { Wire } from './wire.js';

/** One address of a simulated network, and what happens to it. */
export interface SimulatedServer {
  readonly address: string;
  /** Whether it accepts connections. */
  readonly isListening: boolean;
  /** The server's ends of the connections that have not closed. */
  readonly sockets: ReadonlySet<SimulatedSocket>;
  /** Refuses connections from now on; those that are open stay open, as with Node's `server.close()`. */
  close(): void;
  /** Accepts connections again. */
  listen(): void;
  /** Resets every open connection: its client sees `ECONNRESET`. */
  reset(): void;
  /**
   * The machine is gone without a word: clients are left with half-open connections, and nobody answers when they connect. Once it
   * listens again it answers whatever came meanwhile, or comes, on an old connection with a reset.
   */
  crash(): void;
  /** Nothing gets through any more, in either direction; it is kept back. */
  partition(): void;
  /** What was kept back arrives. */
  heal(): void;
}

/** What a {@link ListeningServer} is made from. */
export interface ServerSetup extends Complete<Omit<ServerConfig, 'accept'>>, Pick<ServerConfig, 'accept'> {
  readonly address: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly serve: (socket: SimulatedSocket) => void;
}

export class ListeningServer implements SimulatedServer {
  readonly sockets: Set<SimulatedSocket> = new Set();
  isListening = true;
  private isCrashed = false;
  /** What the machine has to say once it is back. */
  private unsaid: (() => void)[] = [];
  private readonly path: Path;

  constructor(private readonly setup: ServerSetup) {
    this.path = new Path(setup.clock);
  }

  get address(): string {
    return this.setup.address;
  }

  listen(): void {
    this.isListening = true;
    this.isCrashed = false;
    const { unsaid } = this;
    this.unsaid = [];
    for (const answer of unsaid) answer();
  }

  close(): void {
    this.isListening = false;
  }

  reset(): void {
    for (const socket of [...this.sockets]) socket.resetAndDestroy();
  }

  crash(): void {
    this.isListening = false;
    this.isCrashed = true;
    for (const socket of [...this.sockets]) socket.vanish();
  }

  partition(): void {
    this.path.close();
  }

  heal(): void {
    this.path.open();
  }

  /** One direction of a connection to it. */
  wire(): Wire {
    const { clock, latency, random, window, segment } = this.setup;
    return new Wire({ clock, path: this.path, latency: () => draw(latency, random), window, segment });
  }

  /** Runs `answer` as soon as there is a machine to give it. */
  whenUp(answer: () => void): void {
    if (this.isCrashed) this.unsaid.push(answer);
    else answer();
  }

  /** Somebody has asked for a connection. */
  asked(client: Line): void {
    const answer = this.isListening ? (this.setup.accept?.() ?? 'accept') : this.isCrashed ? 'ignore' : 'refuse';
    const { clock, acceptDelay, random } = this.setup;
    if (answer === 'refuse') this.refuse(client);
    else if (answer === 'accept') {
      const delay = draw(acceptDelay, random);
      if (delay === 0) this.accept(client);
      else clock.set(clock.now() + delay, () => this.accept(client));
    }
  }

  private refuse(client: Line): void {
    this.wire().carry(() => client.heardRefusal());
  }

  private accept(client: Line): void {
    // It may have gone, or been given up, meanwhile.
    if (this.isCrashed || client.isOver) return;
    if (!this.isListening) {
      this.refuse(client);
      return;
    }
    const { clock, serve } = this.setup;
    const line: Line = new Line({
      clock,
      out: this.wire(),
      remote: { host: 'client' },
      isConnecting: false,
      whenUp: (answer) => this.whenUp(answer),
      closed: () => this.sockets.delete(socket),
    });
    line.peer = client;
    client.peer = line;
    const socket = new SimulatedSocket(line);
    this.sockets.add(socket);
    line.accept();
    serve(socket);
  }
}
