import { Observable, Subject, tap, type Subscription } from 'rxjs';
import {
  createPool,
  endpoint,
  exponentialBackoff,
  type CloseReport,
  type EndpointConfig,
  type Pool,
  type RetryConfig,
  type Transport,
} from '../../src/index.js';
import {
  createNetwork,
  exponential,
  logNormal,
  uniform,
  VirtualClock,
  type Latency,
  type Network,
  type SimulatedServer,
  type SimulatedSocket,
} from '../../src/testing/index.js';
import { Random } from '../pool/random.js';
import { Breaches } from './breach.js';
import type { SimulatedLease } from './client.js';
import { Clients } from './clients.js';
import { after, answerIn } from './hooks.js';
import { Ledger } from './ledger.js';
import type { HookMood, Settings } from './settings.js';
import { Tally } from './tally.js';
import { WatchedClock } from './watched-clock.js';

const LATENCIES: Readonly<Record<Settings['latency'], Latency>> = {
  // Without any, an endpoint that is told to retry without delay would do so for ever at one instant.
  short: 0.5,
  fixed: 2,
  uniform: uniform(0, 10),
  exponential: exponential(5),
  'log-normal': logNormal(3, 1),
};

/** A server, and how it treats whoever connects. */
export interface Host {
  readonly server: SimulatedServer;
  accept: 'accept' | 'refuse' | 'ignore';
  isMute: boolean;
}

/** A pool, the network below it and its users. */
export class World {
  readonly clock = new VirtualClock();
  readonly poolClock = new WatchedClock(this.clock);
  readonly breaches = new Breaches();
  readonly tally = new Tally();
  readonly random: Random;
  readonly network: Network;
  readonly hosts: readonly Host[];
  readonly pool: Pool<SimulatedSocket, Buffer>;
  /** What became of every socket that was ever opened. */
  readonly ledger: Ledger;
  readonly clients: Clients;
  /** Those who look at the statistics. */
  readonly watching = new Set<Subscription>();
  /** Signals that borrowers share. */
  readonly signals: AbortController[] = [];
  readonly endedLeases: SimulatedLease[] = [];
  /** Sockets that have been detached. */
  readonly foreign: SimulatedSocket[] = [];
  readonly reports: CloseReport[] = [];
  /** Emits when everybody goes home. */
  readonly home = new Subject<void>();

  constructor(
    readonly settings: Settings,
    seed: number,
  ) {
    this.random = new Random(seed ^ 0x5bd1e995);
    this.network = createNetwork({ clock: this.clock, seed, latency: LATENCIES[settings.latency] });
    this.hosts = Array.from({ length: settings.endpoints }, (_, i) => this.host(`host-${i}:1`));
    const transports = this.hosts.map(({ server }) => this.transport(server.address));
    const endpointConfig = this.endpointConfig();
    const sources = settings.ownEndpoints ? transports.map((one) => endpoint(one, endpointConfig)) : transports;
    this.pool = createPool(sources, { name: 'simulated', ...endpointConfig, ...settings.pool });
    this.ledger = new Ledger(this.pool, this.breaches);
    this.clients = new Clients(this);
    for (const [option, value] of Object.entries({ ...settings, ...settings.pool })) {
      if (typeof value !== 'object') this.tally.add(`option ${option} = ${String(value)}`);
    }
  }

  private host(address: string): Host {
    const { acceptDelay, segment, window } = this.settings;
    const host: { -readonly [K in keyof Host]: Host[K] } = {
      accept: 'accept',
      isMute: false,
      server: this.network.listen(
        address,
        (socket) => {
          socket.on('error', () => undefined);
          socket.on('data', (bytes: Buffer) => {
            if (!host.isMute && !socket.destroyed && socket.writable) socket.write(bytes);
          });
        },
        { acceptDelay, segment, window, accept: () => host.accept },
      ),
    };
    return host;
  }

  private transport(address: string): Transport<SimulatedSocket, Buffer> {
    const { connectTimeout, closeTimeout, validate } = this.settings;
    const tcp = this.network.tcp(address, { connectTimeout, closeTimeout });
    return {
      ...tcp,
      open: (options) => tcp.open(options).pipe(tap((socket) => this.ledger.opened(socket))),
      ...(validate.length > 0 && { validate: () => this.answer('validate', validate) }),
    };
  }

  private answer(hook: string, moods: readonly HookMood[]): ReturnType<typeof answerIn> {
    const mood = this.random.pick(moods);
    this.tally.add(`hook ${hook} ${mood ?? ''}`);
    return answerIn(mood, this.random, this.clock);
  }

  private endpointConfig(): EndpointConfig<SimulatedSocket> {
    const { prepare, retryCount, resetAfter, urgentMax, shouldRetry } = this.settings;
    const { hookTimeout, maxConnecting } = this.settings.pool;
    const retry: RetryConfig = {
      count: retryCount,
      resetAfter,
      urgentMax,
      delay: this.delay(),
      ...(shouldRetry && { shouldRetry: () => this.random.next() < 0.9 }),
    };
    return {
      ...{ retry, hookTimeout, maxConnecting, clock: this.poolClock, random: this.network.random },
      ...(prepare.length > 0 && { prepare: () => this.answer('prepare', prepare) }),
    };
  }

  private delay(): NonNullable<RetryConfig['delay']> {
    const { retryDelay } = this.settings;
    if (typeof retryDelay === 'number') return retryDelay;
    if (retryDelay === 'exponentialBackoff')
      return exponentialBackoff({ initial: 10, max: 1_000, random: this.network.random });
    if (retryDelay === 'notifier') return () => after(this.clock, this.random.below(100));
    return (error, attempt) =>
      attempt > 4 ? new Observable((subscriber) => subscriber.error(error)) : after(this.clock, 10);
  }
}
