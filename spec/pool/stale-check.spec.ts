import { expect, it } from 'vitest';
import { instantLab, record, stockIdle } from './pool-lab.js';

const never = (): Promise<boolean> => new Promise(() => undefined);

it('a check whose connection was lost costs the next one in its slot nothing', () => {
  const { pool, transport, clock } = instantLab({ max: 1, hookTimeout: 1_000, retry: { delay: 1 } });
  transport.validate = never;
  stockIdle(pool, 1);
  clock.advance(10_000);
  const waiter = record(pool.borrow());
  expect(pool.stats.checking).toBe(1);
  transport.last.lose();
  clock.advance(10);
  const { socket } = waiter.only;
  clock.advance(10_000);
  expect(socket.closed).toBe(false);
  expect(pool.stats).toMatchObject({ lent: 1, closed: 0 });
});

it('a check that takes too long has its connection closed by force, as unhealthy', () => {
  const { pool, transport, clock } = instantLab({ max: 1, hookTimeout: 1_000 });
  transport.validate = never;
  const [socket] = stockIdle(pool, 1);
  clock.advance(10_000);
  record(pool.borrow());
  const events = record(pool.events$);
  clock.advance(1_000);
  expect(transport.closes).toMatchObject([{ socket, force: true }]);
  expect(events.values[0]).toMatchObject({ type: 'closed', reason: 'unhealthy' });
});
