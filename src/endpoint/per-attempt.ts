import {
  defer,
  forkJoin,
  from,
  isObservable,
  map,
  of,
  take,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';

/** A value, or where to get it at each attempt: a promise, an Observable (its first value), or a function that returns any of these. */
export type PerAttempt<T> = T | PromiseLike<T> | Observable<T> | (() => T | PromiseLike<T> | Observable<T>);

/** Options whose own value is a function, which is handed on. */
const CALLBACKS: ReadonlySet<string> = new Set([
  'ALPNCallback',
  'SNICallback',
  'checkServerIdentity',
  'lookup',
  'pskCallback',
]);

/** The options as they are for one attempt, each asked for anew. */
export function resolveOptions(options: Readonly<Record<string, unknown>>): Observable<Record<string, unknown>> {
  return defer(() => {
    const fixed: Record<string, unknown> = {};
    const asked: Record<string, Observable<unknown>> = {};
    for (const [name, value] of Object.entries(options)) {
      if (isFixed(name, value)) fixed[name] = value;
      else asked[name] = defer(() => first(name, typeof value === 'function' ? (value as () => unknown)() : value));
    }
    if (Object.keys(asked).length === 0) return of(fixed);
    return forkJoin(asked).pipe(map((values) => ({ ...fixed, ...values })));
  });
}

/** Whether an option's value is the same at every attempt. */
export function isFixed(name: string, value: unknown): boolean {
  if (typeof value === 'function') return CALLBACKS.has(name);
  return !isObservable(value) && !isPromiseLike(value);
}

// Strings and buffers are iterable, so not everything that RxJS could read from is meant to be.
function first(name: string, value: unknown): Observable<unknown> {
  return isObservable(value) || isPromiseLike(value)
    ? from(value as ObservableInput<unknown>).pipe(
        take(1),
        throwIfEmpty(() => new TypeError(`option ${name} was asked for and gave no value`)),
      )
    : of(value);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
