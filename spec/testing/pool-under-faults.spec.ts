import { first } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, createPool, type Lease, type Pool } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { record, type Recording } from '../pool/pool-lab.js';
import { codeOf, echo, NetworkLab } from './network-lab.js';

type SimulatedPool = Pool<SimulatedSocket, Buffer>;
type SimulatedLease = Lease<SimulatedSocket, Buffer>;

/** Asks for an echo. */
function ask(pool: SimulatedPool, text: string): Recording<string> {
  return record(
    pool.use((socket, lease) => {
      socket.write(`${text}\n`);
      return lease.data$.pipe(lines(), first());
    }),
  );
}

/** Notes what becomes of the pool's connections. */
function follow(lab: NetworkLab, pool: SimulatedPool): void {
  pool.events$.subscribe((event) => {
    if (event.type === 'failed' || event.type === 'lost') lab.note(`${event.type} ${reasonOf(event.error)}`);
    else if (event.type === 'closed') lab.note(`closed ${event.reason}`);
    else if (['connecting', 'opened', 'drained'].includes(event.type)) lab.note(event.type);
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof ConnectionLostError && error.cause instanceof Error) return reasonOf(error.cause);
  return error instanceof Error ? codeOf(error) : String(error);
}

/** A lease that was there without delay. */
function borrowNow(pool: SimulatedPool): SimulatedLease {
  return record(pool.borrow()).only;
}

/** A pool that has one idle connection, at 100 ms. */
function idlePool(config?: Parameters<NetworkLab['pool']>[1]): { lab: NetworkLab; pool: SimulatedPool } {
  const lab = new NetworkLab();
  lab.network.listen('server:1', echo);
  const pool = lab.pool('server:1', { min: 1, ...config });
  lab.clock.advance(100);
  expect(pool.stats.idle).toBe(1);
  return { lab, pool };
}

describe('a pool over a simulated network', () => {
  it('takes each way its time: to connect, to ask and to answer', () => {
    const lab = new NetworkLab({ latency: 10 });
    lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1');
    follow(lab, pool);
    const answer = ask(pool, 'hello');
    lab.clock.advance(39);
    expect(answer.values).toEqual([]);
    lab.clock.advance(1);
    expect([answer.only, answer.completed]).toEqual(['hello', true]);
    expect(lab.log).toEqual(['0 connecting', '20 opened']);
    expect(pool.stats).toMatchObject({ idle: 1, owned: 1 });
  });

  it('makes its way to an address that comes later, and back to one that has gone', () => {
    const lab = new NetworkLab();
    const pool = lab.pool('late:1', { min: 1, retry: { delay: 1_000, resetAfter: 0 } });
    follow(lab, pool);
    const early = ask(pool, 'is anybody there?');
    lab.clock.advance(2_500);
    expect(lab.taken()).toEqual([
      ...['0 connecting', '2 failed ECONNREFUSED'],
      ...['1002 connecting', '1004 failed ECONNREFUSED'],
      ...['2004 connecting', '2006 failed ECONNREFUSED'],
    ]);
    const server = lab.network.listen('late:1', echo);
    lab.clock.advance(2_500);
    expect(early.only).toBe('is anybody there?');
    expect(lab.taken()).toEqual(['3006 connecting', '3008 opened']);
    server.close();
    server.reset();
    lab.clock.advance(2_500);
    expect([pool.status.state, pool.stats.owned]).toEqual(['down', 0]);
    expect(lab.taken().slice(0, 3)).toEqual(['5001 lost ECONNRESET', '6001 connecting', '6003 failed ECONNREFUSED']);
    server.listen();
    lab.clock.advance(2_500);
    expect(pool.stats.idle).toBe(1);
  });

  it('gives up an attempt that nobody answers after connectTimeout', async () => {
    const lab = new NetworkLab();
    lab.network.listen('hole:1', echo, { accept: () => 'ignore' });
    lab.network.listen('away:1', echo).partition();
    lab.network.listen('dead:1', echo).crash();
    for (const address of ['hole:1', 'away:1', 'dead:1']) {
      const pool = lab.pool(address, { retry: { count: 0 } }, { connectTimeout: 500 });
      follow(lab, pool);
      const start = lab.clock.now();
      const lease = record(pool.borrow());
      lab.clock.advance(1_000);
      expect(lab.taken()).toEqual([`${start} connecting`, `${start + 500} failed RXPOOL_CONNECT_TIMEOUT`]);
      expect(lease.error).toMatchObject({ code: 'RXPOOL_RETRIES_EXHAUSTED' });
      void pool.close();
      await lab.clock.advanceAsync(0);
      lab.taken();
    }
    expect([lab.network.sockets.size, lab.clock.pending]).toEqual([0, 0]);
  });

  it('connects within 10 s unless told otherwise', () => {
    const lab = new NetworkLab();
    lab.network.listen('slow:1', echo, { acceptDelay: 9_000 });
    lab.network.listen('slower:1', echo, { acceptDelay: 11_000 });
    const slow = record(lab.pool('slow:1').borrow());
    const pool = lab.pool('slower:1', { retry: { count: 0 } });
    const slower = record(pool.borrow());
    lab.clock.advance(20_000);
    expect([slow.values.length, slower.failed]).toEqual([1, true]);
  });

  it('tells the borrower of a reset in the middle of an answer, and asks again on another connection', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', (socket) => {
      socket.on('data', () => socket.write('half an ans'));
    });
    const pool = lab.pool('server:1', { max: 1 });
    const answer = ask(pool, 'hello');
    lab.clock.advance(10);
    expect(answer.isOver).toBe(false);
    server.reset();
    lab.clock.advance(10);
    expect(answer.error).toBeInstanceOf(ConnectionLostError);
    expect(reasonOf(answer.error)).toBe('ECONNRESET');
    const again = record(pool.borrow());
    lab.clock.advance(1_000);
    expect(again.only.socket.readyState).toBe('open');
  });

  it('is left half-open by a crash, and is told once the server is back and hears from it', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { min: 1 });
    lab.clock.advance(100);
    const lease = borrowNow(pool);
    const lost = record(lease.lost$);
    server.crash();
    lease.socket.write('hello?\n');
    lab.clock.advance(3_600_000);
    expect([lost.isOver, lease.socket.readyState]).toEqual([false, 'open']);
    server.listen();
    lab.clock.advance(10);
    expect(reasonOf(lost.only)).toBe('ECONNRESET');
  });

  it('goes on over another address when one is gone', () => {
    const lab = new NetworkLab();
    const one = lab.network.listen('one:1', echo);
    const other = lab.network.listen('other:1', echo);
    const { clock, network } = lab;
    const pool = createPool([network.tcp('one:1'), network.tcp('other:1')], { clock, minPerEndpoint: 1 });
    clock.advance(100);
    expect([one.sockets.size, other.sockets.size]).toEqual([1, 1]);
    one.close();
    one.reset();
    clock.advance(100);
    const lease = borrowNow(pool);
    expect([lease.endpoint.address, lease.socket.remoteAddress, lease.socket.remotePort]).toEqual([
      'other:1',
      'other',
      1,
    ]);
    expect(pool.status.state).toBe('degraded');
  });
});

