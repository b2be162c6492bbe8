import type { Clock } from '../endpoint/clock.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Budget } from '../limit/budget.js';
import { Alarm } from './alarm.js';
import type { Connection } from './connection.js';
import type { CoreConfig } from './core-config.js';
import { Dialler, type DiallerOwner } from './dialler.js';
import type { EventQueue } from './event-queue.js';
import { Hooks, type HooksConfig } from './hooks.js';
import type { Within } from './in-context.js';
import { LeakGuard } from './leak-guard.js';
import { Permits } from './permits.js';
import { PoolCore } from './pool-core.js';
import type { Hook, PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Readiness } from './readiness.js';
import type { SlotHandlers } from './slot-handlers.js';
import type { Slot } from './slot.js';
import { waitErrors, type WaitErrors } from './wait-errors.js';

export interface ConnectorConfig<S, D> extends CoreConfig, HooksConfig<S, D> {
  readonly name: string;
  readonly budget: Budget | undefined;
  readonly handlers: SlotHandlers<S, D> | undefined;
  readonly asyncContext: (() => Within) | undefined;
  readonly readiness: Readiness;
  /** Why no endpoints are known. */
  readonly discoveryError: () => unknown;
  readonly drained: () => void;
}

type Held<S, D> = Slot<Connection<S, D>>;

/** The world of a pool's core: connects, closes and checks through RxJS, keeps its time and deals with its budget. */
export class Connector<S, D> implements PoolHost<Connection<S, D>>, DiallerOwner<S, D> {
  readonly core: PoolCore<Connection<S, D>>;
  readonly errors: WaitErrors;
  readonly hooks: Hooks<S, D>;
  readonly permits: Permits | undefined;
  readonly handlers: SlotHandlers<S, D> | undefined;
  readonly clock: Clock;
  private readonly alarm: Alarm;
  private readonly dialler: Dialler<S, D>;
  private readonly leaks: LeakGuard<S, D>;

  constructor(private readonly config: ConnectorConfig<S, D>) {
    this.clock = config.clock;
    this.handlers = config.handlers;
    this.alarm = new Alarm(this.clock, () => {
      this.core.tick(this.clock.now());
    });
    this.dialler = new Dialler(this);
    this.hooks = new Hooks(config, (slot, listeners) => {
      config.events.tell('leftover', slot, { listeners });
    });
    this.leaks = new LeakGuard(({ slot }, loan) => {
      this.core.leaked(slot, loan);
    });
    this.core = new PoolCore<Connection<S, D>>(config, this);
    this.permits = config.budget && new Permits(config.name, config.budget, this);
    this.errors = waitErrors(config, this.core, this.dialler.members, this.permits);
  }

  /** The endpoints of the pool, as it has them now. */
  get members(): ReadonlyMap<PooledEndpoint<Connection<S, D>>, { readonly endpoint: Endpoint<S, D> }> {
    return this.dialler.members;
  }

  /** The pool has one endpoint more. Whoever adds it settles the core. */
  add(endpoint: Endpoint<S, D>, startsSlowly?: boolean): PooledEndpoint<Connection<S, D>> {
    const pooled = this.core.roster.add(endpoint.address, endpoint[endpointBrand].transport, startsSlowly);
    this.dialler.add(pooled, endpoint);
    return pooled;
  }

  /** It has another share beside others now, or belongs to another group. */
  reweigh(pooled: PooledEndpoint<Connection<S, D>>, weight: number, priority: number): void {
    this.core.roster.reweigh(pooled, weight, priority);
  }

  /** The pool has it no longer. Whoever removes it settles the core. */
  remove(pooled: PooledEndpoint<Connection<S, D>>): void {
    this.dialler.remove(pooled);
    this.core.roster.remove(pooled, (label) => this.errors.removed(pooled.address, label));
  }

  get name(): string {
    return this.config.name;
  }

  get random(): () => number {
    return this.config.random;
  }

