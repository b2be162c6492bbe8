import { Observable, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { fakeEndpoint } from './fake-endpoint.js';
import { record } from './record.js';

const REFUSED = new Error('refused');

it('a refused login is what the status tells, whatever the closing of its socket brings', () => {
  const { transport, connection } = fakeEndpoint({ prepare: () => throwError(() => REFUSED), retry: { delay: 100 } });
  transport.holdCloses = true;
  record(connection);
  transport.last.accept();
  transport.last.lose(new Error('closed'));
  expect(connection.status).toMatchObject({ state: 'down', error: REFUSED });
});

it('a login that kills its socket when it is called off gives its turn back once', () => {
  const { transport, connection } = fakeEndpoint({
    maxConnecting: 1,
    prepare: () => new Observable(() => () => transport.opens[0]!.lose()),
  });
  const events = record(connection);
  transport.last.accept();
  events.stop();
  expect(connection.status).toEqual({ state: 'idle', since: 1_000_000 });
  record(connection);
  record(connection);
  expect(transport.opens).toHaveLength(2);
});

it('a refused login counts as a failure also where nobody waits for its socket to close', () => {
  const { clock, transport, connection } = fakeEndpoint({
    maxConnecting: 1,
    prepare: () => throwError(() => REFUSED),
    retry: { delay: 100 },
  });
  transport.holdCloses = true;
  const events = record(connection);
  transport.last.accept();
  events.stop();
  expect(connection.status).toEqual({ state: 'down', since: 1_000_000, error: REFUSED, nextAttemptAt: 1_000_100 });
  record(connection);
  clock.advance(100);
  expect(transport.opens).toHaveLength(2);
});

it('a refused login counts once where the end of its socket is told twice', () => {
  const { clock, transport, connection } = fakeEndpoint({
    maxConnecting: 1,
    prepare: () => throwError(() => REFUSED),
    retry: { delay: 100 },
  });
  transport.holdCloses = true;
  record(connection);
  record(connection);
  record(connection.status$, ({ state }) => {
    if (state === 'down') transport.closes[0]!.finish();
  });
  transport.last.accept();
  transport.last.lose();
  clock.advance(100);
  expect(transport.opens).toHaveLength(2);
});

it('a refused login whose socket cannot even be told to close is a failed attempt at once', () => {
  const { transport, connection } = fakeEndpoint({ prepare: () => throwError(() => REFUSED) });
  transport.close = () => {
    throw new Error('cannot close');
  };
  const events = record(connection);
  transport.last.accept();
  expect(events.last).toMatchObject({ type: 'failed', error: REFUSED });
});
