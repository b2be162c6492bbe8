import { EMPTY, NEVER, of, retry, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, createPool, PoolClosedError, transport, type UseConfig } from '../../src/index.js';
import { afterPromises, borrowNow, handLab, inMarbles, instantLab, record } from './pool-lab.js';

describe('use()', () => {
  it('borrows at each subscribe, relays what the project emits and completes with it', () => {
    inMarbles(({ cold, expectObservable, expectSubscriptions }, clock) => {
      const socket = cold('--s');
      const answer = cold('   --a--b|');
      const pool = createPool(
        transport(() => socket),
        { clock, max: 1 },
      );
      const answers = pool.use(() => answer);
      expectObservable(answers, '-^').toBe('-----a--b|');
      expectObservable(answers, '--^').toBe('-----------a--b|');
      expectSubscriptions(answer.subscriptions).toBe(['---^-----!', '---------^-----!']);
      expectSubscriptions(socket.subscriptions).toBe('-^ 30000ms 13ms !');
    });
  });

  it('runs the project once, with the socket and its lease', () => {
    const { pool } = instantLab();
    const calls: unknown[][] = [];
    record(
      pool.use((socket, lease) => {
        calls.push([socket, lease.socket]);
        return EMPTY;
      }),
    );
    expect(calls).toHaveLength(1);
    expect(calls[0]![0]).toBe(calls[0]![1]);
  });

  it('releases before it completes, so that the next use in the completion finds the socket idle', () => {
    const { pool, transport: network } = instantLab();
    let idle: number | undefined;
    pool.use(() => EMPTY).subscribe({ complete: () => (idle = pool.stats.idle) });
    expect(idle).toBe(1);
    expect(network.opens).toHaveLength(1);
  });

  it('destroys the socket before it errors, and passes the error on', () => {
    const { pool, transport: network } = instantLab();
    const error = new Error('no such key');
    let open: number | undefined;
    pool.use(() => throwError(() => error)).subscribe({ error: () => (open = pool.stats.owned) });
    expect(open).toBe(0);
    const used = record(pool.use(() => throwError(() => error)));
    expect(used.error).toBe(error);
    expect(network.closes.map(({ force }) => force)).toEqual([true, true]);
    expect(pool.stats).toMatchObject({ destroyed: 2, released: 0 });
  });

  it('destroys the socket where the project itself throws', () => {
    const { pool } = instantLab();
    const error = new TypeError('not today');
    const used = record(
      pool.use(() => {
        throw error;
      }),
    );
    expect(used.error).toBe(error);
    expect(pool.stats).toMatchObject({ destroyed: 1, lent: 0 });
  });

  it('destroys the socket where the project returns nothing that can be subscribed', () => {
    const { pool } = instantLab();
    const used = record(pool.use(() => undefined as never));
    expect(used.error).toBeInstanceOf(TypeError);
    expect(pool.stats).toMatchObject({ destroyed: 1, lent: 0 });
  });

  it('takes a promise', async () => {
    const { pool } = instantLab();
    const used = record(pool.use(async (socket) => `answer from ${socket.id}`));
    expect(pool.stats.lent).toBe(1);
    await afterPromises();
    expect(used).toMatchObject({ values: ['answer from 0'], completed: true });
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('destroys the socket where a promise rejects', async () => {
    const { pool } = instantLab();
    const used = record(pool.use(() => Promise.reject(new Error('no'))));
    await afterPromises();
    expect(used.error).toEqual(new Error('no'));
    expect(pool.stats).toMatchObject({ destroyed: 1 });
  });

  it('takes an async iterable and an array', async () => {
    const { pool } = instantLab();
    async function* rows(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    const fromIterable = record(pool.use(rows));
    const fromArray = record(pool.use(() => ['x', 'y']));
    expect(fromArray).toMatchObject({ values: ['x', 'y'], completed: true });
    await afterPromises();
    expect(fromIterable).toMatchObject({ values: [1, 2], completed: true });
    expect(pool.stats).toMatchObject({ released: 2, destroyed: 0 });
  });

  it('errors with ConnectionLostError when the socket is lost before the project ends, and stops the project', () => {
    const { pool, transport: network } = instantLab();
    const answer = new Subject<string>();
    const used = record(pool.use(() => answer));
    answer.next('half');
    const cause = new Error('reset by peer');
    network.last.lose(cause);
    expect(used.values).toEqual(['half']);
    expect(used.error).toBeInstanceOf(ConnectionLostError);
    expect(used.error).toMatchObject({ cause, info: { address: 'fake:1' } });
    expect(answer.observed).toBe(false);
    expect(pool.stats).toMatchObject({ lent: 0, lostLent: 1, destroyed: 0, released: 0 });
  });

  it('is not touched by a loss after its end', () => {
    const { pool, transport: network } = instantLab();
    const used = record(pool.use(() => of(1)));
    network.last.lose();
    expect(used).toMatchObject({ completed: true, failed: false });
  });

  it('borrows anew for each retry around it', () => {
    const { pool, transport: network } = instantLab();
    const sockets: number[] = [];
    const used = record(
      pool
        .use((socket) => {
          sockets.push(socket.id);
          return sockets.length < 3 ? throwError(() => new Error('again')) : of('done');
        })
        .pipe(retry(5)),
    );
    expect(used).toMatchObject({ values: ['done'], completed: true });
    expect(sockets).toEqual([0, 1, 2]);
    expect(network.active).toBe(1);
  });

  it('leaves the queue when it is unsubscribed there, and its project never runs', () => {
    const { pool } = instantLab({ max: 1 });
    const held = borrowNow(pool);
    let runs = 0;
    const used = record(pool.use(() => ((runs += 1), NEVER)));
    used.subscription.unsubscribe();
    expect(pool.stats.waiting).toBe(0);
    held.release();
    expect(runs).toBe(0);
    expect(pool.stats.idle).toBe(1);
  });

  it('waits no longer than its timeout, and the time of the project does not count', () => {
    const { pool, clock, transport: network } = handLab();
    const late = record(pool.use(() => NEVER, { timeout: 10 }));
    clock.advance(10);
    expect(late.error).toMatchObject({ code: 'RXPOOL_ACQUIRE_TIMEOUT' });
    network.last.accept();
    const slow = record(pool.use(() => NEVER, { timeout: 10 }));
    clock.advance(1_000);
    expect(slow.isOver).toBe(false);
  });

  it('ends its wait with its signal, and nothing but the wait', () => {
    const { pool, transport: network } = handLab();
    const controller = new AbortController();
    const waiting = record(pool.use(() => NEVER, { signal: controller.signal }));
    controller.abort('enough');
    expect(waiting.error).toBe('enough');
    network.last.accept();
    const second = new AbortController();
    const running = record(pool.use(() => NEVER, { signal: second.signal }));
    second.abort();
    expect(running.isOver).toBe(false);
    expect(pool.stats.lent).toBe(1);
  });

  it('errors with PoolClosedError after the close', async () => {
    const { pool } = instantLab();
    await pool.close();
    expect(record(pool.use(() => EMPTY)).error).toBeInstanceOf(PoolClosedError);
  });

  it('leaves alone a lease that the project has ended itself', () => {
    const { pool } = instantLab();
    const detached: unknown[] = [];
    const used = record(
      pool.use((_socket, lease) => {
        detached.push(lease.detach());
        return of(1);
      }),
    );
    expect(used).toMatchObject({ values: [1], completed: true });
    expect(pool.stats).toMatchObject({ detached: 1, released: 0, owned: 0 });
  });

  it.each<[unknown, Record<string, unknown>, string]>([
    ['no function', {}, 'use: project must be a function of (socket, lease)'],
    [() => EMPTY, { reuse: true }, 'use: reuse must be a function, got true'],
    [
      () => EMPTY,
      { retries: 3 },
      'use: unknown option retries; known are timeout, signal, priority, endpoint, key, label, reuse',
    ],
  ])('refuses %s with %j at the call', (project, config, message) => {
    const { pool } = instantLab();
    const call = (): unknown => pool.use(project as () => typeof EMPTY, config);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});

describe('reuse', () => {
  it('is asked about an error, and true releases the socket', () => {
    const { pool, transport: network } = instantLab();
    const outcomes: unknown[] = [];
    const error = new Error('no such key');
    const reuse: UseConfig['reuse'] = (outcome) => {
      outcomes.push(outcome);
      return true;
    };
    const used = record(pool.use(() => throwError(() => error), { reuse }));
    expect(used.error).toBe(error);
    expect(outcomes).toEqual([{ type: 'error', error }]);
    expect(network.closes).toEqual([]);
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('is asked about an unsubscribe, and true releases the socket', () => {
    const { pool } = instantLab();
    const outcomes: unknown[] = [];
    const used = record(pool.use(() => NEVER, { reuse: (outcome) => outcomes.push(outcome) > 0 }));
    used.subscription.unsubscribe();
    expect(outcomes).toEqual([{ type: 'unsubscribed' }]);
    expect(pool.stats).toMatchObject({ idle: 1, released: 1 });
  });

  it('destroys the socket where it says false, or throws', () => {
    const { pool } = instantLab();
    const unsure: UseConfig['reuse'] = () => {
      throw new Error('how should I know');
    };
    const error = new Error('the real one');
    expect(record(pool.use(() => throwError(() => error), { reuse: () => false })).error).toBe(error);
    expect(record(pool.use(() => throwError(() => error), { reuse: unsure })).error).toBe(error);
    const left = record(pool.use(() => NEVER, { reuse: unsure }));
    expect(() => left.subscription.unsubscribe()).not.toThrow();
    expect(pool.stats).toMatchObject({ destroyed: 3, released: 0 });
  });

  it('is not asked where the project completes, nor where the connection is lost', () => {
    const { pool, transport: network } = instantLab();
    let asked = 0;
    const reuse = (): boolean => ++asked > 0;
    record(pool.use(() => of(1), { reuse }));
    record(pool.use(() => NEVER, { reuse }));
    network.last.lose();
    expect(asked).toBe(0);
  });
});
