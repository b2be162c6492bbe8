import { once } from 'node:events';
import { first, retry, timeout, timer } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, type Pool } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { createNetwork, type SimulatedServer, type SimulatedSocket } from '../../src/testing/index.js';
import { inMarbles } from '../pool/pool-lab.js';
import { echo } from './network-lab.js';

function ask(pool: Pool<SimulatedSocket, Buffer>, text: string) {
  return pool.use((socket, lease) => {
    socket.write(`${text}\n`);
    return lease.data$.pipe(lines(), first());
  });
}

describe('a TestScheduler as the clock', () => {
  function marbles(
    test: (
      world: { pool: Pool<SimulatedSocket, Buffer>; server: SimulatedServer },
      helpers: Parameters<Parameters<typeof inMarbles>[0]>[0],
    ) => void,
  ): void {
    inMarbles((helpers, clock) => {
      const network = createNetwork({ clock, latency: 2 });
      const server = network.listen('server:1', echo);
      const pool = createPool(network.tcp('server:1'), { clock, idleTimeout: 50, retry: { delay: 10 } });
      test({ pool, server }, helpers);
    });
  }

  it('puts connecting and asking into frames', () => {
    marbles(({ pool }, { expectObservable }) => {
      expectObservable(ask(pool, 'a')).toBe('--------(a|)');
    });
  });

  it('puts faults into frames', () => {
    marbles(({ pool, server }, { cold, expectObservable }) => {
      const fault = { c: () => server.close(), l: () => server.listen() };
      cold('c 24ms l', fault).subscribe((act) => act());
      expectObservable(ask(pool, 'a')).toBe('36ms (a|)');
    });
  });

  it('is the time of the operators, too', () => {
    marbles(({ pool, server }, { cold, expectObservable }) => {
      const fault = { p: () => server.partition(), h: () => server.heal() };
      cold('-----p----------------h', fault).subscribe((act) => act());
      expectObservable(ask(pool, 'a').pipe(timeout(20))).toBe(
        '20ms #',
        undefined,
        expect.objectContaining({ name: 'TimeoutError' }),
      );
    });
  });
});

describe('the system’s clock', () => {
  it('is the clock where none is given: everything happens in real time', async () => {
    const network = createNetwork();
    const server = network.listen('server:1', echo);
    const before = network.clock.now();
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
    const client = network.connect('server:1');
    await once(client, 'connect');
    client.write('hello');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('hello');
    const errors: unknown[] = [];
    client.on('error', (error: Error) => errors.push(error));
    const closed = new Promise((resolve) => client.on('close', resolve));
    server.reset();
    await closed;
    expect(errors).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    expect(network.sockets.size).toBe(0);
  });

  it('serves a pool from its first connection to its close', async () => {
    const network = createNetwork({ latency: 0 });
    const server = network.listen('server:1', echo);
    const pool = createPool(network.tcp('server:1'), { min: 1 });
    await pool.ready();
    expect(await new Promise((resolve, reject) => ask(pool, 'hello').subscribe({ next: resolve, error: reject }))).toBe(
      'hello',
    );
    expect(await pool.close()).toMatchObject({ closed: 1, destroyed: 0 });
    expect([network.sockets.size, server.sockets.size]).toEqual([0, 0]);
  });

  it('moves as the fake timers of a test runner do, together with the operators', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const network = createNetwork({ latency: 5 });
    const server = network.listen('server:1', echo);
    const pool = createPool(network.tcp('server:1'), { retry: { delay: 100 } });
    server.partition();
    const answers: string[] = [];
    ask(pool, 'hello')
      .pipe(timeout(1_000), retry({ count: 3, delay: () => timer(1_000) }))
      .subscribe((answer) => answers.push(answer));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(answers).toEqual([]);
    server.heal();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(answers).toEqual(['hello']);
    const closed = pool.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(await closed).toMatchObject({ destroyed: 0 });
    expect([network.sockets.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
