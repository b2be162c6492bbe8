import { NEVER, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { transport } from '../../src/endpoint/transport.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record } from './record.js';

const LOST = new Error('lost');
const REFUSED = new Error('refused');

describe('a transport that misbehaves', () => {
  it('by throwing in open() has a failed attempt, retried after the delay', () => {
    const clock = new VirtualClock();
    let opens = 0;
    const target = transport(() => {
      // The bound keeps a busy loop from hanging the test.
      if (++opens <= 20) throw REFUSED;
      return NEVER;
    });
    const events = record(endpoint(target, { clock, retry: { delay: 100 } }));

    expect(opens).toBe(1);
    expect(events.last).toMatchObject({ type: 'failed', error: REFUSED, attempt: 1, retryIn: 100 });
    clock.advance(250);
    expect(opens).toBe(3);
  });

  it('by errors of data() loses the connection, which is redialled after the delay', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 100 } });
    transport.onOpen = (attempt) => {
      // The bound keeps a busy loop from hanging the test.
      if (attempt.id < 20) attempt.accept();
    };
    transport.data = () =>
      new Observable((subscriber) => {
        subscriber.error(LOST);
      });
    const events = record(connection);

    expect(transport.opens).toHaveLength(1);
    expect(events.last).toMatchObject({ type: 'reset', error: LOST, retryIn: 100 });
    clock.advance(100);
    expect(transport.opens).toHaveLength(2);
  });

  it('by throwing in remember() has a failed attempt, and its turn is not lost', () => {
    const all = fakeEndpoint({ maxConnecting: 1, retry: { delay: 100 } });
    const { clock, transport, connection } = all;
    let remembered = 0;
    transport.remember = () => {
      if (remembered++ === 0) throw REFUSED;
    };
    const events = record(connection);
    transport.last.accept();

    expect(events.last).toMatchObject({ type: 'failed', error: REFUSED });
    clock.advance(100);
    transport.last.accept();
    expect(events.last).toMatchObject({ type: 'connected' });
  });

  it('by opening twice is taken at its first word', () => {
    const { transport, connection } = fakeEndpoint();
    const events = record(connection);
    const socket = transport.last.accept();
    transport.last.accept();

    expect(events.values.slice(1)).toMatchObject([{ type: 'connected', socket }]);
  });
});
