import { Observable } from 'rxjs';
import { transport, type Transport } from 'rxpool';
import type { VirtualClock } from 'rxpool/testing';

/** How long a connect takes, and how long one into nowhere is waited for, in ms. */
const CONNECT_TIME = 1;
const CONNECT_TIMEOUT = 1_000;

/** What a request needs of the world. */
export interface Circumstances {
  readonly clock: VirtualClock;
  /** How long a request keeps one of the server's workers busy, in ms. */
  readonly work: () => number;
  /** Requests that a server works on at a time; what comes beyond that stands in its queue. */
  readonly workers: number;
}

/** `dead`: what is open is reset, and what is new refused. `silent`: nothing comes back at all. `hung`: it accepts, and answers nothing. */
export type Failure = 'dead' | 'silent' | 'hung';

/** A connection to a {@link Server}. */
export interface Connection {
  /** Sends one request; completes with its answer. */
  ask(): Observable<never>;
}

/** A server in virtual time, with so many workers and one queue. */
export class Server {
  /** How many times longer it takes than the others. */
  slowness = 1;
  readonly transport: Transport<Connection, never>;
  private state: 'up' | Failure = 'up';
  private readonly resets = new Set<(error: Error) => void>();
  private readonly queue: (() => boolean)[] = [];
  private busy = 0;

  constructor(
    address: string,
    private readonly world: Circumstances,
  ) {
    this.transport = transport<Connection>(() => this.connection(), { address });
  }

  /** Connections to it that are open. */
  get connections(): number {
    return this.resets.size;
  }

  fail(how: Failure): void {
    this.state = how;
    this.queue.length = 0;
    if (how === 'dead') for (const reset of [...this.resets]) reset(new Error('ECONNRESET'));
  }

  revive(): void {
    this.state = 'up';
  }

  private connection(): Observable<Connection> {
    return new Observable<Connection>((subscriber) => {
      const { clock } = this.world;
      const reset = (error: Error): void => subscriber.error(error);
      const timer = clock.set(clock.now() + (this.state === 'silent' ? CONNECT_TIMEOUT : CONNECT_TIME), () => {
        if (this.state === 'dead' || this.state === 'silent') {
          subscriber.error(new Error(this.state === 'dead' ? 'ECONNREFUSED' : 'ETIMEDOUT'));
          return;
        }
        this.resets.add(reset);
        subscriber.next({ ask: () => this.answer() });
      });
      return () => {
        timer.cancel();
        this.resets.delete(reset);
      };
    });
  }

  private answer(): Observable<never> {
    return new Observable<never>((subscriber) => {
      if (this.state !== 'up') return;
      this.queue.push(() => {
        if (subscriber.closed) return false;
        this.work(() => subscriber.complete());
        return true;
      });
      this.next();
    });
  }

  private next(): void {
    while (this.busy < this.world.workers) {
      const start = this.queue.shift();
      if (start === undefined) return;
      start();
    }
  }

  private work(answer: () => void): void {
    const { clock, work } = this.world;
    this.busy++;
    clock.set(clock.now() + this.slowness * work(), () => {
      this.busy--;
      // What was begun before it fell silent is never heard of again.
      if (this.state === 'up') answer();
      this.next();
    });
  }
}
