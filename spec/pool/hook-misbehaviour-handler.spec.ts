import { EMPTY, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConnectionHandler } from '../../src/index.js';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import { unhandledDuring } from '../endpoint/unhandled.js';
import { afterPromises, borrowNow, instantLab, record, reportOf, stockIdle, type Lab } from './pool-lab.js';

type Handler = ConnectionHandler<FakeSocket, string>;
type Call = 'the factory' | 'onConnect' | 'onReconnect' | 'onReset' | 'onData';

const CALLS: readonly Call[] = ['the factory', 'onConnect', 'onReconnect', 'onReset', 'onData'];
const MAX = 2;

/** A pool whose handler acts at one of its calls, the first time only. */
function labWith(call: Call, act: (lab: Lab) => void): Lab {
  let hasActed = false;
  const at = (here: Call): void => {
    if (hasActed || here !== call) return;
    hasActed = true;
    act(lab);
  };
  const lab: Lab = instantLab({
    max: MAX,
    handler: (): Handler => {
      at('the factory');
      return {
        onConnect: () => at('onConnect'),
        onReconnect: () => at('onReconnect'),
        onReset: () => at('onReset'),
        onData: () => at('onData'),
      };
    },
  });
  return lab;
}

/** Brings about every call there is. */
async function provoke({ pool, transport, clock }: Lab): Promise<void> {
  record(pool.borrow()).values[0]?.release();
  await clock.advanceAsync(60_000);
  record(pool.borrow()).values[0]?.release();
  await clock.advanceAsync(10_000);
  transport.last.push('hello');
  transport.last.lose();
  await clock.advanceAsync(60_000);
  record(pool.borrow()).values[0]?.release();
  await clock.advanceAsync(0);
}

function expectNoLostSlot({ pool, transport, clock }: Lab): void {
  const leases = Array.from({ length: MAX }, () => record(pool.borrow()));
  // An endpoint that has lost a connection is dialled slowly at first.
  clock.advance(20_000);
  expect(new Set(leases.map(({ only }) => only.socket)).size).toBe(MAX);
  expect(pool.stats).toMatchObject({ lent: MAX, owned: MAX, checking: 0, closing: 0, waiting: 0 });
  expect(transport.active).toBe(MAX);
}

