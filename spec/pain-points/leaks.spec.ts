import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { UnavailableError, type PoolEvent } from '../../src/index.js';
import { record } from '../pool/pool-lab.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { createWorld, type SimulatedPool } from './world.js';

/** Gathers the leaks that a pool tells of. */
function leaksOf(pool: SimulatedPool): PoolEvent[] {
  const leaks: PoolEvent[] = [];
  pool.events$.subscribe((event) => {
    if (event.type === 'leaked') leaks.push(event);
  });
  return leaks;
}

/** In a function of its own, so that nothing of the lease is left on the stack. */
function forget(pool: SimulatedPool): void {
  pool.borrow({ label: 'forgetful' }).subscribe();
}

describe('pain points of other pools', () => {
  it('2: whoever would rather fail has to wait, while nothing answers', () => {
    const { clock, server, pool } = createWorld({ failFast: true });
    server.close();
    const [waits, comes] = [record(pool.borrow()), (): ReturnType<typeof record> => record(pool.borrow())];
    clock.advance(2);
    for (const { error } of [waits, comes()]) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect((error as UnavailableError).cause).toMatchObject({ code: 'ECONNREFUSED' });
    }
    server.listen();
    clock.advance(60_000);
    const lease = comes();
    clock.advance(10);
    expect(lease.values).toHaveLength(1);
  });

  it('10: a lease that is dropped without a release takes its slot with it', async () => {
    const { clock, pool } = createWorld({ max: 1 });
    const leaks = leaksOf(pool);
    const leak = firstValueFrom(pool.events$.pipe(filter(({ type }) => type === 'leaked')));
    forget(pool);
    clock.advance(120_000);
    await collectGarbage();
    // Finalizers run in a later turn of the event loop.
    await leak;
    expect(leaks).toMatchObject([{ reason: 'collected', label: 'forgetful', endpoint: 'server:1', slot: 0 }]);
    const next = record(pool.borrow());
    clock.advance(1_000);
    expect(next.values).toHaveLength(1);
  });

  it('11: nobody finds out who has not given back', () => {
    const { clock, pool } = createWorld({ max: 2, leakAfter: 1_000 });
    const leaks = leaksOf(pool);
    const held = record(pool.borrow({ label: 'report of the day' }));
    const short = record(pool.borrow());
    clock.advance(500);
    short.only.release();
    expect(leaks).toEqual([]);
    clock.advance(10_000);
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toMatchObject({ reason: 'held', label: 'report of the day', endpoint: 'server:1' });
    expect(leaks[0]).toMatchObject({ stack: expect.stringContaining('leaks.spec') as unknown });
    expect(held.only.socket.readyState).toBe('open');
  });

  it('10: a timeout does not tell who has all the connections', () => {
    const { clock, pool } = createWorld({ max: 2, leakAfter: 60_000 });
    const outer = ['one', 'other'].map((label) => record(pool.borrow({ label })));
    clock.advance(10);
    // Each holds one connection and waits for a second one.
    const inner = outer.map(() => record(pool.borrow({ timeout: 1_000 })));
    clock.advance(1_000);
    for (const { error } of inner) {
      const stack = expect.stringContaining('leaks.spec') as unknown;
      expect(error).toMatchObject({
        info: {
          holders: [
            { label: 'one', stack },
            { label: 'other', stack },
          ],
        },
      });
      expect(String(error)).toContain('one has server:1 #0 for');
    }
  });
});
