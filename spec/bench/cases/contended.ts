import {
  acquiring,
  awaiting,
  borrowing,
  onTheFloor,
  taking,
  using,
  working,
  type Hold,
  type Start,
} from '../borrowers.js';
import { interleave, type Measure, type Samples } from '../harness.js';
import { genericPool, lightningPool, MAX, rxpoolOfThings, tarn, things } from '../peers.js';
import { cost, figure, speed, type Case, type Row } from '../rows.js';

const BORROWERS = 1_000;

const contended: Case = async ({ quick, progress }) => {
  const pool = rxpoolOfThings();
  await pool.ready();
  const starts = {
    borrow: borrowing(pool),
    take: taking(pool),
    worker: working(pool),
    acquire: acquiring(pool),
    use: using(pool),
    floor: onTheFloor(Array.from({ length: MAX }, things())),
    genericPool: awaiting(await genericPool(things())),
    lightningPool: awaiting(await lightningPool(things())),
    tarn: awaiting(await tarn(things())),
  };
  const rounds = { rounds: quick ? 3 : 15, warmUp: quick ? 1 : 3 };
  const measure = (chosen: Readonly<Record<string, Start>>, hold: Hold, begin: number) =>
    interleave(
      each(chosen, (start) => () => nsALoan(start, hold, quick ? 5 : 20)),
      { ...rounds, progress: (share) => progress(begin + 0.225 * share) },
    );
  const holds: readonly Hold[] = ['microtask', 'macrotask'];
  const rows: Row[] = [];
  const { borrow, take, worker, acquire, floor, ...others } = starts;
  for (const [index, hold] of holds.entries()) {
    const ns = await measure(
      { borrow, take, worker, acquire, floor, generic: others.genericPool },
      hold,
      0.225 * index,
    );
    const generic = { name: 'generic-pool', samples: ns['generic']! };
    rows.push(
      speed(`\`borrow()\`, held for a ${hold}`, 'ns', ns['borrow']!, generic, { atLeast: 2 }),
      speed(`\`available$.pipe(take(1))\`, ${hold}`, 'ns', ns['take']!, generic, { atLeast: 2 }),
      speed(`\`available$\` as a worker, ${hold}`, 'ns', ns['worker']!, generic, { atLeast: 2 }),
      speed(`\`await acquire()\`, ${hold}`, 'ns', ns['acquire']!, generic, { atLeast: 2 }),
      cost(`\`borrow()\`, ${hold}`, 'ns', ns['borrow']!, {
        name: 'linked list behind an Observable',
        samples: ns['floor']!,
      }),
    );
  }
  // Apart and afterwards, as in `uncontended`: they slow down what shares their way through RxJS and the engine.
  for (const [index, hold] of holds.entries()) {
    const ns = await measure({ acquire, ...others }, hold, 0.45 + 0.225 * index);
    rows.push(
      speed(`\`use()\`, ${hold}`, 'ns', ns['use']!, { name: 'generic-pool', samples: ns['genericPool']! }),
      speed(`\`await acquire()\`, ${hold}`, 'ns', ns['acquire']!, {
        name: 'lightning-pool',
        samples: ns['lightningPool']!,
      }),
      speed(`\`await acquire()\`, ${hold}`, 'ns', ns['acquire']!, { name: 'tarn', samples: ns['tarn']! }),
    );
  }

  const mixed = [starts.borrow, starts.take, starts.worker, starts.acquire, starts.use];
  const unevenness = await interleave(
    {
      borrow: () => unfairness([starts.borrow]),
      worker: () => unfairness([starts.worker]),
      acquire: () => unfairness([starts.acquire]),
      mixed: () => unfairness(mixed),
      genericPool: () => unfairness([starts.genericPool]),
    },
    { rounds: quick ? 2 : 5, warmUp: 0, progress: (share) => progress(0.9 + 0.1 * share) },
  );
  const beside = [{ name: 'generic-pool', samples: unevenness.genericPool }];
  const fairness = (what: string, samples: Samples): Row =>
    figure(
      `${what}: loans of the borrower served most, less those of the one served least`,
      '',
      samples,
      { atMost: 1 },
      beside,
    );
  return [
    ...rows,
    fairness('`borrow()`', unevenness.borrow),
    fairness('`available$` as a worker', unevenness.worker),
    fairness('`await acquire()`', unevenness.acquire),
    fairness('all faces in one queue', unevenness.mixed),
  ];
};
export default contended;

function each(starts: Readonly<Record<string, Start>>, measure: (start: Start) => Measure): Record<string, Measure> {
  return Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, measure(start)]));
}

/** What a loan takes from the pool, all borrowers together, in ns. */
async function nsALoan(start: Start, hold: Hold, loans: number): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: BORROWERS }, () => {
      let left = loans;
      return start(hold, () => left-- > 0);
    }),
  );
  return ((performance.now() - startedAt) * 1e6) / (BORROWERS * loans);
}

/** Stops all borrowers at a time, and compares how often they have come to their turn until then. */
async function unfairness(starts: readonly Start[]): Promise<number> {
  const until = performance.now() + 200;
  let isOver = false;
  const turns = Array.from({ length: BORROWERS }, () => 0);
  await Promise.all(
    turns.map((_, borrower) =>
      starts[borrower % starts.length]!('macrotask', () => {
        isOver ||= performance.now() >= until;
        if (!isOver) turns[borrower]!++;
        return !isOver;
      }),
    ),
  );
  return Math.max(...turns) - Math.min(...turns);
}
