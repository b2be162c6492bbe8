import { EMPTY, NEVER, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Answer, PoolConfig } from '../../src/index.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { afterPromises, borrowNow, instantLab, record, stockIdle } from './pool-lab.js';

type Validate = (socket: FakeSocket) => Answer;

const yes: [string, Validate][] = [
  ['true', () => true],
  ['a promise of true', async () => true],
  ['an Observable of true', () => of(true)],
  ['an Observable that says true and goes on', () => new Observable((subscriber) => subscriber.next(true))],
  ['an Observable whose first word is true', () => of(true, false)],
];

const no: [string, Validate][] = [
  ['false', () => false],
  ['a promise of false', async () => false],
  ['an Observable whose first word is false', () => of(false, true)],
  ['an Observable that ends without a word', () => EMPTY],
  ['an Observable that errors', () => throwError(() => new Error('ping'))],
  ['a rejected promise', async () => Promise.reject(new Error('ping'))],
  ['nothing', () => undefined as unknown as boolean],
  ['a truthy text', () => 'yes' as unknown as boolean],
  ['a promise of a number', async () => 1 as unknown as boolean],
];

describe("the pool's validate", () => {
  it.each(yes)('lends the connection on %s', async (_name, validate) => {
    const { pool, transport, clock } = instantLab({ max: 1, validate });
    const [idle] = stockIdle(pool, 1);
    clock.advance(501);
    const borrower = record(pool.borrow());
    await afterPromises();
    expect(borrower.only.socket).toBe(idle);
    expect(transport.closes).toEqual([]);
  });

  it.each(no)('replaces the connection on %s', async (_name, validate) => {
    const { pool, clock } = instantLab({ max: 1, validate });
    const [idle] = stockIdle(pool, 1);
    const events = record(pool.events$);
    clock.advance(501);
    const borrower = record(pool.borrow());
    await afterPromises();
    expect([idle!.closed, borrower.only.socket === idle]).toEqual([true, false]);
    expect(events.values).toContainEqual(expect.objectContaining({ type: 'closed', reason: 'unhealthy' }));
  });

  it('is given the socket and its transport, once a check', () => {
    const asked: unknown[][] = [];
    const { pool, transport, clock } = instantLab({ max: 1, validate: (...given) => asked.push(given) > 0 });
    const [idle] = stockIdle(pool, 1);
    clock.advance(501);
    borrowNow(pool);
    expect(asked).toEqual([[idle, transport]]);
    expect(asked[0]?.[1]).toBe(transport);
  });

  it("replaces the transport's", () => {
    const transport = fakeTransport();
    let asked = 0;
    transport.validate = () => ++asked < 0;
    const { pool, clock } = instantLab({ max: 1, validate: () => true }, transport);
    const [idle] = stockIdle(pool, 1);
    clock.advance(501);
    expect(borrowNow(pool).socket).toBe(idle);
    expect(asked).toBe(0);
  });

  it("leaves the transport's in place where there is none", () => {
    const transport = fakeTransport();
    transport.validate = () => false;
    const { pool, clock } = instantLab({ max: 1 }, transport);
    const [idle] = stockIdle(pool, 1);
    clock.advance(501);
    expect(borrowNow(pool).socket).not.toBe(idle);
  });

  it.each<[string, PoolConfig['validateAfter'], number, boolean]>([
    ['500 ms by default: not yet', undefined, 500, false],
    ['500 ms by default', undefined, 501, true],
    ['any time with 0: not within the same', 0, 0, false],
    ['any time with 0', 0, 1, true],
    ['as long as it says: not yet', 10_000, 10_000, false],
    ['as long as it says', 10_000, 10_001, true],
    ['never with Infinity', Infinity, 29_000, false],
  ])('is asked after %s', (_name, validateAfter, rest, isAsked) => {
    let asked = 0;
    const validate = (): boolean => ++asked > 0;
    const { pool, clock } = instantLab({ max: 1, validate, ...(validateAfter !== undefined && { validateAfter }) });
    stockIdle(pool, 1);
    clock.advance(rest);
    borrowNow(pool);
    expect(asked).toBe(isAsked ? 1 : 0);
  });

  it('is not asked again within validateAfter of its last yes', () => {
    let asked = 0;
    const { pool, clock } = instantLab({ max: 1, validate: () => ++asked > 0, validateAfter: 1_000 });
    stockIdle(pool, 1);
    clock.advance(1_001);
    record(pool.use(() => EMPTY));
    clock.advance(1_000);
    record(pool.use(() => EMPTY));
    expect(asked).toBe(1);
  });

  it('is not asked of a new connection', () => {
    let asked = 0;
    const { pool } = instantLab({ max: 1, validate: () => ++asked > 0, validateAfter: 0 });
    borrowNow(pool);
    expect(asked).toBe(0);
  });

  it.each([1, 200, 60_000])('has hookTimeout, here %i ms', (hookTimeout) => {
    const { pool, transport, clock } = instantLab({ max: 1, validate: () => NEVER, hookTimeout });
    stockIdle(pool, 1);
    clock.advance(501);
    const borrower = record(pool.borrow({ timeout: Infinity }));
    clock.advance(hookTimeout - 1);
    expect([borrower.values.length, pool.stats.checking]).toEqual([0, 1]);
    clock.advance(1);
    expect(borrower.only.socket.id).toBe(1);
    expect(transport.closes).toMatchObject([{ force: true }]);
  });

  it('counts against the time of the borrower, who does not have to wait for it', () => {
    const { pool, clock } = instantLab({ max: 1, validate: () => NEVER, hookTimeout: 1_000 });
    stockIdle(pool, 1);
    clock.advance(501);
    const borrower = record(pool.borrow({ timeout: 10 }));
    clock.advance(10);
    expect(borrower.error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT', info: { checking: 1 } });
    clock.advance(990);
    expect(pool.stats).toMatchObject({ checking: 0, owned: 0 });
  });

  it('says no of each idle connection in turn, until one is dialled', () => {
    const { pool, transport, clock } = instantLab({ max: 4, validate: () => false });
    stockIdle(pool, 3);
    clock.advance(501);
    expect(borrowNow(pool).socket.id).toBe(3);
    expect(transport.closes).toHaveLength(3);
    expect(pool.stats).toMatchObject({ lent: 1, owned: 1 });
  });

  it.each(['tryBorrow', 'acquire', 'borrow', 'use', 'available$'] as const)('comes before a grant by %s', (face) => {
    let asked = 0;
    const { pool, clock } = instantLab({ max: 1, validate: () => ++asked > 0 });
    stockIdle(pool, 1);
    clock.advance(501);
    if (face === 'tryBorrow') pool.tryBorrow();
    else if (face === 'acquire') void pool.acquire();
    else if (face === 'use') record(pool.use(() => NEVER));
    else record(face === 'borrow' ? pool.borrow() : pool.available$);
    expect([asked, pool.stats.lent]).toEqual([1, 1]);
  });
});
