import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import type { Clock } from '../endpoint/clock.js';
import { NO_CONFIG } from './borrow-config.js';
import { Borrower } from './borrower.js';
import type { Witness } from './connection.js';
import { deliver } from './deliver.js';
import type { Desk } from './desk.js';
import type { Lease } from './lease.js';
import type { Loan } from './loan.js';
import { PoolClosedError } from './pool-closed-error.js';
import type { Wish } from './wish.js';

/** Leases, one after the other, for each subscription: the next is asked for when the last has ended. */
export function available<S, D>(desk: Desk<S, D>, clock: Clock): Observable<Lease<S, D>> {
  return new Observable<Lease<S, D>>((subscriber) => {
    const wish = desk.wish(NO_CONFIG);
    const lease = desk.lease(wish);
    // The borrower of one lease is gone after it, and needs nothing of a worker.
    if (lease !== undefined) deliver(lease, subscriber);
    if (subscriber.closed) return undefined;
    const worker = new Worker(desk, clock, subscriber, wish);
    if (lease === undefined) desk.wait(worker, NO_CONFIG, wish);
    else {
      worker.within = desk.context();
      worker.work(lease);
    }
    return worker;
  });
}

class Worker<S, D> extends Borrower<S, D> implements Unsubscribable, Witness {
  loan: Loan | undefined;
  private hadLease = false;
  private lentAt = 0;

  constructor(
    private readonly desk: Desk<S, D>,
    private readonly clock: Clock,
    private readonly subscriber: Subscriber<Lease<S, D>>,
    /** Asked for once, for all of its borrows. */
    private readonly asked: Wish<S, D> | undefined,
  ) {
    super();
  }

  ask(): void {
    if (this.subscriber.closed) return;
    const wish = this.desk.again(this.asked);
    const lease = this.desk.lease(wish);
    if (lease === undefined) this.desk.wait(this, NO_CONFIG, wish);
    else this.give(lease);
  }

  /** Waits for the end of a lease that the subscriber has been given. */
  work(lease: Lease<S, D>): void {
    this.hadLease = true;
    this.loan = lease.loan;
    if (this.subscriber.closed) return;
    if (lease.isOver) this.askLater();
    else lease.witness(this);
  }

  ended(): void {
    // Only what has been given back can be lent again.
  }

  /** A loan that ends in the macrotask it began in may do so for ever; the event loop has to turn all the same. */
  gaveBack(): void {
    if (this.clock.now() === this.lentAt) this.askLater();
    else this.ask();
  }

  lost(): void {
    this.gaveBack();
  }

  unsubscribe(): void {
    this.desk.leave(this);
  }

  protected lent(lease: Lease<S, D>): void {
    this.lentAt = this.clock.now();
    deliver(lease, this.subscriber);
    this.work(lease);
  }

  protected refused(error: unknown): void {
    if (this.hadLease && error instanceof PoolClosedError) this.subscriber.complete();
    else this.subscriber.error(error);
  }

  private askLater(): void {
    this.clock.defer(() => {
      this.ask();
    });
  }
}
