import { Observable, takeUntil, type Observer, type Subscriber } from 'rxjs';

/**
 * Subscribes to a source for as long as `owner` is there. A source that emits while it is being subscribed to has not
 * handed out its subscription yet, and stops at once all the same.
 *
 * @internal
 */
export function subscribeUntilClosed<T>(
  source: Observable<T>,
  owner: Subscriber<unknown>,
  observer: Partial<Observer<T>>,
): void {
  const closed = new Observable<void>((notify) => {
    owner.add(() => {
      notify.next();
    });
  });
  source.pipe(takeUntil(closed)).subscribe(observer);
}
