import { NEVER, Subscription, throwError } from 'rxjs';
import { beforeEach, vi } from 'vitest';
import {
  autoscale,
  budget,
  createPool,
  exponentialBackoff,
  quota,
  type AutoscaleConfig,
  type BackoffConfig,
  type BorrowConfig,
  type CloseConfig,
  type DestroyOptions,
  type PoolConfig,
  type ReserveOptions,
  type ResizeConfig,
  type RetryConfig,
  type SlotCloseConfig,
  type UseConfig,
} from '../../src/index.js';
import type { Complete } from '../../src/endpoint/complete.js';
import type { UsableOptions } from '../../src/endpoint/transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { leftOut } from '../setup/left-out.js';
import { FakePool as ScaledPool } from './autoscale-lab.js';
import { borrowMany, borrowNow, instantLab, record, type FakePool } from './pool-lab.js';

/** Where the options that are told something say so. */
const hear = vi.fn();

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

/** Everything that a pool tells of itself. */
function eventsOf(pool: FakePool): unknown[] {
  const told: unknown[] = [];
  pool.events$.subscribe((event) => told.push(event));
  return told;
}

/** From the first borrow to the close: a crowd, rests of several lengths, hooks that hang, old age, losses and a peer that is down. */
function lifeOf(config: PoolConfig<FakeSocket, string>, crowd = 20): unknown[] {
  hear.mockClear();
  const clock = new VirtualClock();
  const transport = fakeTransport();
  transport.onOpen = (attempt) => clock.set(clock.now() + 1, () => attempt.accept());
  const pool = createPool(transport, { ...config, clock });
  const told: unknown[] = [pool.name];
  transport.usable = ({ closed }, options?: UsableOptions) => {
    told.push(['look', options?.allowUnread]);
    return !closed;
  };
  transport.validate = () => {
    told.push(['validate', clock.now()]);
    return true;
  };
  const borrowFor = (ms: number, count = 1): void => {
    const waits = Array.from({ length: count }, () => record(pool.borrow()));
    clock.advance(ms);
    for (const { values, error, subscription } of waits) {
      values[0]?.release();
      if (error instanceof Error) told.push(error.message);
      subscription.unsubscribe();
    }
  };

  borrowFor(0, crowd);
  told.push(pool.stats.rejected);
  pool.events$.subscribe((event) => told.push(event));
  borrowFor(10, 2);
  borrowFor(10);
  borrowFor(31_000, 12);
  for (const rest of [400, 700, 20_000]) {
    clock.advance(rest);
    borrowFor(10);
  }
  transport.validate = () => NEVER;
  clock.advance(1_000);
  borrowFor(10_000);
  transport.validate = () => true;
  borrowFor(1_600_000);
  clock.advance(100_000);
  borrowFor(1_750_000);

  transport.onOpen = (attempt) => attempt.refuse();
  borrowFor(400);
  transport.onOpen = (attempt) => attempt.accept();
  borrowFor(1_000);
  transport.last.lose();
  transport.onOpen = (attempt) => attempt.refuse();
  borrowFor(100_000);
  void pool.close({ borrowed: 'destroy' });
  clock.advance(100_000);
  return [...told, hear.mock.calls.length];
}

leftOut<Omit<PoolConfig<FakeSocket, string>, 'clock' | 'overLimit' | 'balance' | 'ejection' | 'maxWaiting'>>(
  'createPool',
  {
    ...{ name: 'shop', min: 1, max: 3, minPerEndpoint: 1, maxPerEndpoint: 3, acquireTimeout: 50 },
    ...{ failFast: true, idleTimeout: 5, maxLifetime: 1_000, lifetimeJitter: 1, maxUses: 1, order: 'fifo' },
    ...{ concurrency: 2, validateAfter: 10_000, validateEvery: 1_000, hookTimeout: 50, onIdleData: 'keep' },
    ...{ leakAfter: 1_000, maxConnecting: 1, random: () => 0, retry: { delay: 5 }, budget: budget({ limit: 1 }) },
    ...{ limits: [quota({ max: 1 })], connectRate: { perSecond: 0.01 } },
    ...{ validate: () => false, clean: () => false, prepare: () => throwError(() => new Error('refused')) },
    logger: { print: hear },
    handler: () => ({ onConnect: hear }),
    asyncContext: () => {
      hear();
      return (fn) => fn();
    },
  },
  (config) => lifeOf(config),
);

leftOut<Pick<PoolConfig, 'maxWaiting'>>('createPool', { maxWaiting: 5 }, (config) => lifeOf(config, 10_020));

leftOut<Pick<PoolConfig, 'overLimit'>>('createPool', { overLimit: 'error' }, (config) =>
  lifeOf({ limits: [quota({ max: 1 })], ...config }),
);

leftOut<Pick<PoolConfig, 'balance' | 'ejection'>>(
  'createPool',
  { balance: (candidates) => candidates[0], ejection: { consecutive: 1 } },
  (config) => {
    const clock = new VirtualClock();
    const transports = ['a:1', 'b:2'].map((address) => fakeTransport(address));
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const pool: FakePool = createPool(transports, { clock, ...config });
    const told = eventsOf(pool);
    for (let i = 0; i < 4; i++) borrowNow(pool).destroy(new Error('failed'));
    return told;
  },
);

