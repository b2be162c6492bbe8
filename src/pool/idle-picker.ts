import type { Clock } from '../endpoint/clock.js';
import type { Health } from './health.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotTable } from './slot-table.js';
import type { CloseReason, Slot } from './slot.js';

/** What the picker needs of the stock that it picks from. */
interface PickedStock<C> {
  readonly table: SlotTable<C>;
  readonly health: Health<C>;
  shut(slot: Slot<C>, reason: CloseReason, force: boolean): void;
}

/** Finds the idle connection that is lent next. */
export class IdlePicker<C> {
  private readonly table: SlotTable<C>;
  private readonly endpoints: readonly PooledEndpoint<C>[];
  private next = 0;

  constructor(
    private readonly stock: PickedStock<C>,
    private readonly host: PoolHost<C>,
    private readonly clock: Clock,
    private readonly validateAfter: number,
  ) {
    this.table = stock.table;
    this.endpoints = stock.table.endpoints;
  }

  /**
   * An idle one that may be lent, moved to `lent`, going round the endpoints. Whatever is met that may not be lent is closed. `undefined`
   * when there is none, or when its check takes time: a good answer brings the connection back as known to be good.
   */
  take(): Slot<C> | undefined {
    const { table, endpoints } = this;
    for (let tries = endpoints.length; tries > 0; tries--) {
      const endpoint = endpoints[this.next++] as PooledEndpoint<C>;
      if (this.next === endpoints.length) this.next = 0;
      for (let slot = endpoint.idle.take(); slot !== undefined; slot = endpoint.idle.take()) {
        if (!slot.hasHooks) {
          table.turn(slot, table.lent);
          return slot;
        }
        const isGood = this.inspect(slot);
        if (isGood === true) return slot;
        if (isGood === undefined) return this.takeFresh();
      }
    }
    return undefined;
  }

  /** Whether an idle connection may be lent: moved to `lent` if so, closed if not, `undefined` while its check takes time. */
  private inspect(slot: Slot<C>): boolean | undefined {
    const { table } = this;
    const { connection } = slot;
    table.turn(slot, table.checking);
    let isGood: boolean | undefined = this.host.look(slot);
    if (!this.isStill(slot, connection)) return false;
    if (isGood && this.needsValidation(slot)) isGood = this.stock.health.check('validate', slot);
    if (!this.isStill(slot, connection)) return false;
    if (isGood) table.turn(slot, table.lent);
    else if (isGood === false) this.stock.shut(slot, 'unhealthy', true);
    return isGood;
  }

  /** A look or a hook may have closed or lost the connection, and another may be in its slot. */
  private isStill(slot: Slot<C>, connection: C | undefined): boolean {
    return slot.connection === connection && slot.state === this.table.checking;
  }

  /** An idle one that need not be validated, while another one is. */
  private takeFresh(): Slot<C> | undefined {
    for (const { idle } of this.endpoints) {
      for (let slot = idle.newest; slot !== undefined && !this.needsValidation(slot); slot = idle.newest) {
        idle.remove(slot);
        if (this.inspect(slot) === true) return slot;
      }
    }
    return undefined;
  }

  private needsValidation(slot: Slot<C>): boolean {
    return this.host.validates(slot) && this.clock.now() - slot.idleSince > this.validateAfter;
  }
}
