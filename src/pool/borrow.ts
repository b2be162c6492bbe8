import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import type { BorrowConfig } from './borrow-config.js';
import { Borrower } from './borrower.js';
import { deliver } from './deliver.js';
import type { Desk } from './desk.js';
import type { Lease } from './lease.js';

/** One lease for each subscription, then complete. Unsubscribing before it leaves the queue. */
export function borrow<S, D>(desk: Desk<S, D>, config: BorrowConfig): Observable<Lease<S, D>> {
  const { signal } = config;
  return new Observable<Lease<S, D>>((subscriber) => {
    const wish = desk.wish(config);
    const lease = signal?.aborted ? undefined : desk.lease(wish);
    if (lease !== undefined) {
      deliver(lease, subscriber);
      subscriber.complete();
      return undefined;
    }
    const borrower = new SubscribedBorrower(desk, subscriber);
    desk.wait(borrower, config, wish);
    return borrower;
  });
}

class SubscribedBorrower<S, D> extends Borrower<S, D> implements Unsubscribable {
  constructor(
    private readonly desk: Desk<S, D>,
    private readonly subscriber: Subscriber<Lease<S, D>>,
  ) {
    super();
  }

  unsubscribe(): void {
    this.desk.leave(this);
  }

  protected lent(lease: Lease<S, D>): void {
    deliver(lease, this.subscriber);
    this.subscriber.complete();
  }

  protected refused(error: unknown): void {
    this.subscriber.error(error);
  }
}
