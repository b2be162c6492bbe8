import { defer, EMPTY, from, ignoreElements, Observable } from 'rxjs';
import { checkConfig } from './check-config.js';
import { transport, type Transport } from './transport.js';

/** A promise factory, as generic-pool and tarn take it. */
export interface Factory<S> {
  /** Makes one resource; a rejection is a failed attempt. */
  create(): S | PromiseLike<S>;
  /** Ends one resource; its slot is free again when this has settled. @default nothing to do */
  destroy?(resource: S): unknown;
  /** Asked before a grant, after a longer rest; false or a rejection replaces the resource. @default always valid */
  validate?(resource: S): boolean | PromiseLike<boolean>;
  /** Names it in events and errors. @default 'factory' */
  address?: string | undefined;
}

/**
 * A transport over a promise factory, for whoever comes from generic-pool or tarn.
 *
 * Such a factory cannot tell when a resource has died; `validate` is the only way to find out.
 *
 * @example
 * ```ts
 * import { createPool, fromFactory } from 'rxpool';
 *
 * const pool = createPool(fromFactory({ create: async () => new Map<string, string>(), destroy: (map) => map.clear() }));
 * ```
 */
export function fromFactory<S>(factory: Factory<S>): Transport<S, never> {
  if (typeof (factory as Partial<Factory<S>> | undefined)?.create !== 'function') {
    throw new TypeError('fromFactory: create must be a function');
  }
  // Only these are checked: a factory may well be a class with fields of its own.
  for (const hook of ['destroy', 'validate'] as const) {
    checkConfig(
      'fromFactory',
      { [hook]: (factory as unknown as Record<string, unknown>)[hook] },
      { [hook]: { is: 'function' } },
    );
  }
  checkConfig('fromFactory', { address: factory.address }, { address: { is: 'string' } });

  const destroying = new WeakMap<object, Observable<never>>();

  // Closing and unsubscribing may both come; the factory's `destroy` is called once all the same.
  function destroy(holder: { readonly resource: S }): Observable<never> {
    const known = destroying.get(holder);
    if (known !== undefined) return known;
    const settled = Promise.resolve().then(() => factory.destroy?.(holder.resource));
    settled.catch(() => undefined);
    const closed = from(settled).pipe(ignoreElements());
    destroying.set(holder, closed);
    return closed;
  }

  const holders = new Map<S, { readonly resource: S }>();

  return transport<S>(
    () =>
      new Observable<S>((subscriber) => {
        let holder: { readonly resource: S } | undefined;
        Promise.resolve()
          .then(() => factory.create())
          .then(
            (resource) => {
              holder = { resource };
              holders.set(resource, holder);
              if (subscriber.closed) drop();
              else subscriber.next(resource);
            },
            (error: unknown) => {
              subscriber.error(error);
            },
          );
        function drop(): void {
          if (holder === undefined) return;
          holders.delete(holder.resource);
          destroy(holder);
        }
        return drop;
      }),
    {
      address: factory.address ?? 'factory',
      close: (resource) =>
        defer(() => {
          const holder = holders.get(resource);
          return holder === undefined ? EMPTY : destroy(holder);
        }),
      ...(factory.validate && { validate: (resource: S) => factory.validate?.(resource) ?? true }),
    },
  );
}