  get events(): EventQueue {
    return this.config.events;
  }

  get asyncContext(): (() => Within) | undefined {
    return this.config.asyncContext;
  }

  failing(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    return this.dialler.failing(endpoint);
  }

  down(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    return this.dialler.down(endpoint);
  }

  turn(endpoint: PooledEndpoint<Connection<S, D>>): boolean {
    return this.dialler.turn(endpoint);
  }

  open(slot: Held<S, D>): void {
    this.dialler.open(slot);
  }

  abort(slot: Held<S, D>): void {
    this.dialler.abort(slot);
  }

  close({ connection }: Held<S, D>, force: boolean): void {
    if (connection !== undefined) this.dialler.close(connection, force);
  }

  look({ connection }: Held<S, D>): boolean {
    return connection !== undefined && this.hooks.look(connection);
  }

  usable({ connection }: Held<S, D>): boolean {
    return connection === undefined || this.hooks.usable(connection);
  }

  validates({ connection }: Held<S, D>): boolean {
    return connection !== undefined && this.hooks.validates(connection);
  }

  check(hook: Hook, slot: Held<S, D>, ticket: number): boolean | undefined {
    const { connection } = slot;
    if (connection === undefined) return false;
    const answer = this.hooks.check(hook, connection, (ok) => {
      connection.checking = undefined;
      this.core.stock.checked(slot, ticket, ok);
    });
    if (typeof answer === 'boolean') return answer;
    connection.checking = answer;
    return undefined;
  }

  rest({ connection }: Held<S, D>): void {
    if (connection !== undefined) this.hooks.rest(connection);
    this.permits?.offer();
  }

  insist(): void {
    this.permits?.insist();
  }

  lacksAny(): boolean {
    const { sizing, queue } = this.core;
    return sizing.lacksAny(queue.size);
  }

  owes(): boolean {
    return this.permits?.owes() ?? false;
  }

  guard({ connection }: Held<S, D>): void {
    if (connection !== undefined) this.leaks.watch(connection);
  }

  pending({ connection }: Held<S, D>): number {
    return connection?.transport.pending?.(connection.socket) ?? 0;
  }

  disown(_slot: Held<S, D>, connection: Connection<S, D>): void {
    this.dialler.disown(connection);
  }

  wake(at: number): void {
    this.alarm.set(at);
  }

  keepAlive(on: boolean): void {
    this.alarm.keepAlive(on);
    if (this.core.waiting === 0) this.permits?.calm();
  }

  timedOut(waited: number, timeout: number, label: string | undefined, lacking: string | undefined): unknown {
    return this.errors.timedOut({ waited, timeout, label, lacking });
  }

  unavailable(endpoint: PooledEndpoint<Connection<S, D>> | undefined, label: string | undefined): unknown {
    return this.errors.unavailable(endpoint, label);
  }

  exhausted(endpoint?: PooledEndpoint<Connection<S, D>>): unknown {
    return this.dialler.exhausted(endpoint);
  }

  hold({ connection }: Held<S, D>): void {
    if (connection === undefined) return;
    connection.isHeld = true;
    this.hooks.ref(connection);
  }

  shrunk(reach: number): void {
    this.config.readiness.shrunk(reach);
  }

  gaveUp(error: unknown): void {
    this.config.readiness.fail(error);
  }

  grown(open: number): void {
    this.config.readiness.grown(open);
  }

  drained(): void {
    this.alarm.set(Infinity);
    this.permits?.close();
    this.dialler.stop();
    this.config.drained();
  }

  changed(): void {
    if (this.core.waiting > 0) this.core.settle();
  }

  called(): void {
    this.core.called();
  }

  longestIdle(): Held<S, D> | undefined {
    return this.core.stock.table.longestIdle(() => true);
  }

  evict(): void {
    const slot = this.longestIdle();
    if (slot === undefined) throw new Error('nothing is idle');
    this.core.stock.shut(slot, 'evicted');
  }
}
