import { AsyncLocalStorage } from 'node:async_hooks';
import { Observable, Subject, tap, type Subscription } from 'rxjs';
import {
  createPool,
  endpoint,
  exponentialBackoff,
  type CloseReport,
  type EndpointConfig,
  type Pool,
  type PoolConfig,
  type RetryConfig,
  type Transport,
} from '../../src/index.js';
import {
  createNetwork,
  exponential,
  logNormal,
  uniform,
  type Latency,
  type Network,
  type SimulatedSocket,
} from '../../src/testing/index.js';
import { Random } from '../pool/random.js';
import { balances } from './balances.js';
import { Breaches } from './breach.js';
import { ClientLimits } from './client-limits.js';
import { ask } from './asking.js';
import type { Client, SimulatedLease } from './client.js';
import { Clients } from './clients.js';
import { after, answerIn } from './hooks.js';
import { startHost, type Host } from './host.js';
import { Ledger } from './ledger.js';
import { clumsyLogger } from './clumsy-logger.js';
import { Members } from './members.js';
import { sourceOf, type Member, type NamingSource } from './naming-source.js';
import { Neighbour } from './neighbour.js';
import { OversleepingClock } from './oversleeping-clock.js';
import { dialBook, type RateBook } from './rate-book.js';
import type { HookMood, Settings } from './settings.js';
import type { ManySettings, Worth } from './settings-many.js';
import { SharedBudget } from './shared-budget.js';
import { HandlerWatch } from './handler-watch.js';
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

/** A pool, the network below it and its users. */
export class World {
  readonly clock = new OversleepingClock();
  readonly poolClock = new WatchedClock(this.clock);
  readonly breaches = new Breaches();
  /** Those who wait for the pool to be ready, which keeps the process alive. */
  gettingReady = 0;
  readonly tally = new Tally();
  readonly random: Random;
  readonly network: Network;
  readonly hosts: readonly Host[];
  readonly pool: Pool<SimulatedSocket, Buffer>;
  /** What became of every socket that was ever opened. */
  readonly ledger: Ledger;
  readonly clients: Clients;
  /** Who asks, as the async context that it asks in. */
  readonly context = new AsyncLocalStorage<Client>();
  readonly shared: SharedBudget | undefined;
  readonly limits: ClientLimits | undefined;
  readonly limitClock: WatchedClock;
  /** Where the endpoints come from, if they are not there from the beginning. */
  readonly source: NamingSource | undefined;
  readonly members: Members;
  /** How often each address is dialled, where there is one gate for each. */
  private readonly dials: RateBook | undefined;
  readonly handlers: HandlerWatch;
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
    this.dials = dialBook(settings, this.clock);
    this.network = createNetwork({ clock: this.clock, seed, latency: LATENCIES[settings.latency] });
    this.hosts = Array.from({ length: settings.endpoints }, (_, i) => startHost(this.network, `host-${i}:1`, settings));
    const { many } = settings;
    const endpointConfig = this.endpointConfig();
    this.members = new Members((host, worth) => this.member(host, worth));
    const members = this.hosts.map((host, i) => this.members.make(host, many?.worths[i] ?? { weight: 1, priority: 0 }));
    this.limitClock = new WatchedClock(this.clock);
    this.limits = many && this.clientLimits(many);
    this.source = sourceOf(settings, members, this.clock);
    this.handlers = new HandlerWatch(settings.handler, this.random, this.breaches);
    this.shared = settings.budget === Infinity ? undefined : new SharedBudget(settings.budget);
    const config = {
      ...{ name: 'simulated', ...endpointConfig, ...settings.pool },
      ...this.poolConfig(),
      ...(many && this.manyConfig(many)),
      ...(this.shared && { budget: this.shared.budget }),
    };
    this.pool = this.source === undefined ? createPool(members, config) : createPool(this.source.lists, config);
    this.ledger = new Ledger(this.pool, settings, this.clock, this.breaches);
    this.clients = new Clients(this);
    if (this.shared !== undefined) this.shared.neighbour = this.neighbour(members, this.shared);
    for (const [option, value] of Object.entries({ ...settings, ...settings.many, ...settings.pool })) {
      if (typeof value !== 'object') this.tally.add(`option ${option} = ${String(value)}`);
    }
  }

  private member({ server }: Host, worth: Worth): Member {
    const transport = this.transport(server.address, worth);
    return this.settings.ownEndpoints ? endpoint(transport, this.endpointConfig()) : transport;
  }

  private clientLimits(many: ManySettings): ClientLimits {
    return new ClientLimits(
      many,
      this.limitClock,
      this.context,
      (client) => this.clients.renumber(client),
      this.breaches,
    );
  }

  private transport(address: string, worth: Worth): Transport<SimulatedSocket, Buffer> {
    const { connectTimeout, closeTimeout, validate } = this.settings;
    const tcp = this.network.tcp(address, { connectTimeout, closeTimeout });
    return {
      ...tcp,
      ...worth,
      open: (options) => {
        this.breaches.guard(() => this.dials?.took(address));
        return tcp.open(options).pipe(tap((socket) => this.ledger.opened(socket, address)));
      },
      ...(validate.length > 0 && {
        validate: (socket) => {
          this.ledger.validated(socket);
          return this.answer('validate', validate);
        },
      }),
    };
  }

  /** What is the pool's alone. */
  private poolConfig(): PoolConfig<SimulatedSocket, Buffer> {
    const { poolValidate, clean, logger, keepsContext, handler } = this.settings;
    const wrote = (): void => this.tally.add('a line is logged');
    return {
      ...(poolValidate.length > 0 && {
        validate: (socket) => {
          this.ledger.validated(socket);
          return this.answer('validate of the pool', poolValidate);
        },
      }),
      ...(clean.length > 0 && { clean: () => this.answer('clean', clean) }),
      ...(logger !== 'none' && { logger: clumsyLogger(logger, this.random, this.breaches, wrote) }),
      ...(keepsContext && { asyncContext: () => AsyncLocalStorage.snapshot() }),
      ...(handler !== 'none' && { handler: (slot, endpoint) => this.handlers.make(slot, endpoint) }),
    };
  }

  /** What is for many endpoints and many clients. */
  private manyConfig({ balance, ejection, overLimit }: ManySettings): PoolConfig<SimulatedSocket, Buffer> {
    const limits = this.limits?.limits ?? [];
    return {
      ...{ balance: balances[balance](this.random), ejection, overLimit },
      ...(limits.length > 0 && { limits }),
    };
  }

  private neighbour(sources: ConstructorParameters<typeof Neighbour>[0], { budget }: SharedBudget): Neighbour {
    const clock = new WatchedClock(this.clock);
    const config = {
      ...this.endpointConfig(),
      clock,
      budget,
      name: 'neighbour',
      min: this.settings.neighbourMin,
      max: 2,
    };
    return new Neighbour(sources, { ...config, acquireTimeout: 500, idleTimeout: 2_000 }, this.breaches);
  }

  private answer(hook: string, moods: readonly HookMood[]): ReturnType<typeof answerIn> {
    const mood = this.random.pick(moods);
    this.tally.add(`hook ${hook} ${mood ?? ''}`);
    if (mood === 'calls back') ask(this, 'borrow', undefined);
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
      ...(this.settings.many?.connectRate && { connectRate: this.settings.many.connectRate }),
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
