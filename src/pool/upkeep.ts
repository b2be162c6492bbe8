import type { Loans } from './loans.js';
import type { PoolHost } from './pool-host.js';
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
      this.stock.shut(slot, 'unhealthy');
    }
    if (now >= sweeper.lookAt && table.lent.size > 0) this.guardLent();
    sweeper.sweep(now, (slot, what) => {
      if (what === 'validate') {
        slot.endpoint.idle.remove(slot);
        this.stock.check('validate', slot, now, true);
      } else this.stock.shut(slot, what);
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
}
