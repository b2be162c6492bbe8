import { merge, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, PoolClosedError } from '../../src/index.js';
import { RequestLostError, SendLostError } from '../../src/protocol/index.js';
import { record } from '../pool/pool-lab.js';
import { inOrder, requestLab, type Serve } from './request-lab.js';

/** Resets the connection when it is asked so many times, and answers otherwise. */
function losing(times: number, lose: Serve = (_, socket) => socket.resetAndDestroy()): Serve {
  let left = times;
  return (line, socket) => {
    if (left-- > 0) lose(line, socket);
    else socket.write(`${line}\n`);
  };
}

describe('the loss of a connection', () => {
  it('is told to each request in flight, with whether it had been written', () => {
    const { client, clock, server, pool } = requestLab(inOrder, { serve: () => {}, client: { retries: 0 } });
    const written = [record(client.request('a')), record(client.request('b', { idempotent: true }))];
    clock.advance(5);
    server.reset();
    clock.advance(1);
    for (const { error } of written) {
      expect(error).toBeInstanceOf(RequestLostError);
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).not.toBeInstanceOf(SendLostError);
      expect(error).toMatchObject({
        code: 'RXPOOL_CONNECTION_LOST',
        message: 'connection to server:7 was lost: read ECONNRESET; the request had been written',
        info: { address: 'server:7', written: true, attempts: 1 },
        cause: { code: 'ECONNRESET' },
      });
    }
    expect(pool.stats).toMatchObject({ owned: 0, lost: 1 });
    expect(client.state.inFlight).toBe(0);
  });

  it('is told when the peer ends the stream in good order, at once', () => {
    const { client, clock } = requestLab(inOrder, { serve: (_line, socket) => void socket.end('half an ans') });
    const lost = record(client.request('a'));
    clock.advance(5);
    expect(lost.values).toEqual([]);
    expect(lost.error).toMatchObject({
      info: { written: true },
      message: expect.stringContaining('closed by the peer') as unknown,
    });
  });

  it('does not take the answers that came before it', () => {
    const { client, clock } = requestLab(inOrder, {
      serve: (line, socket) => {
        if (line === 'c') socket.resetAndDestroy();
        else socket.write(`${line}\n`);
      },
    });
    const outcomes = ['a', 'b', 'c', 'd'].map((line) => record(client.request(line)));
    clock.advance(10);
    expect(outcomes.map(({ values, failed }) => [values, failed])).toEqual([
      [['a'], false],
      [['b'], false],
      [[], true],
      [[], true],
    ]);
  });

  it('does not concern a request that is waiting for a connection', () => {
    const { client, clock, server } = requestLab(inOrder);
    server.close();
    const waiting = record(client.request('a'));
    clock.advance(5_000);
    expect(waiting.isOver).toBe(false);
    server.listen();
    clock.advance(2_000);
    expect(waiting.values).toEqual(['a']);
  });

  it('before the end of the turn finds nothing written: all are asked again', () => {
    const { client, clock, asked, pool, sockets } = requestLab(inOrder);
    record(client.request('first'));
    clock.advance(10);
    const answers = record(merge(client.request('a'), client.request('b')));
    // Somebody else who has the socket closes it before the turn is over.
    pool.tryBorrow()!.socket.destroy();
    clock.advance(200);
    expect(answers.values).toEqual(['a', 'b']);
    expect(asked).toEqual(['first', 'a', 'b']);
    expect(sockets).toHaveLength(2);
  });

  it('while whoever asked is told of it may make them ask again, at once', () => {
    const { client, clock } = requestLab(inOrder, { serve: losing(1) });
    const again: unknown[] = [];
    client.request('a').subscribe({
      error: () =>
        client
          .request('b')
          .subscribe({ next: (line) => again.push(line), error: (error: unknown) => again.push(error) }),
    });
    clock.advance(50);
    expect(again).toEqual(['b']);
  });

  it("and the unsubscribing of others within its error do not get into each other's way", () => {
    const { client, clock, server, pool } = requestLab(inOrder, { serve: () => {} });
    const rest = ['b', 'c'].map((line) => client.request(line, { idempotent: line === 'c' }));
    const left: { unsubscribe(): void }[] = [];
    client.request('a').subscribe({ error: () => left.forEach((one) => one.unsubscribe()) });
    left.push(...rest.map((one) => one.subscribe({ error: () => left.push() })));
    clock.advance(5);
    server.reset();
    clock.advance(500);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats).toMatchObject({ leases: 0, owned: 0 });
  });
});

describe('the loss of a connection with requests that are not written yet', () => {
  it('passes over those that are given up within the error of another one', () => {
    const { client, clock, pool, asked } = requestLab(inOrder, { serve: () => {} });
    const left: Subscription[] = [];
    client.request('written').subscribe({ error: () => left.forEach((one) => one.unsubscribe()) });
    clock.advance(10);
    left.push(client.request('a').subscribe(), client.request('b').subscribe());
    pool.tryBorrow()!.socket.destroy();
    clock.advance(500);
    expect(left.map(({ closed }) => closed)).toEqual([true, true]);
    expect(asked).toEqual(['written']);
    expect(client.state.inFlight).toBe(0);
    expect(pool.stats.leases).toBe(0);
  });
});

