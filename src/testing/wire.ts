import type { Clock } from '../endpoint/clock.js';
import type { Path } from './path.js';

/** What a {@link Wire} needs to know of the network. */
export interface WireConfig {
  readonly clock: Clock;
  readonly path: Path;
  /** Draws how long a message takes, in ms. */
  readonly latency: () => number;
  /** Bytes that may be under way or unread. */
  readonly window: number;
  /** The largest piece that arrives at once, in bytes. */
  readonly segment: number;
}

/** One direction of a connection: messages arrive in the order in which they were sent, each after its latency. */
export class Wire {
  private readonly queue: (() => void)[] = [];
  private lastArrival = 0;
  private outstanding = 0;
  /** Called when there is room again. */
  onRoom: (() => void) | undefined;

  constructor(private readonly config: WireConfig) {}

  /** Bytes that may be sent now. */
  get room(): number {
    return this.config.window - this.outstanding;
  }

  /** Sends bytes, in pieces no larger than a segment; each counts as outstanding until it was {@link taken}. */
  send(bytes: Buffer, arrived: (piece: Buffer) => void): void {
    const { segment } = this.config;
    this.outstanding += bytes.length;
    if (bytes.length <= segment) {
      this.carry(() => arrived(bytes));
      return;
    }
    for (let at = 0; at < bytes.length; at += segment) {
      const piece = bytes.subarray(at, at + segment);
      this.carry(() => arrived(piece));
    }
  }

  /** The receiver has taken bytes in. */
  taken(bytes: number): void {
    this.outstanding -= bytes;
    this.onRoom?.();
  }

  /** Sends a message that takes no room. */
  carry(message: () => void): void {
    const { clock, latency } = this.config;
    this.lastArrival = Math.max(this.lastArrival, clock.now() + latency());
    this.queue.push(message);
    // Timers for the same time may fire in any order, messages may not.
    clock.set(this.lastArrival, this.arrive);
  }

  private readonly arrive = (): void => {
    const message = this.queue.shift();
    if (message !== undefined) this.config.path.arrive(message);
  };
}
