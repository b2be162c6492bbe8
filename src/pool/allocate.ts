import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import type { Clock } from '../endpoint/clock.js';
import type { BorrowConfig } from './borrow-config.js';
import { Borrower } from './borrower.js';
import type { Connection } from './connection.js';
import { inContext } from './in-context.js';
import type { Desk } from './desk.js';
import type { PoolCore } from './pool-core.js';
import type { Slot } from './slot.js';

/** One socket for each subscription, to be used beside others and not to be given back, then complete. */
export function allocate<S, D>(
  core: PoolCore<Connection<S, D>>,
  desk: Desk<S, D>,
  clock: Clock,
  config: BorrowConfig,
): Observable<S> {
  return new Observable<S>((subscriber) => {
    const wish = desk.wish(config);
    const mayHave = !config.signal?.aborted && wish?.pass?.enter() !== false;
    const slot = mayHave ? core.allocator.allocate(clock.now(), wish?.endpoint) : undefined;
    const socket = slot?.connection?.socket;
    if (socket !== undefined) {
      // What is not given back is no lease.
      wish?.pass?.exit();
      subscriber.next(socket);
      subscriber.complete();
      return undefined;
    }
    const allocation = new Allocation(core, desk, subscriber);
    desk.wait(allocation, config, wish);
    return allocation;
  });
}

/** Waits like any borrower, for the first connection there is, and has its socket without a loan. */
class Allocation<S, D> extends Borrower<S, D> implements Unsubscribable {
  constructor(
    private readonly core: PoolCore<Connection<S, D>>,
    private readonly desk: Desk<S, D>,
    private readonly subscriber: Subscriber<S>,
  ) {
    super();
  }

  unsubscribe(): void {
    this.desk.leave(this);
  }

  override granted(slot: Slot<Connection<S, D>>): void {
    this.unwatch?.();
    const { connection, loan } = slot;
    if (connection === undefined) return;
    const give = (): void => {
      this.subscriber.next(connection.socket);
      this.subscriber.complete();
    };
    inContext(this.within, give);
    // Only now: what is idle may be closed for somebody else.
    if (loan?.isUnderWay) this.core.allocator.takeOver(slot, loan);
  }

  protected lent(): void {
    // Its grant makes no lease.
  }

  protected refused(error: unknown): void {
    this.subscriber.error(error);
  }
}
