import { describe, expect, it } from 'vitest';
import { borrowMany, borrowNow, instantLab, reportOf, stockIdle } from './pool-lab.js';

describe('a second close()', () => {
  it('gets the same report', async () => {
    const { pool } = instantLab();
    stockIdle(pool, 1);
    const [first, second] = [pool.close(), pool.close()];
    expect(await first).toBe(await second);
    expect(await pool.close()).toBe(await first);
  });

  it('may shorten the wait, and may not lengthen it', async () => {
    const { pool, clock } = instantLab();
    const lease = borrowNow(pool);
    void pool.close({ timeout: 1_000 });
    void pool.close({ timeout: 5_000 });
    void pool.close({ timeout: 200 });
    void pool.close({ timeout: 900 });
    clock.advance(199);
    expect(lease.socket.closed).toBe(false);
    clock.advance(1);
    expect(pool.stats).toMatchObject({ owned: 0, destroyed: 1 });
  });

  it('may destroy what the first waits for, and closes by force what the first closes in good order', async () => {
    const { pool, transport } = instantLab();
    transport.holdCloses = true;
    const [lease, idle] = borrowMany(pool, 2);
    const { socket } = lease!;
    idle!.release();
    const report = pool.close();
    void pool.close({ borrowed: 'destroy' });
    expect(transport.closes.map(({ socket: { id }, force }) => [id, force])).toEqual([
      [1, false],
      [1, true],
      [0, true],
    ]);
    for (const close of [...transport.closes]) close.finish();
    expect(await reportOf(report)).toEqual({ closed: 1, destroyed: 1, left: 0 });
    expect(socket.closed).toBe(true);
  });

  it('may leave to the borrower what the first waits for', async () => {
    const { pool, clock } = instantLab();
    const lease = borrowNow(pool);
    const report = pool.close();
    void pool.close({ borrowed: 'leave' });
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: 0, left: 1 });
    clock.advance(60_000);
    expect(lease.socket.closed).toBe(false);
  });
});
