import { type Observer, type Unsubscribable } from 'rxjs';
import { collectGarbage, interleave, type Measure } from '../harness.js';
import { genericPool, ListFloor, MAX, rxpoolOfThings, things } from '../peers.js';
import { cost, figure, type Case } from '../rows.js';
import type { Lease } from '../subject.js';

const MANY = 100_000;

const waiters: Case = async ({ quick, progress }) => {
  const pool = rxpoolOfThings(MANY);
  await pool.ready();
  const leases = Array.from({ length: MAX }, () => pool.tryBorrow()!);
  let served = 0;
  const observer: Partial<Observer<Lease>> = {
    next(lease) {
      served++;
      lease.release();
    },
  };
  const letGo = (): void => {
    for (const lease of leases.splice(0)) lease.release();
  };
  const holdAgain = (): void => {
    while (leases.length < MAX) leases.push(pool.tryBorrow()!);
  };
  const serve = (expected: number): void => {
    served = 0;
    letGo();
    if (served !== expected) throw new Error(`${String(served)} served of ${String(expected)}`);
    holdAgain();
  };

  const stack = Array.from({ length: MAX }, things());
  const floor = new ListFloor(stack);
  const held = stack.splice(0);
  const floorObserver = { next: (thing: (typeof held)[number]) => floor.release(thing) };
  const drainFloor = (): void => {
    for (const thing of held) floor.release(thing);
    stack.splice(0);
  };

  const generic = await genericPool(things());
  const genericHeld = await Promise.all(Array.from({ length: MAX }, () => generic.acquire()));
  const drainGeneric = async (last: Promise<unknown>): Promise<void> => {
    for (const thing of genericHeld) generic.release(thing);
    await last;
    genericHeld.splice(0, MAX, ...(await Promise.all(Array.from({ length: MAX }, () => generic.acquire()))));
  };

  const rounds = { rounds: quick ? 3 : 9, warmUp: quick ? 1 : 2, garbage: 'major' } as const;
  const bytes = await interleave(
    {
      borrow: () => {
        const size = bytesEach(() => pool.borrow().subscribe(observer));
        serve(MANY);
        return size;
      },
      worker: () => {
        const workers: Unsubscribable[] = new Array<Unsubscribable>(MANY);
        let i = 0;
        const size = bytesEach(() => (workers[i++] = pool.available$.subscribe(observer)));
        for (const worker of workers) worker.unsubscribe();
        return size;
      },
      acquire: async () => {
        let last: Promise<unknown> = Promise.resolve();
        const use = (lease: Lease): void => lease.release();
        const size = bytesEach(() => (last = pool.acquire().then(use)));
        letGo();
        await last;
        holdAgain();
        return size;
      },
      floor: () => {
        const size = bytesEach(() => floor.source.subscribe(floorObserver));
        drainFloor();
        return size;
      },
      genericPool: async () => {
        let last: Promise<unknown> = Promise.resolve();
        const use = (thing: (typeof genericHeld)[number]): void => generic.release(thing);
        const size = bytesEach(() => (last = generic.acquire().then(use)));
        await drainGeneric(last);
        return size;
      },
    },
    { ...rounds, progress: (share) => progress(share * 0.7) },
  );

  const withdraw =
    (queue: () => Unsubscribable, rest: () => void): Measure =>
    () => {
      const subscriptions = Array.from({ length: MANY }, queue);
      const leaving = subscriptions.filter((_, i) => i % 2 === 0);
      // The queue's own garbage is not what is measured.
      collectGarbage('minor');
      const startedAt = performance.now();
      for (const subscription of leaving) subscription.unsubscribe();
      const time = performance.now() - startedAt;
      rest();
      return (time * 1e6) / leaving.length;
    };
  const ns = await interleave(
    {
      borrow: withdraw(
        () => pool.borrow().subscribe(observer),
        () => {
          serve(MANY / 2);
        },
      ),
      floor: withdraw(() => floor.source.subscribe(floorObserver), drainFloor),
    },
    { ...rounds, progress: (share) => progress(0.7 + share * 0.3) },
  );

  const list = 'linked list behind an Observable';
  return [
    figure('`borrow()`: memory of a waiter', 'bytes', bytes.borrow, { atMost: 650 }, [
      { name: list, samples: bytes.floor },
      { name: 'generic-pool', samples: bytes.genericPool },
    ]),
    figure('`available$` as a worker: memory of a waiter', 'bytes', bytes.worker, {}),
    figure('`await acquire()`: memory of a waiter', 'bytes', bytes.acquire, {}),
    cost(
      '`borrow()`: withdrawal of every other waiter',
      'ns',
      ns.borrow,
      { name: list, samples: ns.floor },
      { atMost: 3 },
    ),
  ];
};
export default waiters;

/** The heap that one of {@link MANY} needs. */
function bytesEach(queue: () => unknown): number {
  collectGarbage('major');
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < MANY; i++) queue();
  collectGarbage('major');
  return (process.memoryUsage().heapUsed - before) / MANY;
}
