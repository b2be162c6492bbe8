import type { Observable } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import { acquire } from './acquire.js';
import { allocate } from './allocate.js';
import { available } from './available.js';
import { NO_CONFIG, type BorrowConfig } from './borrow-config.js';
import { borrow } from './borrow.js';
import { checkSizes } from './check-sizes.js';
import { Closing, closeRules, type CloseConfig, type CloseReport } from './closing.js';
import type { PoolConfig } from './config.js';
import type { Connection } from './connection.js';
import { Connector } from './connector.js';
import { coreConfig } from './core-config.js';
import { Desk } from './desk.js';
import { logEvents } from './event-log.js';
import type { PoolEvent } from './events.js';
import { Discovery, type EndpointSource } from './discovery.js';
import type { EndpointView } from './endpoint-view.js';
import { inspect } from './inspect.js';
import type { Lease } from './lease.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { PoolCore } from './pool-core.js';
import { describeSlots } from './pool-picture.js';
import type { PoolStatus } from './pool-status.js';
import { PoolWatch } from './pool-watch.js';
import type { Pool, Task } from './pool.js';
import { Readiness, readyRules, type ReadyConfig } from './readiness.js';
import { run } from './run.js';
import { resizeRules, type ResizeConfig } from './resize-config.js';
import { SlotHandlers } from './slot-handlers.js';
import type { SlotView } from './slot-view.js';
import type { PoolStats } from './stats.js';
import { use, useRules, type Project, type UseConfig } from './use.js';

/** A pool as its users have it: the faces of borrowing, watching and closing over the one core. */
export class ConnectionPool<S, D> implements Pool<S, D> {
  readonly name: string;
  readonly available$: Observable<Lease<S, D>>;
  readonly status$: Observable<PoolStatus>;
  readonly stats$: Observable<PoolStats>;
  readonly events$: Observable<PoolEvent>;
  private readonly connector: Connector<S, D>;
  private readonly core: PoolCore<Connection<S, D>>;
  private readonly desk: Desk<S, D>;
  private readonly watch: PoolWatch<S, D>;
  private readonly readiness: Readiness;
  private readonly anyLease: Observable<Lease<S, D>>;
  private readonly discovery: Discovery<unknown, S, D, Connection<S, D>> | undefined;
  private ending: Closing<S, D> | undefined;

  /** @param source its endpoints, or where they come from */
  constructor(
    source: readonly Endpoint<S, D>[] | EndpointSource<unknown, S, D>,
    private readonly config: PoolConfig<S, D>,
    private readonly clock: Clock,
  ) {
    const endpoints = 'lists' in source ? undefined : source;
    const core = coreConfig(endpoints, config, clock);
    const { name, events } = core;
    const { acquireTimeout = 30_000, asyncContext, budget, logger, handler, overLimit = 'wait' } = config;
    const limits = config.limits?.length === 0 ? undefined : config.limits;
    this.name = name;
    checkSizes('createPool', endpoints?.length ?? 0, core);
    this.readiness = new Readiness(clock, {
      warm: (n) => {
        this.core.warm(n);
      },
      timedOut: (wait, n) => {
        const { open } = this.core.stock.table;
        return this.connector.errors.timedOut({ ...wait, wanted: `${String(open)} of ${String(n)} connections` });
      },
      onAbort: (signal, aborted) => this.desk.onAbort(signal, aborted),
    });
    this.connector = new Connector({
      ...core,
      ...{ asyncContext, budget, validate: config.validate, clean: config.clean },
      keepsIdleData: config.onIdleData === 'keep',
      handlers: handler && new SlotHandlers(handler, clock),
      readiness: this.readiness,
      discoveryError: () => this.discovery?.error,
      drained: () => {
        this.watch.over();
        this.ending?.drained();
      },
    });
    this.core = this.connector.core;
    const { errors, handlers, members } = this.connector;
    this.desk = new Desk(this.core, members, { ...core, acquireTimeout, limits, overLimit, asyncContext, errors });
    this.watch = new PoolWatch(this.core, members, clock, handlers, events);
    let isMade = false;
    const changed = (): void => {
      this.watch.update();
      if (isMade) this.core.settle();
    };
    if ('lists' in source) this.discovery = new Discovery(source, this.connector, changed);
    else for (const endpoint of source) this.connector.add(endpoint);
    this.watch.update();
    this.available$ = available(this.desk, clock);
    this.anyLease = borrow(this.desk, NO_CONFIG);
    this.status$ = this.watch.status$;
    this.stats$ = this.watch.stats$;
    this.events$ = this.watch.events$;
    if (logger !== undefined) logEvents(events, name, logger);
    this.discovery?.start();
    events.flush();
    isMade = true;
    // Later, so that whoever has just made the pool can listen to how it opens its first connections.
    if (core.min > 0 || core.minPerEndpoint > 0) {
      clock.defer(() => {
        this.core.settle();
      });
    }
  }