describe('an idle connection', () => {
  it('is dropped, not lent, when the server has said something that nobody has asked for', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { max: 1 });
    follow(lab, pool);
    expect(ask(pool, 'hello').isOver).toBe(false);
    lab.clock.advance(100);
    const [idle] = lab.network.sockets;
    [...server.sockets][0]!.write('by the way');
    lab.clock.advance(10);
    expect(pool.tryBorrow()).toBeUndefined();
    const lease = record(pool.borrow());
    lab.clock.advance(10);
    expect(lease.only.socket).not.toBe(idle);
    expect(idle!.destroyed).toBe(true);
    expect(lab.log).toContain('110 closed unhealthy');
  });

  it('is dropped when the server ends it or resets it', () => {
    for (const act of ['end', 'resetAndDestroy'] as const) {
      const lab = new NetworkLab();
      const server = lab.network.listen('server:1', echo);
      const pool = lab.pool('server:1');
      ask(pool, 'hello');
      lab.clock.advance(100);
      follow(lab, pool);
      [...server.sockets][0]![act]();
      lab.clock.advance(10_000);
      expect(lab.log[0]).toMatch(/^101 lost/);
      expect([pool.stats.owned, lab.network.sockets.size, server.sockets.size]).toEqual([0, 0, 0]);
    }
  });

  it('would not keep a process alive, and does while it is lent', () => {
    const { lab, pool } = idlePool();
    const [socket] = lab.network.sockets;
    expect([socket!.hasRef(), lab.clock.keepsAlive]).toEqual([false, false]);
    const lease = borrowNow(pool);
    expect(socket!.hasRef()).toBe(true);
    lease.release();
    lab.clock.advance(0);
    expect(socket!.hasRef()).toBe(false);
  });
});

