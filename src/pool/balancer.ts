import type { Balance, KeyRing } from '../balance/balance.js';
import { isGood } from '../balance/is-good.js';
import { pickSet, type PickSet } from '../balance/pick-set.js';
import { isDown } from '../endpoint/is-down.js';
import type { EventQueue } from './event-queue.js';
import type { PooledEndpoint } from './pooled-endpoint.js';

/** How often those that start slowly get more, in ms: in the default slow start there are 50 such steps. */
const WARMING = 200;

export interface BalancerConfig {
  readonly balance: Balance;
  readonly random: () => number;
  readonly events: EventQueue;
  /** Whether it is chosen as well whose connection is lent once more; else it is the one with the fewest leases of all. */
  readonly picksShared: boolean;
}

/** Chooses among the endpoints of a pool for those who take any: whose idle connection is lent next, and where the next one is opened. */
export class Balancer<C> {
  /** Those in scope that have a connection to lend. */
  private readonly ready: PickSet<PooledEndpoint<C>>;
  private readonly ring: KeyRing<PooledEndpoint<C>> | undefined;
  /** The scope has thrown, and that was told. */
  private hasFailed = false;
  private readonly warming = new Set<PooledEndpoint<C>>();

  constructor(
    private readonly config: BalancerConfig,
    private readonly endpoints: readonly PooledEndpoint<C>[],
  ) {
    this.ring = config.balance.ring?.() as KeyRing<PooledEndpoint<C>> | undefined;
    this.ready = pickSet<PooledEndpoint<C>>(config.balance.picker, {
      random: config.random,
      failed: (error) => config.events.trouble('pickerFailed', error),
    });
  }

  /** How many endpoints have a connection to lend. */
  get size(): number {
    return this.ready.size;
  }

  /** The pool has one endpoint more. */
  added(endpoint: PooledEndpoint<C>): void {
    const { endpoints } = this;
    // A pool with one endpoint has nothing to choose, and pays nothing for it.
    if (endpoints.length < 2) return;
    if (endpoints.length === 2) for (const one of endpoints) this.watch(one);
    else this.watch(endpoint);
    this.rescope();
  }

  /** The pool has it no longer. */
  removed(endpoint: PooledEndpoint<C>): void {
    endpoint.changed = undefined;
    this.ring?.remove(endpoint);
    this.ready.remove(endpoint);
    this.warming.delete(endpoint);
    this.rescope();
  }

  /** The state, weight or priority of an endpoint has changed. */
  rescope(): void {
    const { scope } = this.config.balance;
    // One that is left of several is to be used as if it had always been alone.
    if (scope === undefined || !this.endpoints.some(({ isOneOfSeveral }) => isOneOfSeveral)) return;
    let inScope: ReadonlySet<unknown>;
    try {
      inScope = new Set<unknown>(scope(this.endpoints));
    } catch (error) {
      this.failed(error);
      inScope = new Set<unknown>(this.endpoints);
    }
    for (const endpoint of this.endpoints) endpoint.isInScope = inScope.has(endpoint);
    const missing = new Map<number, number>();
    for (const one of this.endpoints) {
      if (!one.isInScope && !isGood(one)) missing.set(one.priority, (missing.get(one.priority) ?? 0) + 1);
    }
    for (const endpoint of this.endpoints) {
      endpoint.standsInFor = 0;
      for (const [priority, count] of missing) if (priority < endpoint.priority) endpoint.standsInFor += count;
      this.place(endpoint);
    }
  }

  /** Offers it to the picker, or not, by what it has to lend. */
  place(endpoint: PooledEndpoint<C>): void {
    const { idle, shared, isInScope, isShunned } = endpoint;
    const hasAny = idle.size > 0 || (this.config.picksShared && shared.size > 0);
    if (hasAny && isInScope && !isShunned) this.ready.add(endpoint);
    else this.ready.remove(endpoint);
  }

  /** It has more leases now, or fewer. */
  loaded(endpoint: PooledEndpoint<C>): void {
    if (this.ready.isByLoad) this.ready.changed(endpoint);
    this.ring?.changed(endpoint);
  }

  /** Its weight has changed. */
  weighed(endpoint: PooledEndpoint<C>): void {
    this.ready.changed(endpoint);
    this.ring?.changed(endpoint);
  }

  /** Whether a borrow's key says which endpoint it is for. */
  get hasKeys(): boolean {
    return this.ring !== undefined;
  }

  /** Whether nobody is sent to an endpoint that is down, as long as others are up. */
  get isByState(): boolean {
    return this.ring !== undefined || this.config.balance.scope !== undefined;
  }

  /**
   * The endpoint of a key: of those that may, or by itself of those that are good, or else up, or else of all; `undefined` in a pool with less
   * than two, or where none may.
   */
  locate(key: string, may?: (endpoint: PooledEndpoint<C>) => boolean): PooledEndpoint<C> | undefined {
    const { ring } = this;
    if (may !== undefined) return ring?.locate(key, may);
    return ring?.locate(key, isEligible) ?? ring?.locate(key, maySoonServe) ?? ring?.locate(key, () => true);
  }

  /** It starts slowly: its weight grows with time alone. */
  warms(endpoint: PooledEndpoint<C>): void {
    this.warming.add(endpoint);
  }

  /** Goes by what those weigh now that start slowly, and says when to do so again. */
  warm(now: number): number {
    for (const one of this.warming) {
      this.weighed(one);
      if (one.warmth === 1) this.warming.delete(one);
    }
    return this.warming.size > 0 ? now + WARMING : Infinity;
  }

  /** Whose connection is lent next, if any has one. */
  next(): PooledEndpoint<C> | undefined {
    return this.ready.pick();
  }

  /** Where one is opened next, of those that could be dialled. */
  among(candidates: readonly PooledEndpoint<C>[]): PooledEndpoint<C> | undefined {
    return this.ready.pickAmong(candidates);
  }

  /** One out of scope that has an idle connection, if there is any. */
  spare(): PooledEndpoint<C> | undefined {
    if (this.config.balance.scope === undefined) return undefined;
    return this.endpoints.find(({ isInScope, idle }) => !isInScope && idle.size > 0);
  }

  private failed(error: unknown): void {
    const { events } = this.config;
    if (this.hasFailed) return;
    events.trouble('pickerFailed', error);
    // The first time is when the pool is made, and nobody can listen.
    this.hasFailed = events.observed;
  }

  private watch(endpoint: PooledEndpoint<C>): void {
    endpoint.isOneOfSeveral = true;
    this.ring?.add(endpoint);
    endpoint.changed = () => {
      this.place(endpoint);
    };
    this.place(endpoint);
  }
}

function isEligible(endpoint: PooledEndpoint<unknown>): boolean {
  return endpoint.isEligible;
}

/** One that has given up may still have connections. */
function maySoonServe({ status, open }: PooledEndpoint<unknown>): boolean {
  return open > 0 || !isDown(status);
}
