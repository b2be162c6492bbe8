import { describe, expect, it } from 'vitest';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import { fakeEndpoint, type FakeEndpoint } from './fake-endpoint.js';
import { record } from './record.js';

const LOST = new Error('lost');
const doubling = exponentialBackoff({ initial: 100, jitter: 'none' });

/** The times, since the start, at which attempts begin within `span`, when each connection is dropped after `lifetime`. */
function attemptTimes(
  { clock, transport, connection }: FakeEndpoint,
  { lifetime, span, subscribers = 1 }: { lifetime: number; span: number; subscribers?: number },
): number[] {
  const start = clock.now();
  const times: number[] = [];
  transport.onOpen = (attempt) => {
    times.push(clock.now() - start);
    attempt.accept();
    if (lifetime === 0) attempt.lose(LOST);
    else clock.set(clock.now() + lifetime, () => attempt.lose(LOST));
  };
  for (let i = 0; i < subscribers; i++) record(connection);
  clock.advance(span);
  return times;
}

describe('retry.resetAfter', () => {
  it('lets the delays grow on for a server that accepts and drops', () => {
    const endpoint = fakeEndpoint({ retry: { delay: doubling } });
    expect(attemptTimes(endpoint, { lifetime: 0, span: 4_000 })).toEqual([0, 100, 300, 700, 1_500, 3_100]);
  });

  it('does not let many subscribers dial such a server any faster than one', () => {
    const alone = attemptTimes(fakeEndpoint({ retry: { delay: doubling } }), { lifetime: 50, span: 10_000 });
    const many = attemptTimes(fakeEndpoint({ retry: { delay: doubling }, maxConnecting: 1 }), {
      lifetime: 50,
      span: 10_000,
      subscribers: 20,
    });
    expect(alone).toEqual([0, 150, 400, 850, 1_700, 3_350, 6_600]);
    // Those that were let in before the first loss have been dialled already.
    const later = many.filter((at) => at > 50);
    expect(later).toEqual(alone.slice(1));
  });

  it('is 5 s by default: a connection that lived shorter leaves the count as it is', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: doubling } });
    const events = record(connection);
    for (const retryIn of [100, 200, 400]) {
      transport.last.accept();
      clock.advance(4_999);
      transport.last.lose(LOST);
      expect(events.last).toMatchObject({ type: 'reset', retryIn });
      clock.advance(retryIn);
    }
  });

  it('starts the delays over once a connection has lived that long', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: doubling, resetAfter: 2_000 } });
    const events = record(connection);
    transport.last.refuse();
    clock.advance(100);
    transport.last.refuse();
    clock.advance(200);
    transport.last.accept();
    clock.advance(2_000);
    transport.last.lose(LOST);

    expect(events.last).toMatchObject({ type: 'reset', retryIn: 100 });
  });

  it('gives back all retries of `count` only then', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: 10, count: 2, resetAfter: 1_000 } });
    const events = record(connection);
    transport.last.refuse();
    clock.advance(10);
    transport.last.accept();
    clock.advance(1_000);
    transport.last.lose(LOST);
    clock.advance(10);
    transport.last.refuse();
    expect(events.errors).toEqual([]);
    clock.advance(10);
    transport.last.accept();
    clock.advance(999);
    transport.last.lose(LOST);

    expect(events.errors).toMatchObject([{ info: { failures: 3 }, cause: LOST }]);
  });

  it('of 0 trusts every connection', () => {
    const endpoint = fakeEndpoint({ retry: { delay: doubling, resetAfter: 0 } });
    expect(attemptTimes(endpoint, { lifetime: 0, span: 450 })).toEqual([0, 100, 200, 300, 400]);
  });

  it('keeps the ramp narrow after a success: one attempt at a time, a first delay apart, until then', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: doubling, resetAfter: 1_000 } });
    for (let i = 0; i < 12; i++) record(connection);
    for (const attempt of transport.opens.slice()) attempt.refuse();
    const start = clock.now();
    const times: number[] = [];
    transport.onOpen = (attempt) => {
      times.push(clock.now() - start);
      attempt.accept();
    };
    clock.advance(2_000);

    // The first connection has lived resetAfter at 1,100; the one of that moment and the last one then need not wait.
    expect(times).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_100]);
  });

  it('takes the loss of one of several long-lived connections as routine, the loss of the last one as news', () => {
    const { clock, transport, connection } = fakeEndpoint({ retry: { delay: doubling, resetAfter: 1_000 } });
    const [one, other] = [record(connection), record(connection)];
    transport.opens[0]!.accept();
    transport.opens[1]!.accept();
    clock.advance(1_000);
    transport.opens[0]!.lose(LOST);
    expect(one.values.slice(-2)).toMatchObject([{ type: 'reset', retryIn: 0 }, { type: 'connecting' }]);
    transport.opens[1]!.lose(LOST);

    expect(other.last).toMatchObject({ type: 'reset', retryIn: 100 });
  });
});
