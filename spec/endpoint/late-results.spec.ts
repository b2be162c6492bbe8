import { throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { record, typesOf } from './record.js';

const REFUSED = new Error('refused');
const LOST = new Error('lost');

describe('an attempt from before a failure', () => {
  it('that succeeds after it does not put off the next attempt', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 1_000 } });
    record(connection);
    record(connection);
    transport.opens[0]!.refuse(REFUSED);
    clock.advance(900);
    transport.opens[1]!.accept();
    clock.advance(99);
    expect(transport.opens).toHaveLength(2);
    clock.advance(1);
    expect(transport.opens).toHaveLength(3);
  });

  it('that succeeds after it proves nothing by its age', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 30_000, urgentMax: 30_000 } });
    record(connection);
    record(connection);
    transport.opens[0]!.refuse(REFUSED);
    transport.opens[1]!.accept();
    clock.advance(20_000);
    expect(connection.status).toMatchObject({ state: 'up', error: REFUSED });
  });

  it('leaves a connection whose loss is news again once the endpoint is proven', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    const old = record(connection);
    const other = record(connection);
    transport.opens[0]!.accept();
    transport.opens[1]!.refuse(REFUSED);
    clock.advance(100);
    transport.opens[2]!.accept();
    clock.advance(10_000);
    other.stop();
    transport.opens[0]!.lose(LOST);

    expect(old.last).toMatchObject({ type: 'reset', error: LOST, retryIn: 100 });
    expect(connection.status).toMatchObject({ state: 'down', error: LOST });
    expect(transport.opens).toHaveLength(3);
  });
});

describe('the end of a connection', () => {
  it('takes its age with it: what is closed proves nothing later', () => {
    const delay = exponentialBackoff({ initial: 100, jitter: 'none' });
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay, resetAfter: 5_000 } });
    const events = record(connection);
    transport.last.refuse(REFUSED);
    clock.advance(100);
    transport.last.accept();
    clock.advance(1_000);
    events.stop();
    clock.advance(60_000);
    const later = record(connection);
    transport.last.refuse(REFUSED);
    expect(later.last).toMatchObject({ type: 'failed', retryIn: 200 });
  });

  it('counts once where reading fails first and the transport tells of it as well', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { count: 1, delay: 100 } });
    const { data } = transport;
    transport.data = () => throwError(() => LOST);
    const events = record(connection);
    const first = transport.last;
    const statuses = record(connection.status$, ({ state }) => {
      if (state === 'down' && !first.isOver) first.lose();
    });
    first.accept();
    expect(connection.status).toMatchObject({ state: 'down', error: LOST });

    transport.data = data;
    clock.advance(100);
    transport.last.accept();
    expect(typesOf(events)).toEqual(['connecting', 'connected', 'reset', 'connecting', 'reconnected']);
    expect(statuses.values.map(({ state }) => state).at(-1)).toBe('up');
  });
});
