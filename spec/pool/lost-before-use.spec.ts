import { NEVER } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { instantLab, record, stockIdle } from './pool-lab.js';

it('a use never runs its project on a connection that was lost while its loan was told', () => {
  const { pool, transport } = instantLab();
  stockIdle(pool, 1);
  pool.events$.subscribe(({ type }) => {
    if (type === 'borrowed') transport.last.lose();
  });
  const project = vi.fn(() => NEVER);
  expect(record(pool.use(project)).error).toBeInstanceOf(ConnectionLostError);
  expect(project).not.toHaveBeenCalled();
});
