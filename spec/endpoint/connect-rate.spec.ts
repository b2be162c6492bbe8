import { filter, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { budget, createPool, endpoint } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { fakeTransport } from './fake-transport.js';
import { record } from './record.js';

describe('connectRate', () => {
  it('lets attempts begin at its pace, after a burst, over all subscribers', () => {
    const { transport, connection, clock } = fakeEndpoint({ connectRate: { perSecond: 10, burst: 2 } });
    transport.onOpen = (attempt) => attempt.accept();
    for (let i = 0; i < 5; i++) record(connection);
    record(connection.lifecycle$);
    expect(transport.opens).toHaveLength(2);
    clock.advance(99);
    expect(transport.opens).toHaveLength(2);
    clock.advance(1);
    expect(transport.opens).toHaveLength(3);
    clock.advance(300);
    expect(transport.opens).toHaveLength(6);
  });

  it('goes on beside maxConnecting, which holds as well', () => {
    const { transport, connection, clock } = fakeEndpoint({
      maxConnecting: 1,
      connectRate: { perSecond: 10, burst: 1 },
    });
    for (let i = 0; i < 3; i++) record(connection);
    // Nothing is to be done before the attempt is over.
    expect(clock.pending).toBe(0);
    clock.advance(1_000);
    expect(transport.opens).toHaveLength(1);
    transport.last.accept();
    expect(transport.opens).toHaveLength(2);
    transport.last.accept();
    expect(transport.opens).toHaveLength(2);
    clock.advance(100);
    expect(transport.opens).toHaveLength(3);
  });

  it('holds for retries and probes, whatever the delay says, and the status tells when the next one is', () => {
    const { transport, connection, clock } = fakeEndpoint({
      connectRate: { perSecond: 0.5 },
      retry: { delay: 10 },
    });
    transport.onOpen = (attempt) => attempt.refuse();
    const events = record(connection);
    expect(connection.status).toMatchObject({ state: 'down', nextAttemptAt: clock.now() + 2_000 });
    expect(events.last).toMatchObject({ type: 'failed', retryIn: 2_000 });
    clock.advance(1_999);
    expect(transport.opens).toHaveLength(1);
    clock.advance(1);
    expect(transport.opens).toHaveLength(2);
    connection.retryNow();
    clock.advance(1_999);
    expect(transport.opens).toHaveLength(2);
    clock.advance(1);
    expect(transport.opens).toHaveLength(3);
  });

  it('leaves a longer delay as it is', () => {
    const { transport, connection, clock } = fakeEndpoint({ connectRate: { perSecond: 100 }, retry: { delay: 500 } });
    transport.onOpen = (attempt) => attempt.refuse();
    record(connection);
    expect(connection.status.nextAttemptAt).toBe(clock.now() + 500);
    clock.advance(499);
    expect(transport.opens).toHaveLength(1);
    clock.advance(1);
    expect(transport.opens).toHaveLength(2);
  });

  it('goes by attempts that were begun: who leaves before costs nothing', () => {
    const { transport, connection, clock } = fakeEndpoint({ connectRate: { perSecond: 1 } });
    record(connection, (_event, recording) => recording.stop());
    expect(transport.opens).toHaveLength(0);
    const connecting$ = connection.status$.pipe(filter(({ state }) => state === 'connecting'));
    record(connection.pipe(takeUntil(connecting$)));
    expect(transport.opens).toHaveLength(0);
    record(connection);
    expect(transport.opens).toHaveLength(1);
    const waiting = record(connection);
    waiting.stop();
    clock.advance(1_000);
    record(connection);
    expect(transport.opens).toHaveLength(2);
  });

  it('keeps the process alive while a subscriber waits for it, and has no timer while nobody does', () => {
    const { connection, clock } = fakeEndpoint({ connectRate: { perSecond: 1 } });
    record(connection);
    expect(clock.pending).toBe(0);
    const waiting = record(connection);
    expect(clock.keepsAlive).toBe(true);
    waiting.stop();
    expect(clock.pending).toBe(0);
  });

  it('is shared by all pools that share the endpoint', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    transport.onOpen = (attempt) => attempt.accept();
    const shared = endpoint(transport, { clock, connectRate: { perSecond: 10, burst: 1 } });
    for (const name of ['one', 'other']) {
      const pool = createPool(shared, { clock, name });
      for (let i = 0; i < 3; i++) pool.borrow().subscribe();
    }
    expect(transport.opens).toHaveLength(1);
    clock.advance(450);
    expect(transport.opens).toHaveLength(5);
    clock.advance(10_000);
    expect(transport.opens).toHaveLength(6);
  });

  it('is not used up by a pool that has no permit of its budget to dial with', () => {
    const clock = new VirtualClock();
    const shared = budget({ limit: 1 });
    const transports = [fakeTransport(), fakeTransport()];
    for (const transport of transports) transport.onOpen = (attempt) => attempt.accept();
    const [other, pool] = transports.map((transport) => {
      return createPool(transport, { clock, budget: shared, connectRate: { perSecond: 0.1 } });
    });
    const held: { destroy(): void }[] = [];
    other!.borrow().subscribe((lease) => held.push(lease));
    pool!.borrow().subscribe();
    expect(transports[1]!.opens).toHaveLength(0);
    held[0]!.destroy();
    expect(transports[1]!.opens).toHaveLength(1);
  });

  it('is an option of a pool as well, for its transports', () => {
    const clock = new VirtualClock();
    const transport = fakeTransport();
    transport.onOpen = (attempt) => attempt.accept();
    const pool = createPool(transport, { clock, connectRate: { perSecond: 10, burst: 1 } });
    const leases: unknown[] = [];
    for (let i = 0; i < 3; i++) pool.borrow().subscribe((lease) => leases.push(lease));
    expect(leases).toHaveLength(1);
    clock.advance(200);
    expect(leases).toHaveLength(3);
  });

  it.each([
    [{}, TypeError, 'connectRate: perSecond is missing; it is how often a second something may happen'],
    [{ perSecond: -1 }, RangeError, 'connectRate: perSecond must be a number from 0.000001 to 100000, got -1'],
    [
      { perSecond: 1, burst: 0.5 },
      RangeError,
      'connectRate: burst must be an integer from 1 to 9007199254740991, got 0.5',
    ],
    [{ perSecond: 1, per: 1 }, TypeError, 'connectRate: unknown option per; known are perSecond, burst'],
  ])('is refused where it is %j', (connectRate, type, message) => {
    const config = { connectRate } as never;
    expect(() => endpoint(fakeTransport(), config)).toThrow(new type(`endpoint: ${message}`));
    expect(() => createPool(fakeTransport(), config)).toThrow(new type(`createPool: ${message}`));
  });
});
