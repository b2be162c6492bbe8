import type { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';

/** Does for connections what is due without anybody asking: ends checks that take too long, closes and validates idle ones. */
export class Upkeep<C> {
  constructor(
    private readonly stock: Stock<C>,
    private readonly loans: Loans,
    private readonly host: PoolHost<C>,
  ) {}

  tick(now: number): void {
    const { health, sweeper, table } = this.stock;
    for (let slot = health.takeExpired(now); slot !== undefined; slot = health.takeExpired(now)) {
      this.stock.shut(slot, 'unhealthy', true);
    }
    if (now >= sweeper.lookAt && table.lent.size > 0) this.guardLent();
    sweeper.sweep(now, (slot, what) => {
      if (what === 'validate') this.validate(slot, now);
      else this.stock.shut(slot, what, what === 'unhealthy');
    });
  }

  nextDeadline(now: number): number {
    const { health, sweeper, table } = this.stock;
    const next = health.nextDeadline();
    const hasNothingToDo = table.idle.size === 0 && (table.lent.size === 0 || this.loans.areGuarded);
    return hasNothingToDo ? next : Math.min(next, sweeper.nextDeadline(now));
  }

  private guardLent(): void {
    const { table } = this.stock;
    this.loans.areGuarded = true;
    for (const slot of table.slots) if (slot.state === table.lent) this.host.guard(slot);
  }

  /** Validates one that is idle, and leaves it idle if it is good. */
  private validate(slot: Slot<C>, now: number): void {
    const { stock } = this;
    const { connection } = slot;
    slot.endpoint.idle.remove(slot);
    const isGood = stock.health.check('validate', slot, true);
    if (slot.connection !== connection || slot.state !== stock.table.checking) return;
    if (isGood) stock.offer(slot, now, true);
    else if (isGood === false) stock.shut(slot, 'unhealthy', true);
  }
}
