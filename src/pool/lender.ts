import type { Balancer } from './balancer.js';
import type { Health } from './health.js';
import type { Lifetimes } from './lifetimes.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Sharing } from './sharing.js';
import type { SlotTable } from './slot-table.js';
import type { CloseReason } from './close-reason.js';
import type { Slot } from './slot.js';

/** What the lender needs of the stock that it lends from. */
interface LentStock<C> {
  readonly table: SlotTable<C>;
  readonly health: Health<C>;
  readonly lifetimes: Lifetimes;
  readonly sharing: Sharing<C>;
  readonly balancer: Balancer<C>;
  shut(slot: Slot<C>, reason: CloseReason): void;
}

export interface LenderConfig {
  readonly idleTimeout: number;
  readonly validateAfter: number;
}

/** Lends the idle connection that is next, if it may be lent still. */
export class Lender<C> {
  private readonly table: SlotTable<C>;
  private readonly endpoints: readonly PooledEndpoint<C>[];
  private readonly idleTimeout: number;
  /** What has been idle for no longer is neither too old nor to be validated. */
  private readonly freshFor: number;

  constructor(
    private readonly stock: LentStock<C>,
    private readonly host: PoolHost<C>,
    private readonly owner: { isSpare(endpoint: PooledEndpoint<C>): boolean },
    private readonly config: LenderConfig,
  ) {
    this.table = stock.table;
    this.endpoints = stock.table.endpoints;
    this.idleTimeout = config.idleTimeout;
    this.freshFor = Math.min(config.idleTimeout, config.validateAfter);
  }

  /**
   * An idle one that may be lent, moved to `lent`, of one endpoint or of those that the balancer picks. Whatever is met that may not be lent is closed.
   * `undefined` when there is none, or when its check takes time: a good answer brings the connection back as known to be good.
   */
  take(now: number, only?: PooledEndpoint<C>): Slot<C> | undefined {
    const single = only ?? (this.endpoints.length === 1 ? this.endpoints[0] : undefined);
    if (single !== undefined) {
      const taken = this.takeFrom(single, now);
      return taken === 'later' ? this.freshOf(single, now) : taken;
    }
    const { balancer } = this.stock;
    // No more than have one now: what is opened at once for one that was bad may be as bad, without end.
    for (let tries = balancer.size; tries > 0; tries--) {
      const endpoint = balancer.next();
      if (endpoint === undefined) return undefined;
      const taken = this.takeFrom(endpoint, now);
      if (taken === 'later') return this.takeFresh(now);
      const slot = taken ?? this.stock.sharing.take(now, endpoint);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  /** An idle one that need not be validated, of one endpoint or of any. */
  takeFresh(now: number, only?: PooledEndpoint<C>): Slot<C> | undefined {
    if (only !== undefined) return this.freshOf(only, now);
    for (const endpoint of this.endpoints) {
      const slot = this.freshOf(endpoint, now);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  private takeFrom(endpoint: PooledEndpoint<C>, now: number): Slot<C> | 'later' | undefined {
    const { idle } = endpoint;
    // Only those that are idle now: one that is opened at once for one that was bad may be as bad, without end.
    for (let left = idle.size; left > 0; left--) {
      const slot = idle.take();
      if (slot === undefined) return undefined;
      const isFresh = now - slot.idleSince <= this.freshFor && slot.idleSince > endpoint.suspectAt;
      if (!slot.hasLook && now < slot.expiresAt && isFresh) {
        this.stock.sharing.begin(slot);
        return slot;
      }
      const isGood = this.tryToLend(slot, now);
      if (isGood === true) return slot;
      if (isGood === undefined) return 'later';
    }
    return undefined;
  }

  private freshOf({ idle }: PooledEndpoint<C>, now: number): Slot<C> | undefined {
    const isFresh = (slot: Slot<C>): boolean => !this.needsValidation(slot, now);
    for (let left = idle.size; left > 0; left--) {
      const slot = idle.newest(isFresh);
      if (slot === undefined) return undefined;
      idle.remove(slot);
      if (this.tryToLend(slot, now) === true) return slot;
    }
    return undefined;
  }

  /** Whether an idle connection may be lent: moved to `lent` if so, closed if not, `undefined` while its check takes time. */
  private tryToLend(slot: Slot<C>, now: number): boolean | undefined {
    const { table, stock } = this;
    const { connection } = slot;
    table.moveOpen(slot, table.checking);
    const end = this.endOf(slot, now);
    if (end !== undefined) {
      stock.shut(slot, end);
      return false;
    }
    let isGood: boolean | undefined = this.host.look(slot);
    if (!table.isChecking(slot, connection)) return false;
    if (isGood && this.needsValidation(slot, now)) isGood = stock.health.check('validate', slot);
    if (!table.isChecking(slot, connection)) return false;
    if (isGood) stock.sharing.begin(slot);
    else if (isGood === false) stock.shut(slot, 'unhealthy');
    return isGood;
  }

  /** Why it may not be lent for its age. The sweeper has seen to that already, unless the process was frozen or the event loop blocked. */
  endOf(slot: Slot<C>, now: number): CloseReason | undefined {
    if (now - slot.idleSince > this.idleTimeout && this.owner.isSpare(slot.endpoint)) return 'idle';
    return this.stock.lifetimes.endOf(slot, now);
  }

  private needsValidation(slot: Slot<C>, now: number): boolean {
    const { checkedAt, endpoint } = slot;
    if (now - checkedAt <= this.config.validateAfter && checkedAt > endpoint.suspectAt) return false;
    return this.host.validates(slot);
  }
}
