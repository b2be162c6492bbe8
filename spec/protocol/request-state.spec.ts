import { describe, expect, it } from 'vitest';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type Serve } from './request-lab.js';

describe('state$', () => {
  it('emits at once, and dials nothing', () => {
    const { client, clock, pool } = requestLab(inOrder);
    expect(record(client.state$).only).toEqual({ ...pool.status, inFlight: 0 });
    clock.advance(100);
    expect(pool.stats.owned).toBe(0);
  });

  it('tells how the pool is, and how many requests are under way, once a turn', () => {
    let lines = '';
    const serve: Serve = (line, socket) => {
      lines += `${line}\n`;
      if (line === '49') socket.write(lines);
    };
    const { client, clock } = requestLab(inOrder, { serve });
    const states = record(client.state$);
    for (let i = 0; i < 50; i++) record(client.request(String(i)));
    expect(client.state).toMatchObject({ inFlight: 50 });
    clock.advance(10);
    const seen = states.values.map(({ state, inFlight }) => `${state} ${inFlight}`);
    expect(seen).toEqual(['idle 0', 'connecting 1', 'connecting 50', 'up 50', 'up 0']);
  });

  it('never errors, and completes with the pool', async () => {
    const { client, clock, server, pool } = requestLab(inOrder);
    server.close();
    const states = record(client.state$);
    record(client.request('a', { timeout: 100 }));
    clock.advance(5_000);
    expect(states.values.at(-1)).toMatchObject({ state: 'down', inFlight: 0, error: { code: 'ECONNREFUSED' } });
    void pool.close();
    await clock.advanceAsync(100);
    expect(states.values.at(-1)).toMatchObject({ state: 'closed' });
    expect(states).toMatchObject({ completed: true, failed: false });
  });
});
