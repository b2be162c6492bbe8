import { Socket } from 'node:net';
import { Observable } from 'rxjs';
import { interleave, nsEach, type Measure, type Samples } from '../harness.js';
import { cost, type Case, type Row } from '../rows.js';
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
  const ns = await interleave(
    { plain: plain.sweep, plainBare: plain.bare, all: all.sweep, allBare: all.bare },
    { rounds: quick ? 7 : 31, warmUp: quick ? 3 : 6, progress },
  );
  const row = (what: string, swept: Samples, bare: Samples): Row =>
    cost(what, 'µs', swept.map(toµs), { name: 'bare loop', samples: bare.map(toµs) }, { atMost: 5 });
  return [
    row('with default options', ns.plain, ns.plainBare),
    row('with all options of health and lifetime', ns.all, ns.allBare),
  ];
};
export default sweep;

/**
 * A sweep over sockets that are idle in a pool, by a clock that passes the time from one to the next at once, and the same look at the same
 * sockets in a bare loop.
 */
async function pooled(
  config: Parameters<typeof createPool<Socket, never>>[1],
): Promise<Record<'sweep' | 'bare', Measure>> {
  const clock = new VirtualClock();
  const sockets: Socket[] = [];
  let looks = 0;
  const usable: typeof isUsable = (socket, options) => {
    looks++;
    return isUsable(socket, options);
  };
  const open = (): Socket => {
    const socket = new Socket();
    sockets.push(socket);
    return socket;
  };
  const source = transport(() => new Observable<Socket>((subscriber) => subscriber.next(open())), { usable });
  const pool = createPool(source, { clock, min: MANY, max: MANY, idleTimeout: Infinity, ...config });
  const ready = pool.ready();
  clock.advance(0);
  await ready;
  const checked = (work: (n: number) => void): number => {
    looks = 0;
    const time = nsEach(SWEEPS, work);
    if (looks !== SWEEPS * MANY) throw new Error(`${String(looks)} looks in ${String(SWEEPS)} sweeps`);
    return time;
  };
  return {
    sweep: () =>
      checked((n) => {
        for (let i = 0; i < n; i++) clock.advance(LOOK_EVERY);
      }),
    bare: () =>
      checked((n) => {
        let bad = 0;
        for (let i = 0; i < n; i++) for (const socket of sockets) if (!usable(socket)) bad++;
        if (bad > 0) throw new Error('a socket is not usable');
      }),
  };
}

function toµs(ns: number): number {
  return ns / 1_000;
}
