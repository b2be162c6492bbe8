import { take } from 'rxjs';
import { interleave, type Measure, type Samples } from '../harness.js';
import {
  genericPool,
  lightningPool,
  ListFloor,
  MAX,
  rxpoolOfThings,
  tarn,
  things,
  type AwaitedPool,
} from '../peers.js';
import { cost, speed, type Case } from '../rows.js';
import type { Lease } from '../subject.js';

const MANY = 100_000;
const FEW = 10_000;

/** In ms: until everybody stands in line, and from then until everybody has been served. */
interface Burst {
  readonly queue: number;
  readonly drain: number;
}

const burst: Case = async ({ quick, progress }) => {
  const pool = rxpoolOfThings(MANY);
  await pool.ready();
  const holdAll = (): (() => void) => {
    const leases = Array.from({ length: MAX }, () => pool.tryBorrow()!);
    return () => {
      for (const lease of leases) lease.release();
    };
  };
  const one$ = pool.available$.pipe(take(1));
  const serving = (served: () => void) => ({
    next(lease: Lease) {
      lease.release();
      served();
    },
  });
  const stack = Array.from({ length: MAX }, things());
  const floor = new ListFloor(stack);
  const holdFloor = (): (() => void) => {
    const held = stack.splice(0);
    return () => {
      for (const thing of held) floor.release(thing);
    };
  };

  const borrow = (n: number): Promise<Burst> =>
    run(n, holdAll(), (served) => {
      const observer = serving(served);
      for (let i = 0; i < n; i++) pool.borrow().subscribe(observer);
    });
  const list = (n: number): Promise<Burst> =>
    run(n, holdFloor(), (served) => {
      const observer = {
        next(thing: (typeof stack)[number]) {
          floor.release(thing);
          served();
        },
      };
      for (let i = 0; i < n; i++) floor.source.subscribe(observer);
    });
  const contenders = {
    borrow: () => borrow(MANY),
    // As many waiters as in the others, so that both are long enough to be measured, and meet the collector as often.
    borrowFew: () => repeated(MANY / FEW, () => borrow(FEW)),
    take: () =>
      run(MANY, holdAll(), (served) => {
        const observer = serving(served);
        for (let i = 0; i < MANY; i++) one$.subscribe(observer);
      }),
    acquire: () =>
      run(MANY, holdAll(), (served) => {
        const { next } = serving(served);
        for (let i = 0; i < MANY; i++) void pool.acquire().then(next);
      }),
    list: () => list(MANY),
    listFew: () => repeated(MANY / FEW, () => list(FEW)),
    genericPool: await awaited(genericPool(things())),
    lightningPool: await awaited(lightningPool(things())),
  };
  const bursts = await interleave(contenders, {
    ...{ rounds: quick ? 3 : 9, warmUp: quick ? 1 : 3 },
    progress: (share) => progress(share * (quick ? 1 : 0.6)),
  });

  const generic = { name: 'generic-pool', samples: drain(bursts.genericPool) };
  const lightning = { name: 'lightning-pool', samples: drain(bursts.lightningPool) };
  const floorName = 'linked list behind an Observable';
  const growth = (
    what: string,
    of: (bursts: readonly Burst[]) => Samples,
    few: readonly Burst[],
    many: readonly Burst[],
    atMost?: number,
  ) =>
    cost(
      what,
      'ns',
      each(of(many)),
      { name: 'of 10,000', samples: each(of(few)) },
      atMost === undefined ? {} : { atMost },
    );
  const rows = [
    speed('`borrow()`, drained', 'ms', drain(bursts.borrow), generic, { atLeast: 4 }),
    speed('`available$.pipe(take(1))`, drained', 'ms', drain(bursts.take), generic, { atLeast: 4 }),
    speed('`await acquire()`, drained', 'ms', drain(bursts.acquire), generic, { atLeast: 4 }),
    speed('`await acquire()`, drained', 'ms', drain(bursts.acquire), lightning),
    speed('`borrow()`, queued and drained', 'ms', all(bursts.borrow), { ...generic, samples: all(bursts.genericPool) }),
    speed('`await acquire()`, queued and drained', 'ms', all(bursts.acquire), {
      ...generic,
      samples: all(bursts.genericPool),
    }),
    cost('`borrow()`, drained', 'ms', drain(bursts.borrow), { name: floorName, samples: drain(bursts.list) }),
    cost('`borrow()`, queued and drained', 'ms', all(bursts.borrow), { name: floorName, samples: all(bursts.list) }),
    growth('a waiter of 100,000, `borrow()`, drained', drain, bursts.borrowFew, bursts.borrow),
    growth('a waiter of 100,000, linked list, drained', drain, bursts.listFew, bursts.list),
    growth('a waiter of 100,000, `borrow()`, queued and drained', all, bursts.borrowFew, bursts.borrow, 2.5),
    growth('a waiter of 100,000, linked list, queued and drained', all, bursts.listFew, bursts.list),
  ];
  // Seconds a burst, so apart, in few rounds, and not at all in a hurry.
  if (quick) return rows;
  const slow = await interleave(
    { acquire: contenders.acquire, tarn: await awaited(tarn(things())) },
    { rounds: 3, warmUp: 0, progress: (share) => progress(0.6 + 0.4 * share) },
  );
  return [
    ...rows,
    speed('`await acquire()`, drained', 'ms', drain(slow.acquire), { name: 'tarn', samples: drain(slow.tarn) }),
  ];
};
export default burst;

/** A burst on one of the other pools. */
async function awaited<T>(made: Promise<AwaitedPool<T>>): Promise<Measure<Burst>> {
  const pool = await made;
  return async () => {
    const held = await Promise.all(Array.from({ length: MAX }, () => pool.acquire()));
    const letGo = (): void => {
      for (const resource of held) pool.release(resource);
    };
    return run(MANY, letGo, (served) => {
      const use = (resource: T): void => {
        pool.release(resource);
        served();
      };
      for (let i = 0; i < MANY; i++) void pool.acquire().then(use);
    });
  };
}

/** Lets `n` borrow while everything is lent, and then what is lent go. */
function run(n: number, letGo: () => void, borrow: (served: () => void) => void): Promise<Burst> {
  return new Promise((resolve) => {
    let left = n;
    const startedAt = performance.now();
    borrow(() => {
      if (--left === 0) resolve({ queue: queuedAt - startedAt, drain: performance.now() - queuedAt });
    });
    const queuedAt = performance.now();
    letGo();
  });
}

async function repeated(times: number, burst: () => Promise<Burst>): Promise<Burst> {
  let sum: Burst = { queue: 0, drain: 0 };
  for (let i = 0; i < times; i++) {
    const { queue, drain } = await burst();
    sum = { queue: sum.queue + queue, drain: sum.drain + drain };
  }
  return sum;
}

function drain(bursts: readonly Burst[]): Samples {
  return bursts.map(({ drain }) => drain);
}

function all(bursts: readonly Burst[]): Samples {
  return bursts.map(({ queue, drain }) => queue + drain);
}

/** From ms for all to ns for each. */
function each(times: Samples): Samples {
  return times.map((time) => (time * 1e6) / MANY);
}
