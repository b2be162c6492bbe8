import { describe, expect, it } from 'vitest';
import type { ConnectionHandler, PoolConfig } from '../../src/index.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { unhandledDuring } from '../endpoint/unhandled.js';
import { borrowMany, borrowNow, handLab, instantLab, record, type Lab } from './pool-lab.js';

interface Told {
  /** What the handlers have been told, with the slot it is about. */
  readonly log: string[];
  /** The slots for which a handler was made. */
  readonly made: number[];
}

/** A handler for each slot that notes what it is told. */
function noted(): Told & { readonly handler: (slot: number) => ConnectionHandler<FakeSocket, string> } {
  const log: string[] = [];
  const made: number[] = [];
  const handler = (slot: number): ConnectionHandler<FakeSocket, string> => {
    made.push(slot);
    return {
      onConnect: ({ id }) => log.push(`${slot} connect ${id}`),
      onReconnect: ({ id }) => log.push(`${slot} reconnect ${id}`),
      onReset: () => log.push(`${slot} reset`),
      onData: (data) => log.push(`${slot} data ${data}`),
    };
  };
  return { log, made, handler };
}

function slotLab(config: PoolConfig<FakeSocket> = {}): Lab & Told {
  const { handler, ...told } = noted();
  return {
    ...instantLab({ ...config, handler: handler }),
    ...told,
  };
}

