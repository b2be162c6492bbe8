import { from, Observable, Subscription, type ObservableInput, type Subscriber } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import { borrowRules, type BorrowConfig } from './borrow-config.js';
import type { Lease } from './lease.js';

/** How a `use` ended, other than by completing. */
export type UseOutcome = { readonly type: 'error'; readonly error: unknown } | { readonly type: 'unsubscribed' };

export interface UseConfig extends BorrowConfig {
  /** Whether the socket is at a message boundary although the project did not complete, and may be lent again. @default never */
  readonly reuse?: (outcome: UseOutcome) => boolean;
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
class Run<S, D, T> {
  private readonly inner = new Subscription();
  private isOver = false;
  private delivering = 0;

  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly lease: Lease<S, D>,
    private readonly reuse: UseConfig['reuse'],
  ) {}

  start(project: Project<S, D, T>): void {
    const { subscriber, lease, inner } = this;
    subscriber.add(() => this.leave());
    inner.add(
      lease.witness({
        ended: () => undefined,
        lost: (error) => {
          this.finish(() => {
            lease.release();
            subscriber.error(error);
          });
        },
      }),
    );
    let result: Observable<T>;
    try {
      result = from(project(lease.socket, lease));
    } catch (error) {
      this.fail(error);
      return;
    }
    inner.add(
      result.subscribe({
        next: (value) => {
          this.delivering++;
          subscriber.next(value);
          this.delivering--;
        },
        error: (error: unknown) => {
          this.fail(error);
        },
        complete: () => {
          this.finish(() => {
            lease.release();
            subscriber.complete();
          });
        },
      }),
    );
  }

  private fail(error: unknown): void {
    this.finish(() => {
      this.giveUp({ type: 'error', error });
      this.subscriber.error(error);
    });
  }

  /** The consumer is gone. If it left on a value, the project may be about to complete, and gets one microtask to do so. */
  private leave(): void {
    const end = (): void => {
      this.finish(() => {
        this.giveUp({ type: 'unsubscribed' });
      });
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

  /** The first ending counts. What the project still holds is let go of before the lease ends. */
  private finish(end: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.inner.unsubscribe();
    end();
  }
}
