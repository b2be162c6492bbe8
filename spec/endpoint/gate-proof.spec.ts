import { Observable, of } from 'rxjs';
import { expect, it } from 'vitest';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import { endpoint } from '../../src/endpoint/endpoint.js';
import { transport } from '../../src/endpoint/transport.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record } from './record.js';

const REFUSED = new Error('refused');

it('a subscriber who leaves when the status tells of its turn does not keep the turn', () => {
  const { clock, transport: fake, connection } = fakeEndpoint({ retry: { delay: 100 } });
  const first = record(connection);
  fake.last.refuse(REFUSED);
  // The turn has been taken, and no attempt has started: the status no longer names its time.
  record(connection.status$, ({ state, nextAttemptAt }) => {
    if (state === 'down' && nextAttemptAt === undefined) first.stop();
  });
  clock.advance(100);
  record(connection);
  clock.advance(1_000);
  expect(fake.opens).toHaveLength(2);
});

it('an endpoint is proven by any connection that has lived resetAfter, also when an older one was closed on purpose', () => {
  const { clock, transport: fake, connection } = fakeEndpoint({ retry: { delay: 100, resetAfter: 5_000 } });
  const first = record(connection);
  record(connection);
  fake.opens[0]!.refuse(REFUSED);
  fake.opens[1]!.refuse(REFUSED);
  clock.advance(100);
  fake.last.accept();
  clock.advance(100);
  fake.last.accept();
  expect(fake.opens).toHaveLength(4);
  first.stop();
  clock.advance(60_000);
  expect(connection.status).not.toHaveProperty('error');
});

it('an endpoint that failed with undefined is up again once a connection has lived resetAfter', () => {
  const clock = new VirtualClock();
  const fake = fakeEndpoint().transport;
  const failed = new Observable<never>((subscriber) => subscriber.error(undefined));
  let attempts = 0;
  const connection = endpoint(
    transport(() => (attempts++ === 0 ? failed : fake.open())),
    { clock, maxConnecting: 4, retry: { delay: 100, resetAfter: 5_000 } },
  );
  record(connection);
  clock.advance(100);
  fake.last.accept();
  clock.advance(60_000);
  for (let i = 0; i < 4; i++) record(connection);
  expect(fake.opens).toHaveLength(1 + 4);
});

it('a notifier that answers at once leaves no timer behind when its waiter leaves', () => {
  const { clock, transport: fake, connection } = fakeEndpoint({ retry: { delay: () => of(0) } });
  const only = record(connection);
  fake.last.refuse(REFUSED);
  only.stop();
  expect(clock.pending).toBe(0);
});

it('an endpoint revived by retryNow is probed by one attempt, however many wait', () => {
  const { transport: fake, connection } = fakeEndpoint({ retry: { count: 0 } });
  record(connection);
  fake.last.refuse(REFUSED);
  connection.retryNow();
  for (let i = 0; i < 10; i++) record(connection);
  expect(fake.opens).toHaveLength(1 + 1);
});

it('a backoff keeps the random that it was made with when an endpoint uses it', () => {
  const delay = exponentialBackoff({ initial: 100, random: () => 0.5 });
  const { transport: fake, connection } = fakeEndpoint({ random: () => 0.9, retry: { delay } });
  const events = record(connection);
  fake.last.refuse(REFUSED);
  expect(events.last).toMatchObject({ type: 'failed', retryIn: 50 });
});

it('as soon as an endpoint is proven, those who stood in line may dial, also while an attempt is under way', () => {
  const {
    clock,
    transport: fake,
    connection,
  } = fakeEndpoint({
    maxConnecting: 3,
    retry: { delay: 10, resetAfter: 100 },
  });
  const subscribers = Array.from({ length: 4 }, () => record(connection));
  fake.opens[0]!.refuse(REFUSED);
  fake.opens[1]!.refuse(REFUSED);
  fake.opens[2]!.refuse(REFUSED);
  clock.advance(10);
  fake.last.accept();
  clock.advance(10);
  // The ramp is narrow: one attempt hangs, and two wait for a turn.
  expect(fake.opens).toHaveLength(5);
  clock.advance(89);
  expect(fake.opens).toHaveLength(5);
  clock.advance(1);
  expect(fake.opens).toHaveLength(7);
  for (const subscriber of subscribers) subscriber.stop();
  expect(clock.pending).toBe(0);
});
