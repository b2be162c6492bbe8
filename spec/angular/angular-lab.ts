import {
  createEnvironmentInjector,
  NgZone,
  PLATFORM_ID,
  type EnvironmentInjector,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';
import type { SimulatedSocket } from '../../src/testing/simulated-socket.js';
import { toClock, type Clock } from '../../src/index.js';
import { poolToken } from '../../src/angular/index.js';
import { createNetwork, VirtualClock, type Network } from '../../src/testing/index.js';

/** The pool of most specs. */
export const CACHE = poolToken<SimulatedSocket, Buffer>('cache');

/** A network with one server on it, in virtual time. */
export function networkLab(): { readonly clock: VirtualClock; readonly network: Network } {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  network.listen('cache:1', () => {});
  return { clock, network };
}

/** An injector as an application or a route has one. */
export function application(
  providers: (EnvironmentProviders | Provider)[],
  { platform = 'browser', parent }: { platform?: string; parent?: EnvironmentInjector } = {},
): EnvironmentInjector {
  const all = [{ provide: PLATFORM_ID, useValue: platform }, ...providers];
  // Angular takes none as well: only a platform's injector has none above it.
  return createEnvironmentInjector(all, parent ?? (undefined as never));
}

/** Stands in for Angular's zone, of which it knows no more than whether code runs in it. */
export class FakeZone {
  isInside = false;
  readonly provider: Provider = { provide: NgZone, useValue: this };

  run<T>(fn: () => T): T {
    return this.as(true, fn);
  }

  runOutsideAngular<T>(fn: () => T): T {
    return this.as(false, fn);
  }

  private as<T>(isInside: boolean, fn: () => T): T {
    const before = this.isInside;
    this.isInside = isInside;
    try {
      return fn();
    } finally {
      this.isInside = before;
    }
  }
}

/** The same clock, which notes what is asked of it within the zone. */
export function watchedClock(clock: Clock, zone: FakeZone, asked: string[]): Clock {
  const inner = toClock(clock);
  const note = (what: string): void => void asked.push(`${what} ${zone.isInside ? 'inside' : 'outside'}`);
  return {
    now() {
      note('now');
      return inner.now();
    },
    set(at, fn) {
      note('set');
      return inner.set(at, fn);
    },
    defer(fn) {
      note('defer');
      inner.defer(fn);
    },
  };
}
