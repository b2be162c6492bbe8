import { createPool, quota, type Limit, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket, type FakeTransport } from '../endpoint/fake-transport.js';
import { record, type FakeLease, type FakePool, type Recording } from './pool-lab.js';

/** Pools under the same limits, with one clock; their sockets open, and close, at once. */
export class LimitsWorld {
  readonly clock = new VirtualClock();
  readonly transports: FakeTransport[] = [];

  constructor(readonly limits: readonly Limit[] = [quota({ max: 1 })]) {}

  add(config: PoolConfig<FakeSocket> = {}): FakePool {
    const transport = fakeTransport();
    transport.onOpen = (attempt) => attempt.accept();
    this.transports.push(transport);
    const { clock, limits } = this;
    return createPool(transport, { clock, limits, name: 'shop', ...config });
  }
}

/** Borrows for the client. */
export function ask(pool: FakePool, key: string): Recording<FakeLease> {
  return record(pool.borrow({ key }));
}

/** Whether the client could borrow without waiting; nothing is left of it. */
export function hasPlace(pool: FakePool, key: string): boolean {
  const asked = ask(pool, key);
  asked.subscription.unsubscribe();
  for (const lease of asked.values) lease.release();
  return asked.values.length > 0;
}
