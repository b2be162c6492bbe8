import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, instantLab, reportOf, stockIdle, type Lab } from './pool-lab.js';

const callbacks: [string, (pool: Lab['pool']) => unknown][] = [
  ['retires all', (pool) => pool.retire()],
  ['frees what is idle', (pool) => pool.free()],
  ['takes another', (pool) => pool.tryBorrow()?.destroy()],
  ['resets all', (pool) => pool.slots.forEach((slot) => slot.reset({ force: true }))],
];

/** Lets the look at the first connection do something once. */
function once(act: () => unknown, answer: boolean): (socket: FakeSocket) => boolean {
  let hasActed = false;
  return (socket) => {
    if (hasActed) return !socket.closed;
    hasActed = true;
    act();
    return answer;
  };
}

describe.each([true, false])('a look that says %s and calls back into the pool', (answer) => {
  it.each(callbacks)('before a grant: it %s', (_name, act) => {
    const { pool, transport } = instantLab({ max: 2 });
    stockIdle(pool, 2);
    transport.usable = once(() => act(pool), answer);
    expect(borrowNow(pool).socket.closed).toBe(false);
    borrowNow(pool);
    expect(pool.stats).toMatchObject({ lent: 2, owned: 2, closing: 0, checking: 0 });
    expect(transport.active).toBe(2);
  });

  it.each(callbacks)('while nobody borrows: it %s', (_name, act) => {
    const { pool, transport, clock } = instantLab({ max: 2, idleTimeout: Infinity });
    stockIdle(pool, 2);
    transport.usable = once(() => act(pool), answer);
    clock.advance(30_000);
    expect(pool.stats).toMatchObject({ closing: 0, checking: 0, lent: 0 });
    expect(pool.stats.owned).toBe(transport.active);
    borrowMany(pool, 2);
    expect(pool.stats).toMatchObject({ lent: 2, owned: 2 });
  });

  it.each(callbacks)('after a hook that took its time: it %s', (_name, act) => {
    const { pool, transport } = instantLab({ max: 2 });
    const restored = new Subject<boolean>();
    const lease = borrowNow(pool);
    transport.restore = () => restored;
    lease.release();
    transport.restore = () => true;
    transport.usable = once(() => act(pool), answer);
    restored.next(true);
    expect(pool.stats).toMatchObject({ closing: 0, checking: 0, lent: 0 });
    expect(pool.stats.owned).toBe(transport.active);
    borrowMany(pool, 2);
    expect(pool.stats).toMatchObject({ lent: 2, owned: 2 });
  });

  it('does not have a connection closed twice', () => {
    const { pool, transport, clock } = instantLab({ max: 2, idleTimeout: Infinity });
    stockIdle(pool, 2);
    transport.holdCloses = true;
    transport.usable = once(() => pool.retire(), answer);
    clock.advance(30_000);
    expect(transport.closes.map(({ socket }) => socket.id)).toEqual([0, 1]);
    for (const close of transport.closes) close.finish();
    expect(pool.stats).toMatchObject({ owned: 0, closing: 0, closed: 2 });
  });

  it('may close the pool', async () => {
    const { pool, transport, clock } = instantLab({ idleTimeout: Infinity });
    stockIdle(pool, 2);
    let report: ReturnType<typeof pool.close> | undefined;
    transport.usable = once(() => (report = pool.close()), answer);
    clock.advance(30_000);
    expect(await reportOf(report!)).toEqual({ closed: 2, destroyed: 0, left: 0 });
    expect(pool.stats).toMatchObject({ owned: 0, closing: 0 });
  });
});

it.each([undefined, 0, 1, 'yes', {}])('a look that answers %j has not said yes', (answer) => {
  const { pool, transport } = instantLab({ max: 1 });
  const [idle] = stockIdle(pool, 1);
  transport.usable = () => answer as unknown as boolean;
  expect(borrowNow(pool).socket).not.toBe(idle);
  expect(pool.stats).toMatchObject({ lent: 1, owned: 1, checking: 0, closed: 1 });
});

it.each(['ref', 'unref'] as const)('%s that throws costs at most its own connection', (hook) => {
  const { pool, transport } = instantLab({ max: 2 });
  const bystander = borrowNow(pool);
  stockIdle(pool, 1);
  transport[hook] = () => {
    throw new Error('hook');
  };
  const lease = borrowNow(pool);
  lease.release();
  expect(bystander.socket.closed).toBe(false);
  borrowNow(pool);
  expect(pool.stats).toMatchObject({ lent: 2, owned: 2 });
});
