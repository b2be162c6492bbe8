import { filter, firstValueFrom, take, toArray, type Observable } from 'rxjs';
import { onTestFinished } from 'vitest';
import {
  createPool,
  type Endpoint,
  type Pool,
  type PoolConfig,
  type PoolEvent,
  type Transport,
} from '../../src/index.js';

/** A pool that is gone with the test that has made it. */
export function testPool<S, D>(
  source: Transport<S, D> | Endpoint<S, D> | readonly (Transport<S, D> | Endpoint<S, D>)[],
  config?: PoolConfig<NoInfer<S>, NoInfer<D>>,
): Pool<S, D> {
  const pool = createPool(source, config);
  onTestFinished(async () => {
    await pool.close({ borrowed: 'destroy' });
  });
  return pool;
}

/** The next event of that type. */
export async function nextEvent<E extends { readonly type: string }, T extends E['type']>(
  events$: Observable<E>,
  type: T,
): Promise<Extract<E, { type: T }>> {
  return firstValueFrom(events$.pipe(filter((event): event is Extract<E, { type: T }> => event.type === type)));
}

/** The next `count` events of that type. */
export async function nextEvents<E extends { readonly type: string }, T extends E['type']>(
  events$: Observable<E>,
  type: T,
  count: number,
): Promise<Extract<E, { type: T }>[]> {
  return firstValueFrom(
    events$.pipe(
      filter((event): event is Extract<E, { type: T }> => event.type === type),
      take(count),
      toArray(),
    ),
  );
}

/** All events of a pool from now on, in an array that grows. */
export function recordEvents(pool: Pool): PoolEvent[] {
  const events: PoolEvent[] = [];
  const subscription = pool.events$.subscribe((event) => events.push(event));
  onTestFinished(() => subscription.unsubscribe());
  return events;
}

/** Lets the event loop turn until something is so that no event tells of. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
