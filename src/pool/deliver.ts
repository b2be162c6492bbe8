import type { Subscriber } from 'rxjs';
import type { Lease } from './lease.js';

/** Gives a lease to its borrower, or back to the pool where that has left while the loan was told to others. */
export function deliver<S, D>(lease: Lease<S, D>, subscriber: Subscriber<Lease<S, D>>): void {
  if (subscriber.closed) lease.release();
  else subscriber.next(lease);
}
