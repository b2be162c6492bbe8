import { Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { ConnectionEvent } from '../../src/endpoint/connection-event.js';
import { toHandler, type ConnectionHandler } from '../../src/endpoint/to-handler.js';
import { fakeEndpoint } from './fake-endpoint.js';
import { unhandledDuring } from './unhandled.js';

const LOST = new Error('lost');

const EVENTS: readonly ConnectionEvent<string, string>[] = [
  { type: 'connecting', attempt: 1, at: 1 },
  { type: 'failed', error: new Error('refused'), attempt: 1, retryIn: 1, at: 2 },
  { type: 'connected', socket: 'first', latency: 1, at: 3 },
  { type: 'data', data: 'bytes', at: 4 },
  { type: 'reset', error: LOST, retryIn: 1, at: 5 },
  { type: 'reconnected', socket: 'second', latency: 1, downtime: 1, at: 6 },
];

describe('toHandler', () => {
  it('calls one function for each kind of event, with what matters of it', () => {
    const calls: unknown[][] = [];
    const observer = toHandler<string, string>({
      onConnect: (...args) => calls.push(['onConnect', ...args]),
      onData: (...args) => calls.push(['onData', ...args]),
      onReset: (...args) => calls.push(['onReset', ...args]),
      onReconnect: (...args) => calls.push(['onReconnect', ...args]),
    });
    for (const event of EVENTS) observer.next?.(event);

    expect(calls).toEqual([
      ['onConnect', 'first'],
      ['onData', 'bytes'],
      ['onReset', LOST],
      ['onReconnect', 'second'],
    ]);
  });

  it('is content with no function at all', () => {
    const observer = toHandler<string, string>({});
    for (const event of EVENTS) observer.next?.(event);

    expect(observer.error).toBeUndefined();
    expect(observer.complete).toBeUndefined();
  });

  it('calls the methods of a class on their object', () => {
    class Feed implements ConnectionHandler<string, string> {
      readonly seen: string[] = [];
      onConnect(socket: string): void {
        this.seen.push(socket);
      }
      onGiveUp(error: unknown): void {
        this.seen.push(String(error));
      }
    }
    const feed = new Feed();
    const observer = toHandler(feed);
    for (const event of EVENTS) observer.next?.(event);
    observer.error?.('given up');

    expect(feed.seen).toEqual(['first', 'given up']);
  });

  it('hands the give-up to onGiveUp', () => {
    const { transport, connection } = fakeEndpoint({ retry: { count: 0 } });
    const onGiveUp = vi.fn();
    connection.subscribe(toHandler({ onGiveUp }));
    transport.last.refuse(LOST);

    expect(onGiveUp.mock.calls).toMatchObject([[{ code: 'RXPOOL_RETRIES_EXHAUSTED', cause: LOST }]]);
  });

  it('leaves the give-up unhandled without onGiveUp, so that it cannot pass in silence', async () => {
    const { transport, connection } = fakeEndpoint({ retry: { count: 0 } });
    const errors = await unhandledDuring(1, () => {
      connection.subscribe(toHandler({}));
      transport.last.refuse(LOST);
    });

    expect(errors).toMatchObject([{ code: 'RXPOOL_RETRIES_EXHAUSTED' }]);
  });

  it('has a function that throws reported, and goes on', async () => {
    const events = new Subject<ConnectionEvent<string, string>>();
    const thrown = new Error('thrown by onData');
    const seen: string[] = [];
    const errors = await unhandledDuring(1, () => {
      events.subscribe(
        toHandler<string, string>({
          onData: () => {
            throw thrown;
          },
          onReconnect: (socket) => seen.push(socket),
        }),
      );
      for (const event of EVENTS) events.next(event);
    });

    expect(errors).toEqual([thrown]);
    expect(seen).toEqual(['second']);
  });

  it.each(['onConnect', 'onReset', 'onReconnect', 'onData', 'onGiveUp'])('refuses %s that is no function', (name) => {
    expect(() => toHandler({ [name]: 5 as never })).toThrow(
      new TypeError(`toHandler: ${name} must be a function, got 5`),
    );
  });
});
