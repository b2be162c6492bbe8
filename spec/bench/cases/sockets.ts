import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { interleave } from '../harness.js';
import { faces, floors, peers } from '../loops.js';
import { MAX, rxpoolOfThings } from '../peers.js';
import { cost, speed, surplus, type Case } from '../rows.js';
import { createPool, tcp } from '../subject.js';

const sockets: Case = async ({ quick, progress }) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return socket;
  };

  const pool = createPool(tcp({ port, host: '127.0.0.1' }), { min: MAX, max: MAX });
  const plainPool = rxpoolOfThings();
  await Promise.all([pool.ready(), plainPool.ready()]);
  const { use, ...direct } = faces(pool);
  const plain = faces(plainPool);
  const floor = floors(await Promise.all(Array.from({ length: MAX }, open)));
  const rounds = { rounds: quick ? 7 : 31, warmUp: quick ? 3 : 6 };
  const ns = await interleave(
    {
      ...direct,
      plainBorrow: plain.borrow,
      plainTake: plain.take,
      plainAcquire: plain.acquire,
      plainTryBorrow: plain.tryBorrow,
      ...floor,
    },
    { ...rounds, progress: (share) => progress(share * 0.6) },
  );
  // Apart and afterwards: the ways that these go through RxJS and the engine slow down the bare floor as well, by a fifth.
  const others = await interleave(
    { use, plainUse: plain.use, acquire: direct.acquire, ...(await peers(open)) },
    { ...rounds, progress: (share) => progress(0.6 + share * 0.4) },
  );
  if (pool.stats.idle !== MAX || pool.stats.opened !== MAX) throw new Error('the pool has not kept its connections');

  const { acquire } = others;
  const atMost = 60;
  return [
    surplus('`borrow().subscribe`', 'ns', ns.borrow, { name: 'with objects', samples: ns.plainBorrow }, { atMost }),
    surplus('`available$.pipe(take(1))`', 'ns', ns.take, { name: 'with objects', samples: ns.plainTake }, { atMost }),
    surplus('`await acquire()`', 'ns', ns.acquire, { name: 'with objects', samples: ns.plainAcquire }, { atMost }),
    surplus('`tryBorrow()`', 'ns', ns.tryBorrow, { name: 'with objects', samples: ns.plainTryBorrow }, { atMost }),
    surplus('`use()` of an empty project', 'ns', others.use, { name: 'with objects', samples: others.plainUse }),
    cost('`borrow().subscribe`', 'ns', ns.borrow, { name: 'bare Observable', samples: ns.bare }),
    cost('`available$.pipe(take(1))`', 'ns', ns.take, { name: 'bare Observable, `take(1)`', samples: ns.bareTake }),
    cost('`await acquire()`', 'ns', ns.acquire, { name: 'promise of an array’s item', samples: ns.promise }),
    speed('`await acquire()`', 'ns', acquire, { name: 'generic-pool', samples: others.genericPool }),
    speed('`await acquire()`', 'ns', acquire, { name: 'lightning-pool', samples: others.lightningPool }),
    speed('`await acquire()`', 'ns', acquire, { name: 'tarn', samples: others.tarn }),
  ];
};
export default sockets;
