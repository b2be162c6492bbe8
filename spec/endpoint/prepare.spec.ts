import { EMPTY, NEVER, of, Subject, take, throwError, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { HookTimeoutError } from '../../src/endpoint/hook-timeout-error.js';
import { transport } from '../../src/endpoint/transport.js';
import { fakeEndpoint } from './fake-endpoint.js';
import type { FakeSocket } from './fake-transport.js';
import { marbles } from './marbles.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('login refused');

describe('prepare', () => {
  it('runs on each socket before it is told of, and its time counts as latency', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('-s', { s: 'socket' });
      const login = cold('--x--|');
      const bytes = cold('-d');
      const target = transport(() => life, { data: () => bytes });
      const connection = endpoint(target, { clock: time, prepare: () => login });

      expectObservable(connection, '^ 9ms !').toBe('a-----bc', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'connected', socket: 'socket', latency: 6, at: 6 },
        c: { type: 'data', data: 'd', at: 7 },
      });
      expectSubscriptions(life.subscriptions).toBe('^---------!');
      expectSubscriptions(login.subscriptions).toBe('-^----!');
      expectSubscriptions(bytes.subscriptions).toBe('------^---!');
    });
  });

  it('that errors makes a failed attempt, and runs anew on the socket of the next', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, time) => {
      const life = cold('-s', { s: 'socket' });
      const login = cold('--#', undefined, REFUSED);
      const connection = endpoint(
        transport(() => life),
        { clock: time, retry: { delay: 10 }, prepare: () => login },
      );

      expectObservable(connection, '^ 16ms !').toBe('a--b 9ms c--d', {
        a: { type: 'connecting', attempt: 1, at: 0 },
        b: { type: 'failed', error: REFUSED, attempt: 1, retryIn: 10, at: 3 },
        c: { type: 'connecting', attempt: 2, at: 13 },
        d: { type: 'failed', error: REFUSED, attempt: 2, retryIn: 10, at: 16 },
      });
      expectSubscriptions(life.subscriptions).toBe(['^--!', '13ms ^--!']);
      expectSubscriptions(login.subscriptions).toBe(['-^-!', '14ms ^-!']);
    });
  });

  it.each<[string, (socket: FakeSocket) => ObservableInput<unknown> | undefined]>([
    ['nothing', () => undefined],
    ['an Observable of values', () => of(1, 2)],
    ['an Observable of none', () => EMPTY],
    ['an array', () => []],
  ])('may return %s: the connection is up at once', (_name, prepare) => {
    const prepared: FakeSocket[] = [];
    const { transport, connection } = fakeEndpoint({
      prepare: (socket) => {
        prepared.push(socket);
        return prepare(socket);
      },
    });
    const events = record(connection);
    const socket = transport.last.accept();

    expect(prepared).toEqual([socket]);
    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it('is given the transport beside the socket, and may read with it', () => {
    const { transport, connection } = fakeEndpoint({
      prepare: (socket, given) => {
        expect(given).toBe(transport);
        return given.data(socket).pipe(take(1));
      },
    });
    const events = record(connection);
    transport.last.accept();
    expect(typesOf(events)).toEqual(['connecting']);
    transport.last.push('welcome');

    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it('may return a promise', async () => {
    const { transport, connection } = fakeEndpoint({ prepare: () => Promise.resolve() });
    const events = record(connection);
    transport.last.accept();
    expect(typesOf(events)).toEqual(['connecting']);
    await Promise.resolve();

    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it.each<[string, () => ObservableInput<unknown>]>([
    [
      'throws',
      () => {
        throw REFUSED;
      },
    ],
    ['errors at once', () => throwError(() => REFUSED)],
    ['rejects', () => Promise.reject(REFUSED)],
  ])('that %s has the socket closed by force, and only then the attempt counts as failed', async (_name, prepare) => {
    const { clock, transport, connection } = fakeEndpoint({ prepare, retry: { delay: 100 } });
    transport.holdCloses = true;
    const events = record(connection);
    const socket = transport.last.accept();
    await Promise.resolve();
    clock.advance(50);
    expect(transport.closes).toMatchObject([{ socket, force: true }]);
    expect(typesOf(events)).toEqual(['connecting']);
    expect(connection.status.state).toBe('connecting');
    transport.closes[0]!.finish();

    expect(events.values.slice(1)).toEqual([
      { type: 'failed', error: REFUSED, attempt: 1, retryIn: 100, at: clock.now() },
    ]);
  });

  it('that returns something else makes a failed attempt', () => {
    const { transport, connection } = fakeEndpoint({ prepare: () => 5 as never });
    const events = record(connection);
    transport.last.accept();

    expect(events.last).toMatchObject({ type: 'failed', error: expect.any(TypeError) as unknown });
    expect(transport.closes).toHaveLength(1);
  });

  it('that hangs costs its connection after hookTimeout, 5 s by default', () => {
    for (const [config, timeout] of [
      [{}, 5_000],
      [{ hookTimeout: 70 }, 70],
    ] as const) {
      const { clock, transport, connection } = fakeEndpoint({ ...config, prepare: () => NEVER });
      const events = record(connection);
      const socket = transport.last.accept();
      clock.advance(timeout - 1);
      expect(transport.closes).toEqual([]);
      clock.advance(1);

      expect(transport.closes).toMatchObject([{ socket, force: true }]);
      const failed = events.last;
      expect(failed).toMatchObject({ type: 'failed', error: { info: { hook: 'prepare', timeout }, retryable: true } });
      expect(failed?.type === 'failed' && failed.error).toBeInstanceOf(HookTimeoutError);
    }
  });

  it('whose socket does not close either waits for that no longer than hookTimeout', () => {
    const { clock, transport, connection } = fakeEndpoint({
      hookTimeout: 70,
      prepare: () => throwError(() => REFUSED),
    });
    transport.holdCloses = true;
    const events = record(connection);
    transport.last.accept();
    clock.advance(69);
    expect(typesOf(events)).toEqual(['connecting']);
    clock.advance(1);

    expect(events.last).toMatchObject({ type: 'failed', error: REFUSED });
    expect(transport.last.unsubscribed).toBe(true);
  });

  it('that was in time leaves no timer behind', () => {
    const login = new Subject<void>();
    const { clock, transport, connection } = fakeEndpoint({ prepare: () => login });
    const events = record(connection);
    transport.last.accept();
    expect(clock.pending).toBe(1);
    login.complete();
    expect(clock.pending).toBe(0);
    clock.advance(10_000);

    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it('stops when the connection is lost meanwhile: a failed attempt with the loss as its error', () => {
    const login = new Subject<void>();
    const lost = new Error('lost while logging in');
    const { clock, transport, connection } = fakeEndpoint({ prepare: () => login, retry: { delay: 100 } });
    const events = record(connection);
    transport.last.accept();
    transport.last.lose(lost);

    expect(events.last).toMatchObject({ type: 'failed', error: lost, attempt: 1, retryIn: 100 });
    expect(login.observed).toBe(false);
    expect(transport.closes).toEqual([]);
    clock.advance(100);
    expect(transport.opens).toHaveLength(2);
  });

  it('keeps its own error when the connection is lost because of the closing', () => {
    const { transport, connection } = fakeEndpoint({ prepare: () => throwError(() => REFUSED) });
    transport.holdCloses = true;
    const events = record(connection);
    transport.last.accept();
    transport.last.lose(new Error('closed'));

    expect(events.last).toMatchObject({ type: 'failed', error: REFUSED });
    expect(typesOf(events)).toEqual(['connecting', 'failed']);
  });

  it('stops at the unsubscribe, and the socket is closed', () => {
    const login = new Subject<void>();
    const { clock, transport, connection } = fakeEndpoint({ prepare: () => login });
    const events = record(connection);
    transport.last.accept();
    events.stop();

    expect(login.observed).toBe(false);
    expect(transport.last.unsubscribed).toBe(true);
    expect(clock.pending).toBe(0);
    expect(connection.status.state).toBe('idle');
  });

  it('may be left while the socket of a refused login is still closing', () => {
    const { clock, transport, connection } = fakeEndpoint({ prepare: () => throwError(() => REFUSED) });
    transport.holdCloses = true;
    const events = record(connection);
    transport.last.accept();
    events.stop();

    expect(transport.last.unsubscribed).toBe(true);
    expect(clock.pending).toBe(0);
    expect(transport.active).toBe(0);
  });

  it('holds its turn: the next attempt waits until the login is through', () => {
    const logins: Subject<void>[] = [];
    const { transport, connection } = fakeEndpoint({
      maxConnecting: 1,
      prepare: () => {
        const login = new Subject<void>();
        logins.push(login);
        return login;
      },
    });
    record(connection);
    record(connection);
    transport.last.accept();
    expect(transport.opens).toHaveLength(1);
    logins[0]!.complete();

    expect(transport.opens).toHaveLength(2);
  });

  it('may change the socket before the transport remembers it', () => {
    const order: string[] = [];
    const { transport, connection } = fakeEndpoint({
      prepare: () => {
        order.push('prepare');
        return undefined;
      },
    });
    transport.remember = () => order.push('remember');
    record(connection, ({ type }) => order.push(type));
    transport.last.accept();

    expect(order).toEqual(['connecting', 'prepare', 'remember', 'connected']);
  });
});