  get status(): PoolStatus {
    return this.watch.status;
  }

  get stats(): PoolStats {
    return this.watch.stats;
  }

  get slots(): readonly SlotView<S, D>[] {
    return this.watch.slots;
  }

  get endpoints(): readonly EndpointView<S, D>[] {
    return this.watch.endpoints;
  }

  borrow(config?: BorrowConfig): Observable<Lease<S, D>> {
    if (config === undefined) return this.anyLease;
    this.desk.check('borrow', config);
    return borrow(this.desk, config);
  }

  acquire(config?: BorrowConfig): Promise<Lease<S, D>> {
    return acquire(this.desk, config);
  }

  tryBorrow(): Lease<S, D> | undefined {
    return this.desk.leaseOrNone();
  }

  use<T>(project: Project<S, D, T>, config?: UseConfig): Observable<T> {
    if (typeof project !== 'function') throw new TypeError('use: project must be a function of (socket, lease)');
    if (config !== undefined) this.desk.check('use', config, useRules);
    return this.leaseTo(project, config);
  }

  async run<T>(task: Task<S, D, T>, config?: UseConfig): Promise<T> {
    if (typeof task !== 'function') throw new TypeError('run: task must be a function of (socket, lease)');
    if (config !== undefined) this.desk.check('run', config, useRules);
    const work = this.leaseTo(async (socket, lease) => task(socket, lease), config);
    return run(this.desk, work, config?.signal);
  }

  allocate(config: BorrowConfig = NO_CONFIG): Observable<S> {
    if (this.config.concurrency !== Infinity) {
      throw new TypeError(
        'allocate: the pool must have concurrency Infinity, since an allocated socket is not given back',
      );
    }
    this.desk.check('allocate', config);
    return allocate(this.core, this.desk, this.clock, config);
  }

  async ready(
    n: number = Math.min(this.core.sizing.min, this.core.sizing.reach),
    config: ReadyConfig = {},
  ): Promise<void> {
    checkConfig('ready', { n }, { n: { integer: [0, this.core.sizing.reach] } });
    checkConfig('ready', config, readyRules);
    config.signal?.throwIfAborted();
    if (this.ending !== undefined) throw new PoolClosedError(this.name);
    if (this.core.stock.table.open >= n) return;
    const exhausted = this.connector.exhausted();
    if (exhausted !== undefined) throw exhausted as Error;
    await this.readiness.wait(n, config);
  }

  resize(config: ResizeConfig): void {
    checkConfig('resize', config, resizeRules);
    const { limits } = this.core.sizing;
    const { min = limits.min, max = limits.max, reason } = config;
    checkSizes('resize', this.connector.members.size, { ...limits, min, max });
    if (this.ending !== undefined) return;
    this.core.trimmer.resize({ min, max, reason });
    this.core.settle();
  }

  free(keep = 0): number {
    checkConfig('free', { keep }, { keep: { integer: [0, Number.MAX_SAFE_INTEGER] } });
    const closed = this.core.trimmer.free(keep);
    this.core.settle();
    return closed;
  }

  retire(): void {
    this.core.trimmer.retire();
    this.core.settle();
  }

  async close(config: CloseConfig = {}): Promise<CloseReport> {
    checkConfig('close', config, closeRules);
    const { core } = this;
    const isFirst = this.ending === undefined;
    const error = new PoolClosedError(this.name);
    const ending = (this.ending ??= new Closing(core, this.clock, error));
    if (isFirst) {
      core.stock.isClosing = true;
      this.discovery?.stop();
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

  /** @internal */
  [inspect](): string {
    const { stats } = this;
    return `Pool ${this.name}: ${this.status.state}, ${describeSlots(stats)}; ${String(stats.waiting)} waiting`;
  }

  private leaseTo<T>(project: Project<S, D, T>, config: UseConfig | undefined): Observable<T> {
    if (config === undefined) return use(this.anyLease, project, undefined);
    const { reuse, ...borrowConfig } = config;
    return use(borrow(this.desk, borrowConfig), project, reuse);
  }
}
