import { interleave } from '../harness.js';
import { faces, floors, peers } from '../loops.js';
import { MAX, rxpoolOfThings, things } from '../peers.js';
import { cost, speed, type Case } from '../rows.js';

const uncontended: Case = async ({ quick, progress }) => {
  const pool = rxpoolOfThings();
  await pool.ready();
  const { use, ...direct } = faces(pool);
  const floor = floors(Array.from({ length: MAX }, things()));
  const rounds = { rounds: quick ? 7 : 31, warmUp: quick ? 3 : 6 };
  const ns = await interleave({ ...direct, ...floor }, { ...rounds, progress: (share) => progress(share * 0.5) });
  // Apart and afterwards: the ways that these go through RxJS and the engine slow down the bare floor as well, by a fifth.
  const others = await interleave(
    { use, bare: floor.bare, acquire: direct.acquire, ...(await peers(things())) },
    { ...rounds, progress: (share) => progress(0.5 + share * 0.5) },
  );
  if (pool.stats.idle !== MAX || pool.stats.opened !== MAX) throw new Error('the pool has not kept its connections');

  const bare = { name: 'bare Observable', samples: ns.bare };
  const bareTake = { name: 'bare Observable, `take(1)`', samples: ns.bareTake };
  const { acquire } = others;
  return [
    cost('`borrow().subscribe`', 'ns', ns.borrow, bare, { atMost: 1.6 }),
    cost('`available$.pipe(take(1))`', 'ns', ns.take, bareTake, { atMost: 1.3 }),
    cost(
      '`await acquire()`',
      'ns',
      ns.acquire,
      { name: 'promise of an array’s item', samples: ns.promise },
      { atMost: 1.6 },
    ),
    cost('`tryBorrow()`', 'ns', ns.tryBorrow, bare),
    cost('`use()` of an empty project', 'ns', others.use, { name: 'bare Observable', samples: others.bare }),
    speed('`await acquire()`', 'ns', acquire, { name: 'generic-pool', samples: others.genericPool }),
    speed('`await acquire()`', 'ns', acquire, { name: 'lightning-pool', samples: others.lightningPool }),
    speed('`await acquire()`', 'ns', acquire, { name: 'tarn', samples: others.tarn }),
  ];
};
export default uncontended;
