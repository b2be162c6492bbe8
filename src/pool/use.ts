import {
  from,
  Observable,
  type ObservableInput,
  type Observer,
  type Subscriber,
  type Subscription,
  type Unsubscribable,
} from 'rxjs';
import type { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { Rule } from '../endpoint/check-config.js';
import { borrowRules, type BorrowConfig } from './borrow-config.js';
import type { Witness } from './connection.js';
import type { Within } from './in-context.js';
import type { Lease } from './lease.js';
import type { Loan } from './loan.js';

/** How a `use` ended, other than by completing. */
export type UseOutcome = { readonly type: 'error'; readonly error: unknown } | { readonly type: 'unsubscribed' };

export interface UseConfig extends BorrowConfig {
  /** Whether the socket is at a message boundary although the project did not complete, and may be lent again. @default never */
  readonly reuse?: ((outcome: UseOutcome) => boolean) | undefined;
}

/** Everything a use may be told. */
export const useRules: Readonly<Record<keyof UseConfig, Rule>> = { ...borrowRules, reuse: { is: 'function' } };

export type Project<S, D, T> = (socket: S, lease: Lease<S, D>) => ObservableInput<T>;

/** Borrows for each subscription, runs the project and ends the lease by how the project ends. */
export function use<S, D, T>(
  leases: Observable<Lease<S, D>>,
  project: Project<S, D, T>,
  reuse: UseConfig['reuse'],
): Observable<T> {
  return new Observable<T>((subscriber) => {
    return leases.subscribe({
      next: (lease) => new Run(subscriber, lease, reuse).start(project),
      error: (error: unknown) => subscriber.error(error),
    });
  });
}

/** One project on one lease. */
class Run<S, D, T> implements Observer<T>, Unsubscribable, Witness {
  private inner: Subscription | undefined;
  private isOver = false;
  private delivering = 0;
  readonly loan: Loan | undefined;
  readonly within: Within | undefined;

  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly lease: Lease<S, D>,
    private readonly reuse: UseConfig['reuse'],
  ) {
    this.loan = lease.loan;
    this.within = lease.asyncContext?.();
  }

  start(project: Project<S, D, T>): void {
    const { subscriber, lease } = this;
    subscriber.add(this);
    lease.witness(this);
    // It may have been lost while the loan was told.
    if (lease.isOver) return;
    let result: Observable<T>;
    try {
      result = from(project(lease.socket, lease));
    } catch (error) {
      this.error(error);
      return;
    }
    this.inner = result.subscribe(this);
    if (this.isOver) this.inner.unsubscribe();
  }

  next(value: T): void {
    this.delivering++;
    this.subscriber.next(value);
    this.delivering--;
  }

  error(error: unknown): void {
    if (!this.end()) return;
    this.giveUp({ type: 'error', error });
    this.subscriber.error(error);
  }

  complete(): void {
    if (!this.end()) return;
    this.lease.release();
    this.subscriber.complete();
  }

  lost(error: ConnectionLostError): void {
    if (this.end()) this.subscriber.error(error);
  }

  ended(): void {
    // The project may end the lease itself, and go on.
  }

  /** The consumer is gone. If it left on a value, the project may be about to complete, and gets one microtask to do so. */
  unsubscribe(): void {
    if (this.isOver) return;
    const end = (): void => {
      if (this.end()) this.giveUp({ type: 'unsubscribed' });
    };
    if (this.delivering > 0) queueMicrotask(end);
    else end();
  }

  private giveUp(outcome: UseOutcome): void {
    let isClean = false;
    try {
      isClean = this.reuse?.(outcome) === true;
    } catch {
      // A predicate that throws has not said that the socket is clean.
    }
    if (isClean) this.lease.release();
    else this.lease.destroy(outcome.type === 'error' ? outcome.error : undefined);
  }

  /** True for the first ending, which counts. What the project still holds is let go of before the lease ends. */
  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.inner?.unsubscribe();
    return true;
  }
}
