import type { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { endpoint, endpointBrand, endpointRules, type Endpoint, type EndpointConfig } from '../endpoint/endpoint.js';
import { retryRules } from '../endpoint/retry-config.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { acquire } from './acquire.js';
import { available } from './available.js';
import { borrowRules, type BorrowConfig } from './borrow-config.js';
import { borrow } from './borrow.js';
import { Closing, closeRules, type CloseConfig, type CloseReport } from './closing.js';
import { poolRules, type PoolConfig } from './config.js';
import { Connector } from './connector.js';
import { Desk } from './desk.js';
import { EventQueue } from './event-queue.js';
import type { PoolEvent } from './events.js';
import type { Lease } from './lease.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { PoolStatus } from './pool-status.js';
import { PoolWatch } from './pool-watch.js';
import type { EndpointView, Pool, SlotView } from './pool.js';
import { Readiness } from './readiness.js';
import type { PoolStats } from './stats.js';
import { use, useRules, type Project, type UseConfig } from './use.js';

type Address<S, D> = Transport<S, D> | Endpoint<S, D>;

const NO_CONFIG: BorrowConfig = {};

/**
 * A pool of connections to one or more addresses. Nothing is dialled before somebody borrows, unless `min` says so.
 *
 * @param source a transport, an endpoint, or several of them. A transport becomes an endpoint with the pool's `retry`, `maxConnecting`,
 * `prepare` and `hookTimeout`; an endpoint brings its own, and shares what it knows with every other pool it is in.
 *
 * @example
 * ```ts
 * import { take } from 'rxjs';
 * import { createPool } from 'rxpool';
 * import { tcp } from 'rxpool/tcp';
 *
 * const pool = createPool(tcp('cache.internal:11211'), { max: 20 });
 *
 * pool.available$.pipe(take(1)).subscribe({
 *   next: (lease) => {
 *     lease.socket.write('quit\r\n');
 *     lease.release();
 *   },
 *   error: report,
 * });
 * ```
 *
 * @throws TypeError or RangeError for a wrong source or option, naming it.
 */
export function createPool<S, D>(
  source: Address<S, D> | readonly Address<S, D>[],
  config: PoolConfig<S> = {},
): Pool<S, D> {
  checkConfig('createPool', config, poolRules);
  checkConfig('createPool: retry', config.retry, retryRules);
  const addresses: readonly Address<S, D>[] = Array.isArray(source) ? source : [source as Address<S, D>];
  if (addresses.length === 0) throw new TypeError('createPool: the list of endpoints is empty');
  const clock = toClock(config.clock);
  return new ConnectionPool(
    addresses.map((address) => endpointOf(address, { ...config, clock })),
    config,
    clock,
  );
}

function endpointOf<S, D>(address: Address<S, D>, config: PoolConfig<S>): Endpoint<S, D> {
  if (typeof address === 'object' && (address as unknown) !== null) {
    if (endpointBrand in address) return address;
    if ('open' in address) return endpoint(address, endpointConfig(config));
    if ('subscribe' in address) {
      throw new TypeError('createPool: an Observable is no endpoint; pass the endpoint itself, without pipe');
    }
  }
  throw new TypeError('createPool: pass a transport such as tcp("localhost:5000"), an endpoint, or an array of them');
}

/** The part of a pool's options that its endpoints go by. */
function endpointConfig<S>(config: PoolConfig<S>): EndpointConfig<S> {
  const own = Object.entries(config).filter(([option]) => option in endpointRules);
  return Object.fromEntries(own);
}

class ConnectionPool<S, D> implements Pool<S, D> {
  readonly name: string;
  readonly available$: Observable<Lease<S, D>>;
  readonly status$: Observable<PoolStatus>;
  readonly stats$: Observable<PoolStats>;
  readonly events$: Observable<PoolEvent>;
  private readonly connector: Connector<S, D>;
  private readonly desk: Desk<S, D>;
  private readonly watch: PoolWatch<S, D>;
  private readonly readiness: Readiness;
  private readonly min: number;
  /** The most connections that there can be. */
  private readonly reach: number;
  private readonly anyLease: Observable<Lease<S, D>>;
  private ending: Closing<S, D> | undefined;

  constructor(
    endpoints: readonly Endpoint<S, D>[],
    config: PoolConfig<S>,
    private readonly clock: Clock,
  ) {
    const { min = 0, max = 10, minPerEndpoint = 0, maxPerEndpoint = max, maxWaiting = 10_000 } = config;
    this.reach = Math.min(max, maxPerEndpoint * endpoints.length);
    const share = Math.min(maxPerEndpoint, Math.floor(max / endpoints.length));
    checkConfig('createPool', { min }, { min: { integer: [0, this.reach] } });
    checkConfig('createPool', { minPerEndpoint }, { minPerEndpoint: { integer: [0, share] } });
    const addresses = endpoints.map(({ address }) => address);
    const { name = addresses.join(','), idleTimeout = 30_000, acquireTimeout = 30_000, order = 'lifo' } = config;
    const events = new EventQueue(clock);
    this.name = name;
    this.min = min;
    this.readiness = new Readiness((n) => {
      this.connector.core.warm(n);
    });
    this.connector = new Connector({
      ...{ name, endpoints, addresses, events, clock, min, max, minPerEndpoint, maxPerEndpoint },
      ...{ maxWaiting, idleTimeout, order },
      hookTimeout: config.hookTimeout ?? 5_000,
      validateAfter: config.validateAfter ?? 500,
      grown: (open) => {
        this.readiness.grown(open);
      },
      gaveUp: (error) => {
        this.readiness.fail(error);
      },
      drained: () => {
        this.watch.over();
        this.ending?.drained();
      },
    });
    const { core } = this.connector;
    this.desk = new Desk(core, { name, maxWaiting, acquireTimeout, events });
    this.watch = new PoolWatch(core, endpoints, clock, max, events);
    this.available$ = available(this.desk, clock);
    this.anyLease = borrow(this.desk, NO_CONFIG);
    this.status$ = this.watch.status$;
    this.stats$ = this.watch.stats$;
    this.events$ = this.watch.events$;
    // Later, so that whoever has just made the pool can listen to how it opens its first connections.
    if (min > 0 || minPerEndpoint > 0) {
      clock.defer(() => {
        core.settle();
      });
    }
  }

  get status(): PoolStatus {
    return this.watch.status;
  }

  get stats(): PoolStats {
    return this.watch.stats;
  }

  get slots(): readonly SlotView[] {
    return this.watch.slots;
  }

  get endpoints(): readonly EndpointView<S, D>[] {
    return this.watch.endpoints;
  }

  borrow(config?: BorrowConfig): Observable<Lease<S, D>> {
    if (config === undefined) return this.anyLease;
    checkConfig('borrow', config, borrowRules);
    return borrow(this.desk, config);
  }

  acquire(config?: BorrowConfig): Promise<Lease<S, D>> {
    if (config !== undefined) checkConfig('acquire', config, borrowRules);
    return acquire(this.desk, config ?? NO_CONFIG);
  }

  tryBorrow(): Lease<S, D> | undefined {
    return this.desk.lease();
  }

  use<T>(project: Project<S, D, T>, config?: UseConfig): Observable<T> {
    if (typeof project !== 'function') throw new TypeError('use: project must be a function of (socket, lease)');
    if (config === undefined) return use(this.anyLease, project, undefined);
    checkConfig('use', config, useRules);
    const { reuse, ...borrowConfig } = config;
    return use(borrow(this.desk, borrowConfig), project, reuse);
  }

  async ready(n: number = this.min): Promise<void> {
    checkConfig('ready', { n }, { n: { integer: [0, this.reach] } });
    if (this.ending !== undefined) throw new PoolClosedError(this.name);
    if (this.connector.core.stock.table.open >= n) return;
    const exhausted = this.connector.exhausted();
    if (exhausted !== undefined) throw exhausted as Error;
    await this.readiness.wait(n);
  }

  close(config: CloseConfig = {}): Promise<CloseReport> {
    checkConfig('close', config, closeRules);
    const { core } = this.connector;
    const isFirst = this.ending === undefined;
    const error = new PoolClosedError(this.name);
    const ending = (this.ending ??= new Closing(core, this.clock, error));
    if (isFirst) {
      core.stock.closing = true;
      this.watch.closing();
      core.close(error);
      this.readiness.fail(error);
    }
    ending.apply(config);
    return ending.report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
