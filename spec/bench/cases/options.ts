import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Observable } from 'rxjs';
import { interleave } from '../harness.js';
import { faces } from '../loops.js';
import { MAX, things, type Thing } from '../peers.js';
import { cost, type Case, type Row } from '../rows.js';
import { createPool, tcp, transport, type Pool } from '../subject.js';

/** Lifetimes that do not end meanwhile, and checks that are asked for before each grant but not due. */
const ON = {
  ...{ idleTimeout: 600_000, maxLifetime: 3_600_000, lifetimeJitter: 0.5, maxUses: Number.MAX_SAFE_INTEGER },
  ...{ validate: () => true, validateAfter: 600_000, validateEvery: 600_000 },
};
const CLEANED = { ...ON, clean: () => undefined };

type Options = typeof ON | typeof CLEANED | Record<string, never>;

const options: Case = async ({ quick, progress }) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = { port: (server.address() as AddressInfo).port, host: '127.0.0.1' };
  const size = { min: MAX, max: MAX };
  const create = things();
  const source = transport(() => new Observable<Thing>((subscriber) => subscriber.next(create())));
  return [
    ...(await compared(['an object', (config) => createPool<Thing, never>(source, { ...size, ...config })], {
      quick,
      progress: (share) => progress(share / 2),
    })),
    ...(await compared(['a socket', (config) => createPool<Socket, Buffer>(tcp(address), { ...size, ...config })], {
      quick,
      progress: (share) => progress((1 + share) / 2),
    })),
  ];
};
export default options;

/** Pools of the same things with and without options, in turn. */
async function compared<S, D>(
  [what, create]: readonly [what: string, create: (config: Options) => Pool<S, D>],
  { quick, progress }: Parameters<Case>[0],
): Promise<Row[]> {
  const pools = [create({}), create(ON), create(CLEANED)] as const;
  await Promise.all(pools.map((pool) => pool.ready()));
  const [off, on, cleaned] = [faces(pools[0]), faces(pools[1]), faces(pools[2])];
  const ns = await interleave(
    {
      ...{ borrow: off.borrow, borrowOn: on.borrow, take: off.take, takeOn: on.take },
      ...{ acquire: off.acquire, acquireOn: on.acquire, tryBorrow: off.tryBorrow, tryBorrowOn: on.tryBorrow },
    },
    { rounds: quick ? 7 : 21, warmUp: quick ? 3 : 6, progress: (share) => progress(share * 0.8) },
  );
  // Apart and afterwards, since its way through RxJS slows down the others.
  const clean = await interleave(
    { off: off.borrow, on: cleaned.borrow },
    { rounds: quick ? 3 : 7, warmUp: quick ? 1 : 2, progress: (share) => progress(0.8 + share * 0.2) },
  );
  for (const { stats } of pools) {
    if (stats.idle !== MAX || stats.opened !== MAX) throw new Error('the pool has not kept its connections');
  }
  const beside = (samples: readonly number[]) => ({ name: 'with defaults', samples });
  const atMost = 1.25;
  return [
    cost(`\`borrow().subscribe\` of ${what}`, 'ns', ns.borrowOn, beside(ns.borrow), { atMost }),
    cost(`\`available$.pipe(take(1))\` of ${what}`, 'ns', ns.takeOn, beside(ns.take), { atMost }),
    cost(`\`await acquire()\` of ${what}`, 'ns', ns.acquireOn, beside(ns.acquire), { atMost }),
    cost(`\`tryBorrow()\` of ${what}`, 'ns', ns.tryBorrowOn, beside(ns.tryBorrow), { atMost }),
    cost(`\`borrow().subscribe\` of ${what}, and \`clean\``, 'ns', clean.on, beside(clean.off)),
  ];
}