leftOut<RetryConfig>('retry', { count: 3, delay: 5, resetAfter: 0, shouldRetry: () => false, urgentMax: 20 }, (retry) =>
  lifeOf({ retry }),
);

leftOut<BackoffConfig>(
  'exponentialBackoff',
  { initial: 5, factor: 3, max: 1_000, jitter: 'none', random: () => 0.1 },
  (config) => [1, 2, 20].map((attempt) => exponentialBackoff(config).duration(attempt)),
);

/** Whoever borrows with these options, behind others in a full pool of two addresses that has one place free for a while. */
function borrowed(ask: (pool: FakePool) => void): unknown[] {
  const clock = new VirtualClock();
  const transports = ['a:1', 'b:2'].map((address) => fakeTransport(address));
  for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
  const pool: FakePool = createPool(transports, { clock, max: 2 });
  const told = eventsOf(pool);
  const first = borrowNow(pool);
  borrowNow(pool);
  const other = record(pool.borrow());
  ask(pool);
  ask(pool);
  clock.advance(100);
  first.release();
  other.values[0]?.release();
  clock.advance(40_000);
  return told;
}

const borrowOthers: Complete<Omit<BorrowConfig, 'key'>> = {
  ...{ timeout: 5, priority: 1, endpoint: 'b:2', label: 'import', signal: AbortSignal.abort('no longer needed') },
};

leftOut<Omit<BorrowConfig, 'key'>>('borrow', borrowOthers, (config) => {
  const told: unknown[] = [];
  const events = borrowed((pool) => {
    pool.borrow(config).subscribe({
      next: ({ endpoint: { address } }) => told.push(address),
      error: (error: unknown) => told.push(String(error)),
    });
  });
  return [...told, ...events];
});

leftOut<Omit<UseConfig, 'key'>>('use', { ...borrowOthers, reuse: () => true }, (config) => {
  const told: unknown[] = [];
  const uses = new Subscription();
  const events = borrowed((pool) => {
    uses.add(pool.use(() => NEVER, config).subscribe({ error: (error: unknown) => told.push(String(error)) }));
  });
  uses.unsubscribe();
  return [...told, ...events];
});

leftOut<Pick<BorrowConfig, 'key'>>('borrow', { key: 'tenant' }, (config) => {
  const { pool } = instantLab({ limits: [quota({ max: 1 })] });
  borrowNow(pool);
  return [record(pool.borrow(config)).values.length, record(pool.use(() => [1], config)).values.length];
});

leftOut<CloseConfig>('close', { borrowed: 'destroy', timeout: 5 }, (config) => {
  const { pool, clock } = instantLab();
  const told = eventsOf(pool);
  borrowMany(pool, 2);
  void pool.close(config);
  clock.advance(20_000);
  return told;
});

/** A pool of other sizes than the default, told to resize. */
function resized(config: ResizeConfig): unknown[] {
  const { pool } = instantLab({ min: 2, max: 7 });
  const told = eventsOf(pool);
  pool.resize(config);
  return [...told, pool.stats.min, pool.stats.max];
}

leftOut<Omit<ResizeConfig, 'reason'>>('resize', { min: 1, max: 5 }, resized);
leftOut<Pick<ResizeConfig, 'reason'>>('resize', { reason: 'night' }, (config) => resized({ max: 5, ...config }));

leftOut<Omit<AutoscaleConfig, 'min' | 'max'>>(
  'autoscale',
  { target: 0.5, concurrency: 2, interval: 3_000, waitLimit: 5, shrinkAfter: 5_000, tolerance: 0.5, factor: 3 },
  (config) => {
    const pool = new ScaledPool(4);
    autoscale(pool, { min: 1, max: 100, ...config }).subscribe();
    const sizes = pool.run((second) => (second < 50 ? 3 + second : 5), 600);
    pool.pass({ lent: 1, borrowed: 10, waited: 100, waiting: 1, owned: pool.max });
    return [sizes, pool.reasons];
  },
);

leftOut<SlotCloseConfig>('slots[i].reset', { force: true }, (config) => {
  const { pool } = instantLab();
  borrowNow(pool);
  pool.slots[0]!.reset(config);
  return pool.stats.lent;
});

leftOut<DestroyOptions>('destroy', { now: true }, (options) => {
  const { pool } = instantLab({ max: 1, concurrency: 2 });
  const [one] = borrowMany(pool, 2);
  one!.destroy(undefined, options);
  return pool.stats.leases;
});

leftOut<ReserveOptions>(
  'reserve',
  { urgent: false, holder: { name: 'shop', idleSince: 5, evict: () => {} } },
  (options) => {
    const sockets = budget({ limit: 1 });
    const cache = { name: 'cache', idleSince: 5, evict: vi.fn() };
    sockets.join(cache);
    sockets.reserve({ holder: cache }).subscribe();
    sockets.reserve(options).subscribe();
    return [cache.evict.mock.calls.length, sockets.picture];
  },
);
