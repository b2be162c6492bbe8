import { describe, expect, it } from 'vitest';
import { handLab, instantLab, record, reportOf, stockIdle } from './pool-lab.js';

describe('borrowers that leave while a connection is looked at for them', () => {
  it('leave that connection idle, and no loan is counted', () => {
    const { pool, transport, clock } = instantLab({ max: 2 });
    transport.validate = ({ id }) => (id === 1 ? new Promise<boolean>(() => undefined) : true);
    stockIdle(pool, 2);
    clock.advance(1_000);
    const { borrowed } = pool.stats;
    const leave = new AbortController();
    const first = record(pool.borrow({ signal: leave.signal }));
    expect(pool.stats).toMatchObject({ checking: 1, idle: 1, waiting: 1 });
    transport.usable = () => {
      leave.abort();
      return true;
    };
    const second = record(pool.borrow({ signal: leave.signal }));
    expect([first.failed, second.failed]).toEqual([true, true]);
    expect(pool.stats).toMatchObject({ checking: 1, idle: 1, waiting: 0, lent: 0, borrowed });
    transport.usable = () => true;
    expect(pool.tryBorrow()?.socket.id).toBe(0);
  });
});

describe('a pool that is closed by whoever sees it begin to dial', () => {
  it('does not dial, and gives its turn back', async () => {
    const { pool, transport } = handLab({ maxConnecting: 1 });
    let report: ReturnType<typeof pool.close> | undefined;
    const [only] = pool.endpoints;
    only!.endpoint.status$.subscribe(({ state }) => {
      if (state === 'connecting') report ??= pool.close();
    });
    const waiter = record(pool.borrow());
    expect(waiter.error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
    expect(transport.opens).toHaveLength(0);
    expect(only!.endpoint.status.state).toBe('idle');
    expect(await reportOf(report!)).toEqual({ closed: 0, destroyed: 0, left: 0 });
    record(only!.endpoint);
    expect(transport.opens).toHaveLength(1);
  });
});
