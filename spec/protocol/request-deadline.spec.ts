import { merge, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcquireTimeoutError } from '../../src/index.js';
import { RequestLostError, RequestTimeoutError } from '../../src/protocol/index.js';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type Serve } from './request-lab.js';

describe('the deadline of a request', () => {
  it('comes without an answer, and says that it had been sent', () => {
    const { client, clock } = requestLab(inOrder, { serve: () => {} });
    const late = record(client.request('a', { timeout: 100 }));
    clock.advance(99.9);
    expect(late.isOver).toBe(false);
    clock.advance(0.1);
    expect(late.error).toBeInstanceOf(RequestTimeoutError);
    expect(late.error).toMatchObject({
      code: 'RXPOOL_REQUEST_TIMEOUT',
      retryable: true,
      info: { pool: expect.any(String) as unknown, timeout: 100, written: true, attempts: 1 },
      message: expect.stringContaining('no answer to what was sent, within 100 ms (attempt 1)') as unknown,
    });
  });

  it('counts the wait for a connection, and says why there is none', () => {
    const { client, clock, server, pool, asked } = requestLab(inOrder);
    server.close();
    const late = record(client.request('a', { timeout: 100 }));
    clock.advance(100);
    expect(late.error).toMatchObject({
      info: { written: false, attempts: 1 },
      message: expect.stringContaining('no connection to send it on') as unknown,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(pool.stats.waiting).toBe(0);
    server.listen();
    clock.advance(5_000);
    expect(asked).toEqual([]);
  });

  it('counts the retries', () => {
    const { client, clock } = requestLab(inOrder, { serve: (_, socket) => socket.resetAndDestroy() });
    const late = record(client.request('a', { timeout: 20, idempotent: true }));
    clock.advance(20);
    expect(late.error).toMatchObject({ info: { written: false, attempts: 2, timeout: 20 } });
    clock.advance(1_000);
    expect(client.state.inFlight).toBe(0);
  });

  it('is 30 s, unless the client or the request says otherwise', () => {
    const { client, clock } = requestLab(inOrder, { serve: () => {} });
    const usual = record(client.request('a'));
    const never = record(client.request('a', { timeout: Infinity }));
    clock.advance(29_999);
    expect(usual.isOver).toBe(false);
    clock.advance(1);
    expect(usual.error).toMatchObject({ info: { timeout: 30_000 } });
    const other = requestLab(inOrder, { serve: () => {}, client: { timeout: 50 } });
    const quick = record(other.client.request('a'));
    other.clock.advance(50);
    expect(quick.error).toMatchObject({ info: { timeout: 50 } });
    expect(never.isOver).toBe(false);
  });

  it('of the pool still stands for the wait', () => {
    const { client, clock, server } = requestLab(inOrder, { pool: { acquireTimeout: 100 } });
    server.close();
    const late = record(client.request('a'));
    clock.advance(100);
    expect(late.error).toBeInstanceOf(AcquireTimeoutError);
  });

  it('of nothing leaves no time', () => {
    const { client, clock, asked } = requestLab(inOrder);
    const late = record(client.request('a', { timeout: 0 }));
    clock.advance(10);
    expect(late.error).toBeInstanceOf(RequestTimeoutError);
    expect(asked).toEqual([]);
  });

  it('of many requests is one timer, which does not keep the process alive and goes with the last of them', () => {
    const { client, clock, pool } = requestLab(inOrder, { pool: { concurrency: 1_000, idleTimeout: Infinity } });
    const answers = record(
      merge(...Array.from({ length: 500 }, (_, i) => client.request(String(i), { timeout: 1_000 + i }))),
    );
    clock.advance(2.5);
    const timers = clock.upcoming.filter(({ at }) => at > clock.now() + 900 && at < clock.now() + 2_000);
    expect(timers).toHaveLength(1);
    expect(timers[0]!.refed).toBe(false);
    clock.advance(10);
    expect(answers.completed).toBe(true);
    expect(clock.upcoming.filter(({ at }) => at < clock.now() + 2_000)).toEqual([]);
    expect(pool.stats.leases).toBe(0);
  });

  it('comes to each in the order of time, whatever the order they were made in', () => {
    const { client, clock } = requestLab(inOrder, { serve: () => {} });
    const order: number[] = [];
    for (const timeout of [300, 100, 200, 100]) {
      client.request('a', { timeout }).subscribe({ error: () => order.push(timeout) });
    }
    clock.advance(250);
    expect(order).toEqual([100, 100, 200]);
    clock.advance(50);
    expect(order).toEqual([100, 100, 200, 300]);
  });
});

describe('a request that is left within the deadline of another one', () => {
  it('keeps its place, though its own has come, too', () => {
    const { client, clock, server, pool } = requestLab(inOrder, { serve: () => {} });
    const left: Subscription[] = [];
    client.request('a', { timeout: 100 }).subscribe({ error: () => left.forEach((one) => one.unsubscribe()) });
    left.push(client.request('b', { timeout: 100 }).subscribe());
    clock.advance(150);
    expect(left[0]!.closed).toBe(true);
    expect(pool.stats).toMatchObject({ owned: 1, leases: 2 });
    for (const socket of server.sockets) socket.write('a\nb\n');
    clock.advance(10);
    expect(pool.stats).toMatchObject({ idle: 1, leases: 0 });
  });
});

describe('an answer that comes too late', () => {
  const serve: Serve = (line, socket) => void held.push(() => void socket.write(`${line}\n`));
  const held: (() => void)[] = [];

  it("is nobody else's", () => {
    held.length = 0;
    const { client, clock, pool } = requestLab(inOrder, { serve });
    const late = record(client.request('late', { timeout: 100 }));
    const patient = record(client.request('patient'));
    clock.advance(200);
    const next = record(client.request('next'));
    clock.advance(5);
    for (const answer of held) answer();
    clock.advance(5);
    expect(late).toMatchObject({ values: [], failed: true });
    expect([patient.values, next.values]).toEqual([['patient'], ['next']]);
    expect(pool.stats).toMatchObject({ leases: 0, opened: 1, idle: 1 });
  });

  it('costs the connection when it does not come for long, and those behind it are asked again if they may be', () => {
    held.length = 0;
    const { client, clock, pool, sockets } = requestLab(inOrder, { serve, client: { lateAfter: 1_000 } });
    const late = record(client.request('late', { timeout: 100 }));
    const once = record(client.request('once'));
    const again = record(client.request('again', { idempotent: true }));
    clock.advance(1_099);
    expect([late.isOver, once.isOver, sockets.length]).toEqual([true, false, 1]);
    clock.advance(50);
    expect(once.error).toBeInstanceOf(RequestLostError);
    expect(once.error).toMatchObject({ info: { written: true }, cause: { code: 'RXPOOL_REQUEST_TIMEOUT' } });
    held.at(-1)!();
    clock.advance(5);
    expect(again.values).toEqual(['again']);
    expect(pool.stats).toMatchObject({ leases: 0, opened: 2 });
    expect(client.state.inFlight).toBe(0);
  });
});

describe('the signal of a request', () => {
  it('that has aborted asks nothing', () => {
    const { client, clock, asked } = requestLab(inOrder);
    const refused = record(client.request('a', { signal: AbortSignal.abort('no') }));
    clock.advance(10);
    expect(refused.error).toBe('no');
    expect(asked).toEqual([]);
  });

  it('ends the wait, the turn and the wait for the answer alike', () => {
    const { client, clock, asked, server } = requestLab(inOrder, { serve: () => {} });
    const ask = (line: string): [AbortController, ReturnType<typeof record>] => {
      const controller = new AbortController();
      return [controller, record(client.request(line, { signal: controller.signal }))];
    };
    const [waits, waiting] = ask('waiting');
    waits.abort('first');
    expect(waiting.error).toBe('first');
    record(client.request('other'));
    clock.advance(5);
    const [turns, turning] = ask('turning');
    turns.abort('second');
    expect(turning.error).toBe('second');
    const [sends, sent] = ask('sent');
    clock.advance(5);
    sends.abort('third');
    expect(sent.error).toBe('third');
    expect(asked).toEqual(['other', 'sent']);
    expect(client.state.inFlight).toBe(2);
    server.reset();
    clock.advance(5);
    expect(client.state.inFlight).toBe(0);
  });

  it('is listened to once, and no longer than it takes', () => {
    const { client, clock } = requestLab(inOrder);
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    signal.addEventListener = () => listeners++;
    signal.removeEventListener = () => listeners--;
    const answers = record(merge(client.request('a', { signal }), client.request('b', { signal })));
    expect(listeners).toBe(1);
    clock.advance(10);
    expect(answers.values).toEqual(['a', 'b']);
    expect(listeners).toBe(0);
  });
});
