import { Observable } from 'rxjs';
import { createPool, type Pool, type PoolConfig } from 'rxpool';
import { createNetwork, exponential, VirtualClock } from 'rxpool/testing';
import { Server, type Connection } from './server.js';

/** What a request takes at a server that is well, on average, in ms. */
const WORK = 50;
/** Requests that a server works on at a time. */
const WORKERS = 10;
/** More than any queue of these worlds takes to become empty, in ms. */
const LONG = 3_600_000;

export interface WorldConfig {
  readonly servers: number;
  readonly pool: PoolConfig<Connection>;
  /** A request without an answer is given up after so long, and its connection closed. @default never */
  readonly answerWithin?: number;
  /** Another one is another day: other requests at other times. @default 1 */
  readonly seed?: number;
  /** What the pool is made of. @default all servers */
  readonly source?: (servers: readonly Server[]) => Observable<readonly Server['transport'][]>;
}

/** One request: when it was made, where it went, and how it ended. */
export interface Ended {
  readonly at: number;
  readonly latency: number;
  /** Its number; `undefined` if it got no connection. */
  readonly server: number | undefined;
  readonly error: unknown;
}

/** Servers, a pool over them and their load, in virtual time; the same each time for the same seed. */
export class World {
  readonly clock: VirtualClock = new VirtualClock();
  readonly servers: readonly Server[];
  readonly pool: Pool<Connection>;
  readonly ended: Ended[] = [];
  begun = 0;
  private readonly arrivals: () => number;

  constructor(private readonly config: WorldConfig) {
    const { clock } = this;
    const { servers, pool, seed = 1, source } = config;
    // A stream of chance for each, so that one picker meets the same load as the next.
    const chance = (n: number): (() => number) => createNetwork({ clock, seed: 3 * seed + n }).random;
    this.arrivals = chance(0);
    const draw = exponential(WORK);
    const service = chance(1);
    const world = { clock, workers: WORKERS, work: () => (typeof draw === 'number' ? draw : draw(service)) };
    this.servers = Array.from({ length: servers }, (_, i) => new Server(`server-${i}`, world));
    const all = this.servers.map(({ transport }) => transport);
    this.pool = createPool<Connection, never>(source?.(this.servers) ?? all, { clock, random: chance(2), ...pool });
  }

  get now(): number {
    return this.clock.now();
  }

  get underWay(): number {
    return this.begun - this.ended.length;
  }

  /** Requests that come for so long, as from many clients that know nothing of each other: so large a part of what all servers can do. */
  load(part: number, duration: number): void {
    const { clock, config } = this;
    const rate = (part * config.servers * WORKERS) / WORK;
    const end = clock.now() + duration;
    const next = (): void => {
      const at = clock.now() - Math.log(1 - this.arrivals()) / rate;
      if (at >= end) return;
      clock.set(at, () => {
        this.request();
        next();
      });
    };
    next();
    clock.advance(duration);
  }

  /** Keeps no record of what has ended so far. */
  forget(): void {
    this.begun = this.underWay;
    this.ended.length = 0;
  }

  /** Lets all requests end. */
  drain(): void {
    this.clock.advance(LONG);
  }

  /** Closes the pool. What is left after that has been forgotten. */
  async close(): Promise<{ readonly sockets: number; readonly timers: number }> {
    const report = this.pool.close({ borrowed: 'destroy' });
    await this.clock.advanceAsync(LONG);
    await report;
    const sockets = this.servers.reduce((sum, { connections }) => sum + connections, 0);
    return { sockets, timers: this.clock.pending };
  }

  private request(): void {
    const { clock, pool } = this;
    const at = clock.now();
    let server: number | undefined;
    this.begun++;
    const ended = (error?: unknown): void => {
      this.ended.push({ at, latency: clock.now() - at, server, error });
    };
    pool
      .use((connection, lease) => {
        server = Number(lease.endpoint.address.replace('server-', ''));
        return this.within(connection.ask());
      })
      .subscribe({ complete: ended, error: ended });
  }

  private within(answer: Observable<never>): Observable<never> {
    const { answerWithin } = this.config;
    const { clock } = this;
    if (answerWithin === undefined) return answer;
    return new Observable<never>((subscriber) => {
      const timer = clock.set(clock.now() + answerWithin, () => subscriber.error(new Error('no answer')));
      subscriber.add(() => timer.cancel());
      subscriber.add(answer.subscribe(subscriber));
    });
  }
}
