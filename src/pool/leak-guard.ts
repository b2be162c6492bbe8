import type { Connection } from './connection.js';
import type { Loan } from './loan.js';

/** One loan, without its lease. */
interface Watched<S, D> {
  /** Weak, because the error of its loss knows the lease by its stack: it would keep the lease from ever being collected. */
  readonly connection: WeakRef<Connection<S, D>>;
  readonly loan: Loan | undefined;
  /** Which loan of the connection it is, where there is one at a time. */
  readonly uses: number;
}

/**
 * Notices leases that are garbage collected without having been released.
 *
 * A `FinalizationRegistry` costs more than a loan does, so only leases that have been held for a while are entered. Until then the pool
 * itself holds on to them.
 */
export class LeakGuard<S, D> {
  private registry: FinalizationRegistry<Watched<S, D>> | undefined;

  constructor(private readonly leaked: (connection: Connection<S, D>, loan: Loan | undefined) => void) {}

  /** Watches the leases of a connection from now on. */
  watch(connection: Connection<S, D>): void {
    const { slot, lease } = connection;
    connection.lease = undefined;
    if (lease !== undefined)
      this.enter(lease, { connection: new WeakRef(connection), loan: undefined, uses: slot.uses });
    for (const loan of slot.loans ?? []) {
      const held = loan.lease;
      loan.lease = undefined;
      if (held !== undefined) this.enter(held, { connection: new WeakRef(connection), loan, uses: slot.uses });
    }
  }

  private enter(lease: object, watched: Watched<S, D>): void {
    this.registry ??= new FinalizationRegistry((one) => {
      this.collected(one);
    });
    this.registry.register(lease, watched);
  }

  private collected({ connection: weak, loan, uses }: Watched<S, D>): void {
    const connection = weak.deref();
    if (connection === undefined) return;
    const { slot } = connection;
    if (slot.connection !== connection || slot.state.name !== 'lent') return;
    const isUnderWay = loan?.isUnderWay ?? (slot.uses === uses && slot.loan === undefined);
    if (isUnderWay) this.leaked(connection, loan);
  }
}