describe('the handler of a slot', () => {
  it('is made once for each slot, with its index, and is found there', () => {
    const { pool, made } = slotLab({ max: 3 });
    expect(made).toEqual([]);
    for (const lease of borrowMany(pool, 3)) lease.destroy();
    borrowMany(pool, 3);
    expect(made).toEqual([0, 1, 2]);
    const handlers = pool.slots.map(({ handler }) => handler);
    expect(new Set(handlers).size).toBe(3);
    expect(handlers[0]!.onData).toBeTypeOf('function');
  });

  it('hears of the first connection and of each later one, and of each close in between', () => {
    const { pool, log, clock, transport } = slotLab({ max: 1 });
    borrowNow(pool).destroy();
    borrowNow(pool);
    transport.last.lose(new Error('reset by peer'));
    record(pool.borrow());
    clock.advance(10_000);
    expect(log).toEqual(['0 connect 0', '0 reset', '0 reconnect 1', '0 reset', '0 reconnect 2']);
  });

  it('is told why a connection was lost, and of a close of ours', () => {
    const errors: unknown[] = [];
    const { pool, transport, clock } = instantLab({
      max: 1,
      handler: () => ({ onReset: (error) => errors.push(error) }),
    });
    borrowNow(pool);
    const loss = new Error('reset by peer');
    transport.last.lose(loss);
    const next = record(pool.borrow());
    clock.advance(10_000);
    next.only.release();
    clock.advance(30_000);
    expect(pool.stats).toMatchObject({ owned: 0, lost: 1, closed: 1 });
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatchObject({ message: 'reset by peer' });
  });

  it.each([false, true])('is told once of a close that takes its time, or none (held: %s)', (holdCloses) => {
    const { pool, log, transport } = slotLab({ max: 1 });
    transport.holdCloses = holdCloses;
    borrowNow(pool).destroy();
    expect(log).toEqual(holdCloses ? ['0 connect 0'] : ['0 connect 0', '0 reset']);
    if (holdCloses) transport.closes[0]!.finish();
    expect(log).toEqual(['0 connect 0', '0 reset']);
  });

  it('hears all that arrives, while idle, while lent and beside the borrower, until the close', () => {
    const { pool, log, transport } = slotLab({ max: 1, onIdleData: 'keep' });
    const lease = borrowNow(pool);
    const read = record(lease.data$);
    const { last } = transport;
    last.push('lent');
    lease.release();
    last.push('idle');
    const again = borrowNow(pool);
    last.push('lent again');
    again.destroy();
    last.push('closed');
    expect(read.values).toEqual(['lent']);
    expect(log).toEqual(['0 connect 0', '0 data lent', '0 data idle', '0 data lent again', '0 reset']);
  });

  it('hears each slot for itself', () => {
    const { pool, log, transport } = slotLab({ max: 2 });
    borrowMany(pool, 2);
    transport.opens[1]!.push('b');
    transport.opens[0]!.push('a');
    expect(log.slice(2)).toEqual(['1 data b', '0 data a']);
  });

  it('reads nothing unless it asks for what arrives', () => {
    const { pool, transport } = instantLab({ handler: () => ({ onConnect: () => undefined }) });
    borrowNow(pool);
    expect(transport.reads).toBe(0);
  });

  it('stops reading when the connection has closed', () => {
    const { pool, transport } = slotLab({ max: 1 });
    borrowNow(pool).destroy();
    expect(transport.reading).toBe(0);
    borrowNow(pool);
    expect(transport.reading).toBe(1);
  });

  it('stops reading when an attempt comes to nothing after all', () => {
    const transport = fakeTransport();
    transport.remember = () => {
      throw new Error('not this one');
    };
    const { pool } = instantLab({ max: 1, handler: noted().handler }, transport);
    record(pool.borrow());
    expect(transport.reading).toBe(0);
  });

  it('is not told of attempts that fail', () => {
    const { handler, log } = noted();
    const { pool, transport } = handLab({ handler: handler });
    record(pool.borrow());
    transport.last.refuse();
    expect(log).toEqual([]);
  });

  it('hears of the connection before anybody borrows it', () => {
    const order: string[] = [];
    const { pool, transport } = handLab({ handler: () => ({ onConnect: () => order.push('connect') }) });
    pool.borrow().subscribe(() => order.push('lease'));
    transport.last.accept();
    expect(order).toEqual(['connect', 'lease']);
  });

  it('hears the reset before the slot has its next connection', () => {
    const { pool, log } = slotLab({ max: 1 });
    const lease = borrowNow(pool);
    record(pool.borrow());
    lease.destroy();
    expect(log).toEqual(['0 connect 0', '0 reset', '0 reconnect 1']);
  });

  it('hears nothing more of a detached connection, which is not the slot’s any longer', () => {
    const { pool, log, transport } = slotLab({ max: 1 });
    borrowNow(pool).detach();
    const [first] = transport.opens;
    borrowNow(pool);
    const before = [...log];
    first!.push('not for the slot');
    first!.lose();
    expect(log).toEqual(before);
    expect(log.at(-1)).toBe('0 reconnect 1');
  });

  it('is told of everything at the close of the pool', async () => {
    const { pool, log } = slotLab({ max: 2 });
    const [one] = borrowMany(pool, 2);
    one!.release();
    await pool.close({ borrowed: 'destroy' });
    expect(log.slice(2).sort()).toEqual(['0 reset', '1 reset']);
  });

  it('that throws harms nobody', async () => {
    const { pool, transport } = handLab({
      handler: () => ({
        onConnect: () => {
          throw new Error('in the handler');
        },
      }),
    });
    const waits = record(pool.borrow());
    const errors = await unhandledDuring(1, () => transport.last.accept());
    expect(errors).toMatchObject([{ message: 'in the handler' }]);
    expect(waits.values).toHaveLength(1);
  });

  it('that cannot be made costs the attempt, and says so', () => {
    const { pool, transport } = handLab({
      failFast: true,
      handler: () => {
        throw new Error('no handler');
      },
    });
    const waits = record(pool.borrow());
    const socket = transport.last.accept();
    expect(waits.error).toMatchObject({ cause: { message: 'no handler' } });
    expect(socket.closed).toBe(true);
    expect(pool.stats.owned).toBe(0);
  });

  it('that closes the pool from inside onConnect gets what it asked for', async () => {
    const lab = handLab({
      handler: () => ({
        onConnect: () => {
          void lab.pool.close();
        },
      }),
    });
    const waits = record(lab.pool.borrow());
    const socket = lab.transport.last.accept();
    await lab.pool.close();
    expect(waits.error).toMatchObject({ name: 'PoolClosedError' });
    expect(socket.closed).toBe(true);
    expect(lab.pool.stats.owned).toBe(0);
  });

  it('that resets its slot from inside onConnect gets what it asked for', () => {
    let connects = 0;
    const lab = handLab({
      max: 1,
      handler: (slot) => ({
        onConnect: () => {
          if (connects++ === 0) lab.pool.slots[slot]!.reset();
        },
      }),
    });
    const waits = record(lab.pool.borrow());
    const first = lab.transport.last.accept();
    lab.clock.advance(10_000);
    expect(first.closed).toBe(true);
    expect(lab.transport.opens).toHaveLength(2);
    lab.transport.last.accept();
    expect(waits.values).toHaveLength(1);
    expect(lab.pool.stats).toMatchObject({ lent: 1, owned: 1, connecting: 0, closing: 0 });
  });
});
