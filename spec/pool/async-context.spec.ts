import { AsyncLocalStorage } from 'node:async_hooks';
import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { instantLab, borrowNow, handLab, afterPromises, type FakeLease, type Lab } from './pool-lab.js';

const request = new AsyncLocalStorage<string>();
const asyncContext = (): (<T>(fn: () => T) => T) => AsyncLocalStorage.snapshot();

/** A pool with one connection, which is lent. */
function busyLab(): Lab & { readonly lease: FakeLease; readonly seen: string[] } {
  const lab = instantLab({ max: 1, concurrency: 1, asyncContext });
  return { ...lab, lease: borrowNow(lab.pool), seen: [] };
}

const here = (): string => request.getStore() ?? 'none';

describe('asyncContext', () => {
  it('takes AsyncLocalStorage.snapshot as it is', () => {
    const { pool } = instantLab({ max: 1, asyncContext: AsyncLocalStorage.snapshot });
    const lease = borrowNow(pool);
    const seen: string[] = [];
    request.run('mine', () => pool.borrow().subscribe(() => seen.push(here())));
    request.run('other', () => {
      lease.release();
    });
    expect(seen).toEqual(['mine']);
  });

  it('is seen by each of those who wait, in every face, and not by those after them', async () => {
    const { pool, lease, seen } = busyLab();
    const note = (face: string) => (one: FakeLease) => {
      seen.push(`${face} ${here()}`);
      one.release();
    };
    request.run('1', () => pool.borrow().subscribe(note('borrow')));
    request.run('2', () => pool.available$.pipe(take(1)).subscribe(note('available$')));
    request.run('3', () => pool.use(() => [seen.push(`use ${here()}`)]).subscribe(() => seen.push(`value ${here()}`)));
    const acquired = request.run('4', () => pool.acquire().then(note('acquire')));
    request.run('releaser', () => {
      lease.release();
    });
    await acquired;
    expect(seen).toEqual(['borrow 1', 'available$ 2', 'use 3', 'value 3', 'acquire 4']);
    expect(here()).toBe('none');
  });

  it('is seen by a worker with each of its leases', () => {
    const { pool, clock, lease, seen } = busyLab();
    const leases: FakeLease[] = [];
    request.run('worker', () =>
      pool.available$.subscribe((one) => {
        seen.push(here());
        leases.push(one);
      }),
    );
    request.run('releaser', () => {
      lease.release();
    });
    // Found at once, in the stack of whoever ends the lease.
    clock.advance(10);
    request.run('somebody', () => {
      leases[0]!.release();
    });
    clock.advance(10);
    // Found later, after somebody else.
    pool.borrow({ priority: 1 }).subscribe((one) => {
      request.run('yet another', () => {
        one.release();
      });
    });
    request.run('stranger', () => {
      leases[1]!.release();
    });
    clock.advance(10);
    expect(seen).toEqual(['worker', 'worker', 'worker']);
  });

  it('is seen in errors: a timeout, an abort, the close of the pool, a failed endpoint', () => {
    const { pool, clock, seen } = busyLab();
    const stop = new AbortController();
    const ask = (name: string, config: object): void => {
      request.run(name, () =>
        pool.borrow(config).subscribe({
          error: () => {
            seen.push(`${name} ${here()}`);
          },
        }),
      );
    };
    ask('timeout', { timeout: 10 });
    ask('abort', { signal: stop.signal });
    ask('close', {});
    request.run('clock', () => {
      clock.advance(10);
    });
    request.run('aborter', () => {
      stop.abort();
    });
    request.run('closer', () => void pool.close({ borrowed: 'leave' }));
    expect(seen).toEqual(['timeout timeout', 'abort abort', 'close close']);
    const failing = handLab({ failFast: true, asyncContext });
    request.run('unavailable', () =>
      failing.pool.borrow().subscribe({
        error: () => {
          seen.push(here());
        },
      }),
    );
    request.run('network', () => {
      failing.transport.last.refuse();
    });
    expect(seen.at(-1)).toBe('unavailable');
  });

  it('is seen when an allocated socket comes later', () => {
    const { pool, transport } = handLab({ concurrency: Infinity, asyncContext });
    const seen: string[] = [];
    request.run('mine', () => pool.allocate().subscribe(() => seen.push(here())));
    request.run('network', () => {
      transport.last.accept();
    });
    expect(seen).toEqual(['mine']);
  });

  it('is taken anew for each subscription', () => {
    const { pool, lease, seen } = busyLab();
    const borrow = pool.borrow({ timeout: 1_000 });
    for (const name of ['one', 'two']) {
      request.run(name, () =>
        borrow.subscribe((one) => {
          seen.push(here());
          one.release();
        }),
      );
    }
    lease.release();
    expect(seen).toEqual(['one', 'two']);
  });

  it('costs nothing where nobody has to wait', () => {
    let taken = 0;
    const { pool } = instantLab({
      asyncContext: () => {
        taken++;
        return (fn) => fn();
      },
    });
    borrowNow(pool).release();
    const before = taken;
    borrowNow(pool).release();
    expect(taken).toBe(before);
  });

  it('is not kept without the option', async () => {
    const { pool } = instantLab({ max: 1 });
    const lease = borrowNow(pool);
    const seen: string[] = [];
    request.run('mine', () => pool.borrow().subscribe(() => seen.push(here())));
    request.run('releaser', () => {
      lease.release();
    });
    await afterPromises();
    expect(seen).toEqual(['releaser']);
  });
});

describe('asyncContext beyond the grant', () => {
  it('is seen by each reader of a socket that is dialled by somebody else', () => {
    const { pool, transport, seen } = { ...instantLab({ max: 1, asyncContext }), seen: [] as string[] };
    for (const name of ['one', 'two']) {
      request.run(name, () => pool.use((_, lease) => lease.data$.pipe(take(1))).subscribe(() => seen.push(here())));
      request.run('the socket', () => {
        transport.last.push(name);
      });
    }
    expect(seen).toEqual(['one', 'two']);
  });

  it('is seen by those who hear of the loss, and of the end of what is read', () => {
    const { pool, transport, seen } = { ...instantLab({ max: 2, asyncContext }), seen: [] as string[] };
    const note = (what: string) => (): void => {
      seen.push(`${what} ${here()}`);
    };
    request.run('mine', () => {
      pool.use((_, lease) => lease.data$).subscribe({ error: note('use') });
    });
    const using = transport.last;
    const lease = request.run('mine', () => {
      const one = borrowNow(pool);
      one.data$.subscribe({ error: note('data$') });
      one.lost$.subscribe(note('lost$'));
      return one;
    });
    request.run('the socket', () => {
      using.lose(new Error('reset'));
      transport.last.lose(new Error('reset'));
    });
    expect(lease.isOver).toBe(true);
    expect(seen).toEqual(['use mine', 'data$ mine', 'lost$ mine']);
  });
});
