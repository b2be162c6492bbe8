import type { Observable, Subscription } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { expect } from 'vitest';
import { createPool, type CloseReport, type Lease, type Pool, type PoolConfig } from '../../src/index.js';
import { fakeTransport, FakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

export type FakeLease = Lease<FakeSocket, string>;
export type FakePool = Pool<FakeSocket, string>;

/** A pool with its world in the test's hands. */
export interface Lab {
  readonly pool: FakePool;
  readonly transport: FakeTransport;
  readonly clock: VirtualClock;
}

/** Every delay at its full length, so that times can be told in advance. */
export const FULL_DELAY = (): number => 1 - Number.EPSILON;

/** A pool whose attempts and closes the test answers by hand. */
export function handLab(config: PoolConfig<FakeSocket> = {}, transport: FakeTransport = fakeTransport()): Lab {
  const clock = new VirtualClock();
  return { pool: createPool(transport, { clock, ...config }), transport, clock };
}

/** A pool whose sockets open, and close, at once. */
export function instantLab(config: PoolConfig<FakeSocket> = {}, transport: FakeTransport = fakeTransport()): Lab {
  transport.onOpen = (attempt) => attempt.accept();
  return handLab(config, transport);
}

/** What an Observable has said so far. */
export class Recording<T> {
  readonly values: T[] = [];
  error: unknown;
  failed = false;
  completed = false;
  readonly subscription: Subscription;

  constructor(source: Observable<T>) {
    this.subscription = source.subscribe({
      next: (value) => {
        this.values.push(value);
      },
      error: (error: unknown) => {
        this.failed = true;
        this.error = error;
      },
      complete: () => {
        this.completed = true;
      },
    });
  }

  get isOver(): boolean {
    return this.failed || this.completed;
  }

  /** The one value there is. */
  get only(): T {
    expect(this.values).toHaveLength(1);
    return this.values[0]!;
  }
}

export function record<T>(source: Observable<T>): Recording<T> {
  return new Recording(source);
}

/** A lease that must be there without waiting. */
export function borrowNow(pool: FakePool): FakeLease {
  return record(pool.borrow()).only;
}

/** Leases that must be there without waiting. */
export function borrowMany(pool: FakePool, count: number): FakeLease[] {
  return Array.from({ length: count }, () => borrowNow(pool));
}

/** Leaves `count` connections of an instant pool idle; their sockets, in the order in which they became idle. */
export function stockIdle(pool: FakePool, count: number): FakeSocket[] {
  const leases = borrowMany(pool, count);
  const sockets = leases.map(({ socket }) => socket);
  for (const lease of leases) lease.release();
  return sockets;
}

/** Runs marbles; the scheduler is the pool's clock as well. */
export function inMarbles(body: (helpers: RunHelpers, clock: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run((helpers) => {
    body(helpers, scheduler);
  });
}

/** Lets every promise reaction that is due run. */
export function afterPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a close has come to so far. */
export async function reportOf(report: Promise<CloseReport>): Promise<CloseReport | 'pending'> {
  let state: CloseReport | 'pending' = 'pending';
  void report.then((one) => (state = one));
  await afterPromises();
  return state;
}
