import { describe, expect, it } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { borrowNow, instantLab, record, type Lab } from './pool-lab.js';

type Way = [name: string, config: PoolConfig<FakeSocket>, lose: (lab: Lab) => void];

/** Each way in which a pool can lose a connection. */
const ways: Way[] = [
  ['the loss of an idle one', {}, ({ transport }) => transport.opens[0]!.lose()],
  [
    'the loss of a lent one',
    {},
    ({ pool, transport }) => {
      const { socket } = borrowNow(pool);
      transport.opens.find((attempt) => attempt.socket === socket)!.lose();
    },
  ],
  ['a destroy', {}, ({ pool }) => borrowNow(pool).destroy()],
  ['a detach', {}, ({ pool }) => void borrowNow(pool).detach()],
  ['a revoke', {}, ({ pool }) => borrowNow(pool).destroy(undefined, { now: true })],
  ['the last use', { maxUses: 1 }, ({ pool }) => borrowNow(pool).release()],
  ['its age', { maxLifetime: 5_000 }, ({ clock }) => clock.advance(10_000)],
  [
    'its age while lent',
    { maxLifetime: 5_000 },
    ({ pool, clock }) => {
      const lease = borrowNow(pool);
      clock.advance(10_000);
      lease.release();
    },
  ],
  ['a long rest', { idleTimeout: 1_000 }, ({ clock }) => clock.advance(60_000)],
  [
    'a look',
    {},
    ({ transport, clock }) => {
      const [first] = transport.opens;
      transport.usable = (socket) => socket !== first!.socket;
      clock.advance(30_000);
    },
  ],
  ['validate', { validateEvery: 1_000, validate: ({ id }) => id > 0 }, ({ clock }) => clock.advance(2_000)],
  [
    'a restoring that fails',
    {},
    ({ pool, transport }) => {
      transport.restore = () => false;
      borrowNow(pool).release();
    },
  ],
  ['clean', { clean: () => false }, ({ pool }) => borrowNow(pool).release()],
  ['a retire', {}, ({ pool }) => pool.retire()],
  ['a reset of its slot', {}, ({ pool }) => pool.slots[0]!.reset()],
  [
    'a reset by force',
    {},
    ({ pool }) => {
      borrowNow(pool);
      for (const slot of pool.slots) slot.reset({ force: true });
    },
  ],
  ['the close of its slot', { max: 5 }, ({ pool }) => pool.slots[0]!.close()],
  ['free', {}, ({ pool }) => void pool.free()],
  [
    'a resize',
    { max: 5 },
    ({ pool }) => {
      pool.resize({ max: 3 });
    },
  ],
];

const STEADY = { idleTimeout: Infinity, maxLifetime: Infinity };

describe.each<[string, PoolConfig<FakeSocket>]>([
  ['min', { min: 2 }],
  ['minPerEndpoint', { minPerEndpoint: 2 }],
])('%s is kept up after', (_option, sizes) => {
  it.each(ways)('%s', (_name, config, lose) => {
    const lab = instantLab({ max: 4, ...STEADY, ...sizes, ...config });
    const { pool, transport, clock } = lab;
    clock.advance(1);
    expect(pool.stats).toMatchObject({ idle: 2, opened: 2 });
    lose(lab);
    clock.advance(60_000);
    expect(pool.stats.idle + pool.stats.lent).toBeGreaterThanOrEqual(2);
    expect(pool.stats).toMatchObject({ connecting: 0, checking: 0, closing: 0, waiting: 0 });
    expect(transport.mostActive).toBeLessThanOrEqual(5);
  });
});

describe('min', () => {
  it('is opened without anybody asking, and not before the pool can be watched', () => {
    const { pool, clock } = instantLab({ min: 3 });
    const events = record(pool.events$);
    expect(pool.stats.owned).toBe(0);
    clock.advance(0);
    expect(pool.stats.idle).toBe(3);
    expect(events.values.filter(({ type }) => type === 'opened')).toHaveLength(3);
  });

  it('is 0 by default', () => {
    const { pool, clock } = instantLab();
    clock.advance(100_000);
    expect(pool.stats.opened).toBe(0);
  });

  it('is kept up at an endpoint that comes back', () => {
    const { pool, transport, clock } = instantLab({ min: 2 });
    clock.advance(10_000);
    transport.onOpen = (attempt) => attempt.refuse();
    for (const attempt of [...transport.opens]) attempt.lose();
    clock.advance(600_000);
    expect(pool.stats).toMatchObject({ idle: 0, owned: 0 });
    transport.onOpen = (attempt) => attempt.accept();
    clock.advance(60_000);
    expect(pool.stats.idle).toBe(2);
  });

  it('is not kept up by a pool that closes', async () => {
    const { pool, transport, clock } = instantLab({ min: 2 });
    clock.advance(1);
    await pool.close();
    clock.advance(100_000);
    expect([transport.opens.length, transport.active]).toEqual([2, 0]);
  });

  it('is spread, and kept up by one endpoint where the other is down', () => {
    const [a, b] = [fakeTransport('a:1'), fakeTransport('b:1')];
    for (const transport of [a, b]) transport.onOpen = (attempt) => attempt.accept();
    const clock = new VirtualClock();
    const pool = createPool([a, b], { min: 4, clock, ...STEADY });
    clock.advance(10_000);
    expect(pool.endpoints.map(({ idle }) => idle)).toEqual([2, 2]);
    a.onOpen = (attempt) => attempt.refuse();
    for (const attempt of [...a.opens]) attempt.lose();
    clock.advance(60_000);
    expect(pool.endpoints.map(({ idle }) => idle)).toEqual([0, 4]);
  });
});
