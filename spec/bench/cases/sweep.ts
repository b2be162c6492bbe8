import { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { interleave, nsEach, type Measure } from '../harness.js';
import { cost, type Case } from '../rows.js';
import { createPool, transport } from '../subject.js';

const MANY = 10_000;
/** Sweeps a measurement. */
const SWEEPS = 10;
/** How far apart they are, in ms. */
const LOOK_EVERY = 30_000;

const built = process.env['RXPOOL_BENCH_BUILD'] ?? '';
const { isUsable } = (await import(`${built}/tcp/is-usable.js`)) as typeof import('../../../src/tcp/is-usable.js');
const { VirtualClock } = (await import(`${built}/testing/index.js`)) as typeof import('../../../src/testing/index.js');

/** More than the clock ever gets to: what has these is looked at for them, and stays. */
const LATE = 1e12;

const sweep: Case = async ({ quick, progress }) => {
  const plain = await pooled({ maxLifetime: LATE });
  const all = await pooled({
    ...{ maxLifetime: LATE, maxUses: 1_000, validate: () => true, validateEvery: LATE, onIdleData: 'keep' },
  });
  const sockets = Array.from({ length: MANY }, () => new Socket());
  const looks = { allowUnread: false };
  const bare: Measure = () =>
    nsEach(SWEEPS, (n) => {
      let usable = 0;
      for (let i = 0; i < n; i++) for (const socket of sockets) if (isUsable(socket, looks)) usable++;
      if (usable !== n * MANY) throw new Error('a socket is not usable');
    });
  const ns = await interleave({ bare, plain, all }, { rounds: quick ? 7 : 31, warmUp: quick ? 3 : 6, progress });
  const loop = { name: 'bare loop', samples: ns.bare.map(toµs) };
  const atMost = 5;
  return [
    cost('with default options', 'µs', ns.plain.map(toµs), loop, { atMost }),
    cost('with all options of health and lifetime', 'µs', ns.all.map(toµs), loop, { atMost }),
  ];
};
export default sweep;

/** A sweep over sockets that are idle in a pool, by a clock that passes the time from one to the next at once. */
async function pooled(config: Parameters<typeof createPool<Socket, never>>[1]): Promise<Measure> {
  const clock = new VirtualClock();
  let looks = 0;
  const usable: typeof isUsable = (socket, options) => {
    looks++;
    return isUsable(socket, options);
  };
  const source = transport(() => new Observable<Socket>((subscriber) => subscriber.next(new Socket())), { usable });
  const pool = createPool(source, { clock, min: MANY, max: MANY, idleTimeout: Infinity, ...config });
  const ready = pool.ready();
  clock.advance(0);
  await ready;
  return () => {
    looks = 0;
    const time = nsEach(SWEEPS, (n) => {
      for (let i = 0; i < n; i++) clock.advance(LOOK_EVERY);
    });
    if (looks !== SWEEPS * MANY) throw new Error(`${String(looks)} looks in ${String(SWEEPS)} sweeps`);
    return time;
  };
}

function toµs(ns: number): number {
  return ns / 1_000;
}
