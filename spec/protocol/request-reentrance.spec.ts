import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type Serve } from './request-lab.js';

const losing: Serve = (_, socket) => socket.resetAndDestroy();

describe('a request that is left within an event of the pool', () => {
  it.each<[event: string, serve: Serve | undefined, line: string]>([
    ['borrowed', undefined, 'a'],
    ['released', undefined, 'a'],
    ['released', undefined, 'refused'],
    ['lost', losing, 'a'],
    ['closed', losing, 'a'],
  ])('%s is counted out once', (event, serve, line) => {
    const encode = (text: string): string => {
      if (text === 'refused') throw new Error(text);
      return `${text}\n`;
    };
    const { client, clock, pool } = requestLab({ ...inOrder, encode }, serve && { serve });
    const left: { unsubscribe(): void }[] = [];
    const seen: string[] = [];
    pool.events$.subscribe(({ type }) => {
      seen.push(type);
      if (type === event) left.forEach((one) => one.unsubscribe());
    });
    for (const idempotent of [false, true]) {
      left.push(client.request(line, { idempotent }).subscribe({ error: () => {} }));
    }
    clock.advance(500);
    expect(seen).toContain(event === 'closed' ? 'lost' : event);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats).toMatchObject({ leases: 0, waiting: 0 });
    const next = record(client.request('next', { timeout: 1_000 }));
    expect(client.state.inFlight).toBe(1);
    clock.advance(2_000);
    expect(next.isOver).toBe(true);
  });
});

describe('the async context of whoever asked', () => {
  const context = new AsyncLocalStorage<string>();

  it('is that of the answer and of the error, if the pool is told to keep it', () => {
    const { client, clock } = requestLab(inOrder, { pool: { asyncContext: () => AsyncLocalStorage.snapshot() } });
    const seen: (string | undefined)[] = [];
    const note = (): void => void seen.push(context.getStore());
    record(client.request('first'));
    clock.advance(10);
    for (const line of ['a', '!b', 'c']) {
      context.run(line, () => client.request(line).subscribe({ next: note, error: note }));
    }
    clock.advance(10);
    expect(seen).toEqual(['a', '!b', 'c']);
  });
});
