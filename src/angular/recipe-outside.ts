import type { NgZone } from '@angular/core';
import { isObservable, map, Observable } from 'rxjs';
import { toClock, type Clock, type PoolSource, type Transport } from '../index.js';
import type { PoolRecipe } from './pool-recipe.js';

type Outside = Pick<NgZone, 'runOutsideAngular'>;

/**
 * The same recipe, dialled and timed outside of the zone: what is set up within it would run change detection at each message and keep the
 * application from becoming stable. Making the pool outside is not enough, since a borrow may come from within and dial.
 */
export function recipeOutside<S, D>(zone: Outside, { source, config }: PoolRecipe<S, D>): PoolRecipe<S, D> {
  const one = (address: PoolSource<S, D>): PoolSource<S, D> =>
    isTransport(address) ? transportOutside(zone, address) : address;
  return {
    source: sourceOutside(zone, source, one),
    config: { ...config, clock: clockOutside(zone, toClock(config?.clock)) },
  };
}

function sourceOutside<S, D>(
  zone: Outside,
  source: PoolRecipe<S, D>['source'],
  one: (address: PoolSource<S, D>) => PoolSource<S, D>,
): PoolRecipe<S, D>['source'] {
  if (isList(source)) return source.map(one);
  // An endpoint is an Observable too, of events.
  if (!isObservable(source) || 'lifecycle$' in source) return one(source);
  return observableOutside(zone, source).pipe(map((list) => list.map(one)));
}

function isList<T>(source: T | readonly T[]): source is readonly T[] {
  return Array.isArray(source);
}

function isTransport<S, D>(address: unknown): address is Transport<S, D> {
  return typeof address === 'object' && address !== null && 'open' in address;
}

function clockOutside(zone: Outside, clock: Clock): Clock {
  return {
    // The system's clock sets a timer when it is read.
    now: () => zone.runOutsideAngular(() => clock.now()),
    set: (at, fn) => zone.runOutsideAngular(() => clock.set(at, fn)),
    defer(fn) {
      zone.runOutsideAngular(() => clock.defer(fn));
    },
  };
}

/** No copy: a transport may be of a class, with methods that are not its own and private fields. */
function transportOutside<S, D>(zone: Outside, transport: Transport<S, D>): Transport<S, D> {
  // A proxy of the transport itself could not change a frozen one.
  return new Proxy(Object.create(transport) as Transport<S, D>, {
    get(_, key): unknown {
      const member: unknown = Reflect.get(transport, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const answer: unknown = zone.runOutsideAngular((): unknown => Reflect.apply(member, transport, args));
        return isObservable(answer) ? observableOutside(zone, answer) : answer;
      };
    },
  });
}

function observableOutside<T>(zone: Outside, source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => zone.runOutsideAngular(() => source.subscribe(subscriber)));
}