describe('a retry', () => {
  it('is made on another connection for what is idempotent, after a pause', () => {
    const { client, clock, asked, sockets } = requestLab(inOrder, { serve: losing(2) });
    const answer = record(client.request('a', { idempotent: true }));
    clock.advance(3 + 19);
    expect(asked).toEqual(['a']);
    // 20 ms, and the way there; the endpoint does not wait, since it lost nothing while it was dialled.
    clock.advance(200);
    expect(answer).toMatchObject({ values: ['a'], completed: true });
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(sockets).toHaveLength(3);
  });

  it('is not made for what is not', () => {
    const { client, clock, asked } = requestLab(inOrder, { serve: losing(1) });
    const lost = record(client.request('a'));
    clock.advance(200);
    expect(lost.error).toMatchObject({ info: { written: true, attempts: 1 } });
    expect(asked).toEqual(['a']);
  });

  it('is not made once there was an answer', () => {
    const protocol = { ...inOrder, isLast: (frame: string) => frame === 'end' };
    const { client, clock, asked } = requestLab(protocol, {
      serve: (line, socket) => {
        socket.write(`${line}\n`);
        socket.resetAndDestroy();
      },
    });
    const lost = record(client.request('a', { idempotent: true }));
    clock.advance(500);
    expect(lost).toMatchObject({ values: ['a'], error: { info: { written: true, attempts: 1 } } });
    expect(asked).toEqual(['a']);
  });

  it('is made so many times at most', () => {
    const { client, clock, asked } = requestLab(inOrder, { serve: losing(9), client: { retries: 2 } });
    const lost = record(client.request('a', { idempotent: true }));
    clock.advance(5_000);
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(lost.error).toMatchObject({ info: { attempts: 3 } });
  });

  it('ends with the request', () => {
    const { client, clock, asked } = requestLab(inOrder, { serve: losing(9) });
    const left = record(client.request('a', { idempotent: true }));
    clock.advance(10);
    expect(client.state.inFlight).toBe(1);
    left.subscription.unsubscribe();
    expect(client.state.inFlight).toBe(0);
    clock.advance(5_000);
    expect(asked).toEqual(['a']);
  });

  it('keeps the process alive', () => {
    const { client, clock } = requestLab(inOrder, { serve: losing(1) });
    record(client.request('a', { idempotent: true }));
    clock.advance(10);
    expect(clock.keepsAlive).toBe(true);
  });

  it('stays within a budget: a fifth of what is asked, when all is lost', () => {
    const { client, clock } = requestLab(inOrder, {
      serve: losing(Infinity),
      pool: { retry: { delay: 1 } },
      client: { maxInFlight: 2_000 },
    });
    const outcomes = Array.from({ length: 1_000 }, (_, i) => {
      clock.advance(9);
      return record(client.request(String(i), { idempotent: true }));
    });
    clock.advance(5_000);
    const attempts = outcomes.map(({ error }) => (error instanceof RequestLostError ? error.info.attempts : NaN));
    const retries = attempts.reduce((sum, one) => sum + one - 1, 0);
    expect(retries).toBeGreaterThan(150);
    expect(retries).toBeLessThanOrEqual(200);
  });

  it('is not made without a budget', () => {
    const { client, clock, asked } = requestLab(inOrder, { serve: losing(1), client: { retryBudget: 0 } });
    const lost = record(client.request('a', { idempotent: true }));
    clock.advance(500);
    expect(lost.failed).toBe(true);
    expect(asked).toEqual(['a']);
  });
});

describe('the close of the pool', () => {
  it('lets requests finish, and refuses further ones', async () => {
    const { client, clock, pool } = requestLab(inOrder);
    const answer = record(client.request('a'));
    clock.advance(2.5);
    const closed = pool.close();
    const late = record(client.request('b'));
    expect(late.error).toBeInstanceOf(PoolClosedError);
    await clock.advanceAsync(10);
    expect(answer.values).toEqual(['a']);
    expect(await closed).toMatchObject({ destroyed: 0 });
  });

  it('by force tells each request, which is not retried', async () => {
    const { client, clock, pool, asked } = requestLab(inOrder, { serve: () => {} });
    const lost = record(client.request('a', { idempotent: true }));
    clock.advance(5);
    const closed = pool.close({ borrowed: 'destroy' });
    await clock.advanceAsync(10);
    await closed;
    expect(lost.error).toBeInstanceOf(RequestLostError);
    expect(lost.error).toMatchObject({
      cause: expect.any(PoolClosedError) as unknown,
      info: { written: true, attempts: 1 },
    });
    expect(asked).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });
});