describe('closing', () => {
  it('leaves nothing: no socket at either end, and nothing on the clock', async () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { min: 3 });
    const lease = record(pool.borrow());
    lab.clock.advance(100);
    lease.only.socket.write('hello');
    const closed = pool.close();
    await lab.clock.advanceAsync(50);
    expect(lab.network.sockets.size).toBe(1);
    lease.only.release();
    await lab.clock.advanceAsync(50);
    expect(await closed).toEqual({ closed: 3, destroyed: 0, left: 0 });
    expect([lab.network.sockets.size, server.sockets.size, lab.clock.pending]).toEqual([0, 0, 0]);
  });

  it('in good order takes the way there and back, with a server that ends in its turn', async () => {
    const { lab, pool } = idlePool();
    follow(lab, pool);
    void pool.close();
    await lab.clock.advanceAsync(10);
    expect(lab.log).toEqual(['102 closed shutdown', '102 drained']);
  });

  it('destroys after closeTimeout what does not end: a server that does not read does not hear of the end', async () => {
    for (const [options, at] of [
      [{}, 1_100],
      [{ closeTimeout: 50 }, 150],
    ] as const) {
      const lab = new NetworkLab();
      const server = lab.network.listen('server:1');
      const pool = lab.pool('server:1', { min: 1 }, options);
      lab.clock.advance(50);
      // What is unread stands before the end.
      [...lab.network.sockets][0]!.write('nobody reads this');
      lab.clock.advance(50);
      follow(lab, pool);
      void pool.close();
      await lab.clock.advanceAsync(5_000);
      expect(lab.log).toEqual([`${at} closed shutdown`, `${at} drained`]);
      expect(lab.network.sockets.size).toBe(0);
      expect(server.sockets.size).toBe(1);
    }
  });

  it('takes no way at all where it destroys', async () => {
    const { lab, pool } = idlePool({ max: 1 });
    const lease = borrowNow(pool);
    const lost = record(lease.lost$);
    follow(lab, pool);
    void pool.close({ borrowed: 'destroy' });
    await lab.clock.advanceAsync(10);
    expect(lost.isOver).toBe(true);
    expect(lab.log).toEqual(['100 closed destroyed', '100 drained']);
  });

  it('gives up what is still connecting', async () => {
    const lab = new NetworkLab();
    lab.network.listen('server:1', echo, { acceptDelay: 5_000 });
    const pool = lab.pool('server:1', { min: 2 });
    lab.clock.advance(1_000);
    expect(lab.network.sockets.size).toBe(2);
    void pool.close();
    await lab.clock.advanceAsync(10_000);
    expect([lab.network.sockets.size, lab.clock.pending, pool.stats.owned]).toEqual([0, 0, 0]);
  });

  it('sends what is written before the end', async () => {
    const lab = new NetworkLab();
    let heard = '';
    lab.network.listen(
      'server:1',
      (socket) => {
        socket.on('data', (data: Buffer) => (heard += data.toString()));
      },
      { window: 100, segment: 10 },
    );
    const pool = lab.pool('server:1', { min: 1 });
    lab.clock.advance(100);
    const text = 'x'.repeat(1_000);
    const lease = borrowNow(pool);
    lease.socket.write(text);
    lease.release();
    void pool.close();
    await lab.clock.advanceAsync(1_000);
    expect(heard).toBe(text);
  });
});
