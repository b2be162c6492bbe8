import { describe, expect, it } from 'vitest';
import { RetriesExhaustedError } from '../../src/endpoint/retries-exhausted-error.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('refused');
const LOST = new Error('lost');

describe('retry.count', () => {
  it.each([0, 1, 3])(
    'allows %i retries after the first attempt, then gives up with the last error as its cause',
    (count) => {
      const { clock, transport, connection } = fakeEndpoint({ retry: { count, delay: 10 } });
      transport.onOpen = (attempt) => attempt.refuse(new Error(`refused ${attempt.id}`));
      const events = record(connection);
      clock.advance(1_000);

      expect(transport.opens).toHaveLength(count + 1);
      expect(events.errors).toHaveLength(1);
      const [error] = events.errors;
      expect(error).toBeInstanceOf(RetriesExhaustedError);
      expect(error).toMatchObject({
        name: 'RetriesExhaustedError',
        code: 'RXPOOL_RETRIES_EXHAUSTED',
        retryable: false,
        info: { address: 'fake:1', failures: count + 1 },
        cause: new Error(`refused ${count}`),
      });
    },
  );

  it('counts the loss of a connection that has not lived resetAfter as a failure', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 1, delay: 10 } });
    const events = record(connection);
    transport.last.accept();
    transport.last.lose(LOST);
    clock.advance(10);
    transport.last.accept();
    transport.last.lose(LOST);

    expect(typesOf(events)).toEqual(['connecting', 'connected', 'reset', 'connecting', 'reconnected', 'reset']);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: LOST }]);
  });

  it('is for ever by default', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
    transport.onOpen = (attempt) => attempt.refuse();
    const events = record(connection);
    clock.advance(5_000);

    expect(transport.opens).toHaveLength(501);
    expect(events.errors).toEqual([]);
  });

  it('belongs to the endpoint: all who wait get the same error, and a later subscriber gets it without a dial', () => {
    const { transport, connection } = fakeEndpoint({ maxConnecting: 1, retry: { count: 0 } });
    const [dialling, waiting] = [record(connection), record(connection)];
    transport.last.refuse(REFUSED);
    const later = record(connection);

    expect(dialling.errors).toHaveLength(1);
    expect(waiting.errors).toEqual(dialling.errors);
    expect(later.errors).toEqual(dialling.errors);
    expect(later.values).toEqual([]);
    expect(transport.opens).toHaveLength(1);
  });

  it('leaves alone a connection that is up when the endpoint gives up', () => {
    const { transport, connection } = fakeEndpoint({ retry: { count: 0 } });
    const [up, other] = [record(connection), record(connection)];
    transport.opens[0]!.accept();
    transport.opens[1]!.refuse(REFUSED);
    transport.opens[0]!.push('still here');

    expect(other.errors).toHaveLength(1);
    expect(up.errors).toEqual([]);
    expect(up.last).toMatchObject({ type: 'data', data: 'still here' });
    expect(connection.status.state).toBe('failed');
  });
});

describe('retryNow()', () => {
  it('ends a delay', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 60_000 } });
    record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(500);
    expect(transport.opens).toHaveLength(1);
    connection.retryNow();

    expect(transport.opens).toHaveLength(2);
  });

  it('ends a delay of Infinity, which nothing else ends', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: Infinity } });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(1e9);
    expect(transport.opens).toHaveLength(1);
    expect(events.last).toEqual({ type: 'failed', error: REFUSED, attempt: 1, at: 1_000_000 });
    connection.retryNow();

    expect(transport.opens).toHaveLength(2);
  });

  it('revives an endpoint that has given up, with all its retries', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 1, delay: 10 } });
    transport.onOpen = (attempt) => attempt.refuse(REFUSED);
    record(connection);
    clock.advance(10);
    expect(connection.status.state).toBe('failed');
    connection.retryNow();
    const events = record(connection);
    expect(events.errors).toEqual([]);
    clock.advance(100);

    expect(transport.opens).toHaveLength(4);
    expect(events.errors).toMatchObject([{ info: { failures: 2 } }]);
  });

  it('does nothing to an endpoint that is up, idle or connecting', () => {
    const { clock, transport, connection } = fakeEndpoint();
    connection.retryNow();
    const events = record(connection);
    connection.retryNow();
    transport.last.accept();
    connection.retryNow();
    clock.advance(1_000);

    expect(transport.opens).toHaveLength(1);
    expect(typesOf(events)).toEqual(['connecting', 'connected']);
  });

  it('starts no second attempt beside a probe', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
    record(connection);
    record(connection);
    transport.opens[0]!.refuse(REFUSED);
    transport.opens[1]!.refuse(REFUSED);
    clock.advance(10);
    expect(transport.active).toBe(1);
    connection.retryNow();
    clock.advance(1_000);

    expect(transport.active).toBe(1);
  });
});

describe('retry.shouldRetry', () => {
  it('is asked about each error and gives up at once on false', () => {
    const asked: unknown[] = [];
    const { clock, transport, connection } = fakeEndpoint({
      retry: { delay: 10, shouldRetry: (error) => asked.push(error) < 2 },
    });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(10);
    transport.last.accept();
    transport.last.lose(LOST);

    expect(asked).toEqual([REFUSED, LOST]);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: LOST, info: { failures: 2 } }]);
  });

  it('that throws gives up, and harms nobody else', () => {
    const { transport, connection } = fakeEndpoint({
      retry: {
        shouldRetry: () => {
          throw new Error('thrown by shouldRetry');
        },
      },
    });
    const [failing, up] = [record(connection), record(connection)];
    transport.opens[1]!.accept();
    transport.opens[0]!.refuse(REFUSED);

    expect(failing.errors).toHaveLength(1);
    expect(failing.errors[0]).toBeInstanceOf(RetriesExhaustedError);
    expect(up.errors).toEqual([]);
    expect(connection.status.state).toBe('failed');
  });

  it('by default refuses errors with retryable false, and retries all others', () => {
    const final = Object.assign(new Error('wrong password'), { retryable: false });
    for (const error of [REFUSED, Object.assign(new Error('busy'), { retryable: true }), null, 'text', 5]) {
      const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
      record(connection);
      transport.last.refuse(error);
      clock.advance(10);
      expect(transport.opens).toHaveLength(2);
    }
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10 } });
    const events = record(connection);
    transport.last.refuse(final);
    clock.advance(10_000);

    expect(transport.opens).toHaveLength(1);
    expect(events.errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: final }]);
  });

  it('has the last word over retryable', () => {
    const final = Object.assign(new Error('wrong password'), { retryable: false });
    const { clock, transport, connection } = fakeEndpoint({ retry: { shouldRetry: () => true } });
    record(connection);
    transport.last.refuse(final);
    clock.advance(100);

    expect(transport.opens).toHaveLength(2);
  });
});