describe('a handler', () => {
  it('whose factory throws costs an attempt, which is made again', () => {
    let made = 0;
    const { pool, transport, clock } = instantLab({
      max: MAX,
      handler: () => {
        if (++made === 1) throw new Error('handler');
        return {};
      },
    });
    const borrower = record(pool.borrow());
    expect(borrower.values).toEqual([]);
    expect(transport.opens[0]!.socket!.closed).toBe(true);
    clock.advance(1_000);
    expect(borrower.only.socket.id).toBe(1);
    expect(pool.stats).toMatchObject({ failed: 1, opened: 1, owned: 1 });
  });

  it.each([undefined, null, 7, { onConnect: 'yes' }])('that is %j costs an attempt, too', (nonsense) => {
    let made = 0;
    const { pool, clock } = instantLab({
      max: MAX,
      handler: () => (++made === 1 ? (nonsense as unknown as Handler) : {}),
    });
    const borrower = record(pool.borrow());
    clock.advance(1_000);
    const isTaken = nonsense === 7;
    expect([borrower.values.length, pool.stats.failed]).toEqual([1, isTaken ? 0 : 1]);
  });

  it.each(CALLS.slice(1))(
    'that throws in %s is reported as any subscriber that throws, and stops nothing',
    async (call) => {
      const thrown = new Error('handler');
      const lab = labWith(call, () => {
        throw thrown;
      });
      let provoked: Promise<void> | undefined;
      const errors = await unhandledDuring(1, () => {
        provoked = provoke(lab);
      });
      await provoked;
      expect(errors).toEqual([thrown]);
      expectNoLostSlot(lab);
    },
  );

  describe.each(CALLS)('that acts in %s', (call) => {
    it.each<[string, (lab: Lab) => unknown]>([
      ['borrows and gives back', ({ pool }) => record(pool.use(() => EMPTY))],
      ['borrows and gives up', ({ pool }) => record(pool.use(() => NEVER)).subscription.unsubscribe()],
      ['makes the pool smaller', ({ pool }) => pool.resize({ max: 1 })],
      ['retires all', ({ pool }) => pool.retire()],
      ['frees what is idle', ({ pool }) => pool.free()],
      ['resets all', ({ pool }) => pool.slots.forEach((slot) => slot.reset())],
      ['resets all by force', ({ pool }) => pool.slots.forEach((slot) => slot.reset({ force: true }))],
    ])('may call back into the pool: it %s', async (_name, act) => {
      let acted = 0;
      const lab = labWith(call, (inside) => {
        acted++;
        act(inside);
      });
      await provoke(lab);
      expect(acted).toBe(1);
      lab.pool.resize({ max: MAX });
      await lab.clock.advanceAsync(60_000);
      expectNoLostSlot(lab);
      expect(lab.pool.endpoints[0]!.status.state).toBe('up');
    });

    it.each([true, false])('may close the pool, also where closes take time: %s', async (holdCloses) => {
      let report: ReturnType<Lab['pool']['close']> | undefined;
      const lab = labWith(call, ({ pool }) => {
        report = pool.close();
      });
      lab.transport.holdCloses = holdCloses;
      const { pool, transport, clock } = lab;
      for (const one of [1, 2, 3]) {
        const borrower = record(pool.borrow());
        borrower.values[0]?.release();
        await clock.advanceAsync(10_000);
        transport.last.push('hello');
        if (one < 3 && report === undefined) transport.last.lose();
        await clock.advanceAsync(10_000);
      }
      for (const close of transport.closes) close.finish();
      expect(await reportOf(report!)).toMatchObject({ destroyed: 0, left: 0 });
      expect(pool.stats).toMatchObject({ owned: 0, connecting: 0, closing: 0 });
      expect([transport.active, clock.pending]).toEqual([0, 0]);
    });
  });

  it.each<[string, (pool: Lab['pool']) => void]>([
    ['retires all', (pool) => pool.retire()],
    ['resets its slot', (pool) => pool.slots[0]!.reset()],
    ['closes its slot', (pool) => pool.slots[0]!.close()],
  ])('that %s as it hears of a connection has this one closed, and not lent', (_name, act) => {
    let hasActed = false;
    const lab = instantLab({
      max: MAX,
      handler: () => ({
        onConnect: () => {
          if (!hasActed) act(lab.pool);
          hasActed = true;
        },
      }),
    });
    const borrower = record(lab.pool.borrow());
    expect(borrower.only.socket.id).toBe(1);
    expect(lab.transport.opens[0]!.socket!.closed).toBe(true);
    expect(lab.pool.stats).toMatchObject({ lent: 1, owned: 1, closed: 1 });
  });

  it.each([true, false])('whose factory gives the attempt up leaves the endpoint as it was: %s', (holdCloses) => {
    let hasActed = false;
    const lab = instantLab({
      max: 1,
      handler: () => {
        if (!hasActed) void lab.pool.close();
        hasActed = true;
        return {};
      },
    });
    lab.transport.holdCloses = holdCloses;
    record(lab.pool.borrow());
    lab.transport.closes[0]!.finish();
    expect(lab.transport.closes).toHaveLength(1);
    expect(lab.pool.stats).toMatchObject({ opened: 0, owned: 0 });
    expect(lab.pool.endpoints[0]!.status.state).toBe('idle');
  });

  it('hears once of each end, after the pool has dealt with it', async () => {
    const seen: unknown[] = [];
    const lab = instantLab({
      max: 1,
      handler: () => ({
        onConnect: (socket) => seen.push(`connect ${socket.id}`),
        onReset: () => seen.push(`reset, ${lab.pool.stats.owned} owned`),
        onReconnect: (socket) => seen.push(`reconnect ${socket.id}`),
      }),
    });
    const { pool, transport, clock } = lab;
    stockIdle(pool, 1);
    clock.advance(10_000);
    transport.last.lose();
    const destroyed = record(pool.borrow());
    clock.advance(10_000);
    destroyed.only.destroy();
    borrowNow(pool);
    await pool.close({ borrowed: 'destroy' });
    expect(seen).toEqual([
      'connect 0',
      'reset, 0 owned',
      'reconnect 1',
      'reset, 0 owned',
      'reconnect 2',
      'reset, 0 owned',
    ]);
  });

  it('hears of a reset before the connection that comes after it, also where a borrower waits for that', () => {
    const seen: string[] = [];
    const { pool, transport, clock } = instantLab({
      max: 1,
      handler: () => ({
        onConnect: (socket) => seen.push(`connect ${socket.id}`),
        onReset: () => seen.push('reset'),
        onReconnect: (socket) => seen.push(`reconnect ${socket.id}`),
      }),
    });
    const lease = borrowNow(pool);
    record(pool.borrow());
    clock.advance(10_000);
    lease.destroy();
    expect(seen).toEqual(['connect 0', 'reset', 'reconnect 1']);
    expect(transport.opens).toHaveLength(2);
  });

  it('no longer reads a connection that is lost', () => {
    const { pool, transport } = instantLab({ handler: () => ({ onData: () => undefined }) });
    stockIdle(pool, 1);
    expect(transport.reading).toBe(1);
    transport.last.lose();
    expect(transport.reading).toBe(0);
  });

  it('that rejects is not waited for', async () => {
    const unheard: unknown[] = [];
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => unheard.push(error));
    const rejecting: () => unknown = async () => Promise.reject(new Error('handler'));
    const handler: Handler = { onConnect: rejecting };
    const lab = instantLab({ max: MAX, handler: () => handler });
    borrowNow(lab.pool).release();
    expectNoLostSlot(lab);
    await afterPromises();
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
    expect(unheard).toHaveLength(MAX);
  });
});
