import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { handLab } from './pool-lab.js';

it('acquire listens to its signal while it waits, and no longer', async () => {
  const { pool, transport } = handLab();
  const { signal } = new AbortController();
  const lease = pool.acquire({ signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  transport.last.accept();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);

  expect((await lease).socket).toBe(transport.last.socket);
});
