import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeTransport } from '../endpoint/fake-transport.js';
import { borrowMany, borrowNow, instantLab, stockIdle, type FakePool } from './pool-lab.js';

/** Two endpoints with two idle connections each, validated never but after a loss. */
function twoEndpoints(): {
  pool: FakePool;
  clock: VirtualClock;
  transports: readonly [FakeTransport, FakeTransport];
  asked: string[];
} {
  const clock = new VirtualClock();
  const transports = [fakeTransport('a:1'), fakeTransport('b:1')] as const;
  const asked: string[] = [];
  for (const transport of transports) {
    transport.onOpen = (attempt) => attempt.accept();
    transport.validate = ({ id }) => asked.push(`${transport.address} ${id}`) > 0;
  }
  const pool = createPool([...transports], { clock, max: 4, maxPerEndpoint: 2, validateAfter: Infinity });
  stockIdle(pool, 4);
  clock.advance(1_000);
  return { pool, clock, transports, asked };
}

describe('after one loss', () => {
  it("the endpoint's other idle connections are validated before their next grant, and those of others are not", () => {
    const { pool, clock, transports, asked } = twoEndpoints();
    transports[0].opens[0]!.lose();
    clock.advance(100);
    expect(asked).toEqual([]);
    borrowMany(pool, 3);
    expect(asked).toEqual(['a:1 1']);
  });

  it.each(['lent', 'idle'])('of one that was %s', (state) => {
    let asked = 0;
    const { pool, transport, clock } = instantLab({ validateAfter: Infinity, validate: () => ++asked > 0 });
    const [first, second] = borrowMany(pool, 2);
    if (state === 'idle') first!.release();
    second!.release();
    clock.advance(1_000);
    transport.opens[0]!.lose();
    clock.advance(100);
    expect(borrowNow(pool).socket.id).toBe(1);
    expect(asked).toBe(1);
  });

  it('each is validated once', () => {
    const { pool, clock, transports, asked } = twoEndpoints();
    transports[0].opens[0]!.lose();
    clock.advance(1);
    for (const lease of borrowMany(pool, 3)) lease.release();
    for (const lease of borrowMany(pool, 3)) lease.release();
    expect(asked).toEqual(['a:1 1']);
  });

  it('what is lent meanwhile is known to be good when it comes back', () => {
    let asked = 0;
    const { pool, transport, clock } = instantLab({ validateAfter: Infinity, validate: () => ++asked > 0 });
    const [, lease] = borrowMany(pool, 2);
    clock.advance(1_000);
    transport.opens[0]!.lose();
    clock.advance(1);
    lease!.release();
    expect(borrowNow(pool).socket.id).toBe(1);
    expect(asked).toBe(0);
  });

  it('a suspect that says no is closed, and the borrower gets another', () => {
    const { pool, transport, clock } = instantLab({ max: 3, validateAfter: Infinity, validate: () => false });
    stockIdle(pool, 3);
    clock.advance(10_000);
    transport.opens[0]!.lose();
    clock.advance(1_000);
    expect(borrowNow(pool).socket.id).toBe(3);
    expect(transport.closes).toHaveLength(2);
  });

  it.each<[string, (pool: FakePool) => void]>([
    ['destroyed', (pool) => borrowNow(pool).destroy()],
    ['detached', (pool) => void borrowNow(pool).detach()],
    ['freed', (pool) => void pool.free(1)],
    ['reset', (pool) => pool.slots[1]!.reset()],
  ])('a connection that was %s makes nobody suspect', (_name, end) => {
    let asked = 0;
    const { pool, clock } = instantLab({ max: 2, validateAfter: Infinity, validate: () => ++asked > 0 });
    stockIdle(pool, 2);
    clock.advance(1_000);
    end(pool);
    clock.advance(1_000);
    borrowNow(pool);
    expect(asked).toBe(0);
  });
});
