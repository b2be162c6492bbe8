import { from, Subject, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { send, type Sendable, type SendConfig, type Sent } from '../../src/websocket/index.js';
import { record, type Recording } from '../endpoint/record.js';
import { FakeWebSocket } from './fake-web-socket.js';

interface SendLab {
  readonly socket: FakeWebSocket;
  readonly clock: VirtualClock;
  readonly sending: Recording<Sent>;
}

/** Sends over a socket that is open and has room for 10 bytes. */
function sendLab(
  source: Observable<Sendable> | AsyncIterable<Sendable>,
  config: SendConfig = {},
  buffered = 0,
): SendLab {
  const socket = new FakeWebSocket('wss://prices.test/?token=secret');
  socket.accept();
  socket.bufferedAmount = buffered;
  const clock = new VirtualClock();
  const sending = record(send(socket, source, { clock, highWaterMark: 10, ...config }));
  return { socket, clock, sending };
}

const FULL = 10;

describe('send', () => {
  it('hands each message on at once while there is room, and tells how far it has come', () => {
    const { socket, sending, clock } = sendLab(from(['one', new Uint8Array([2])]));
    expect(socket.sent).toEqual(['one', new Uint8Array([2])]);
    expect(sending).toMatchObject({
      values: [
        { sent: 1, dropped: 0 },
        { sent: 2, dropped: 0 },
      ],
      completed: true,
    });
    expect([socket.listenerCount(), clock.pending]).toEqual([0, 0]);
  });

  it('completes without a message', () => {
    expect(sendLab(from([])).sending).toMatchObject({ values: [], completed: true });
  });

  it('hands nothing on while bufferedAmount is highWaterMark or more, and looks again each pollInterval', () => {
    const { socket, sending, clock } = sendLab(from(['one', 'two']), { pollInterval: 5 }, FULL);
    clock.advance(4);
    socket.bufferedAmount = FULL - 1;
    expect(socket.sent).toEqual([]);
    clock.advance(1);
    expect(socket.sent).toEqual(['one', 'two']);
    expect(sending.completed).toBe(true);
  });

  it('looks between two messages', () => {
    const { socket, clock } = sendLab(from(['one', 'two']), {}, FULL);
    const take = socket.send.bind(socket);
    socket.send = (data) => {
      take(data);
      socket.bufferedAmount = FULL;
    };
    socket.bufferedAmount = 0;
    clock.advance(20);
    expect(socket.sent).toEqual(['one']);
    socket.bufferedAmount = 0;
    clock.advance(20);
    expect(socket.sent).toEqual(['one', 'two']);
  });

  it('errors where more than maxQueued wait', () => {
    const source = new Subject<string>();
    const { sending, socket, clock } = sendLab(source, { maxQueued: 2 }, FULL);
    for (const message of ['one', 'two', 'three']) source.next(message);
    expect(sending.errors).toMatchObject([{ code: 'RXPOOL_SEND_OVERFLOW', info: { maxQueued: 2 }, retryable: true }]);
    expect([source.observed, socket.listenerCount(), clock.pending]).toEqual([false, 0, 0]);
  });

  it.each([
    ['dropOldest', ['two', 'three']],
    ['dropNewest', ['one', 'two']],
  ] as const)('drops with %s, and counts', (overflow, sent) => {
    const { sending, socket, clock } = sendLab(from(['one', 'two', 'three']), { maxQueued: 2, overflow }, FULL);
    socket.bufferedAmount = 0;
    clock.advance(20);
    expect(socket.sent).toEqual(sent);
    expect(sending).toMatchObject({ completed: true });
    expect(sending.values.at(-1)).toEqual({ sent: 2, dropped: 1 });
  });

  it('asks an async iterable for a message when the one before is taken', async () => {
    const asked: string[] = [];
    async function* source(): AsyncGenerator<string> {
      for (const message of ['one', 'two', 'three']) {
        asked.push(message);
        yield message;
      }
    }
    const { sending, socket, clock } = sendLab(source(), {}, FULL);
    await clock.advanceAsync(100);
    expect([asked, socket.sent]).toEqual([['one'], []]);
    socket.bufferedAmount = 0;
    await clock.advanceAsync(100);
    expect([asked.length, socket.sent, sending.completed]).toEqual([3, ['one', 'two', 'three'], true]);
  });

  it('lets go of an async iterable that is left, also while it waits for room', async () => {
    let isLeft = false;
    async function* source(): AsyncGenerator<string> {
      try {
        yield 'one';
      } finally {
        isLeft = true;
      }
    }
    const { sending, clock, socket } = sendLab(source(), {}, FULL);
    await clock.advanceAsync(0);
    sending.stop();
    await clock.advanceAsync(100);
    expect([isLeft, socket.sent, clock.pending]).toEqual([true, [], 0]);
  });

  it.each<[string, Observable<Sendable> | AsyncIterable<Sendable>]>([
    ['an Observable', throwError(() => new Error('read error'))],
    [
      'an async iterable',
      {
        [Symbol.asyncIterator]: () => ({ next: async () => Promise.reject(new Error('read error')) }),
      },
    ],
  ])('errors as %s does', async (_what, source) => {
    const { sending, clock } = sendLab(source);
    await clock.advanceAsync(0);
    expect(sending.errors).toEqual([new Error('read error')]);
  });

  it.each([undefined, null, 7, { json: true }])('errors at %o, which a WebSocket would make a text of', (message) => {
    const { sending, socket } = sendLab(from([message as never]));
    expect(sending.errors).toEqual([expect.any(TypeError)]);
    expect(socket.sent).toEqual([]);
  });

  it('errors when the socket closes before all is taken, and names no secret', () => {
    const { sending, socket } = sendLab(from(['one']), {}, FULL);
    socket.shut(1012, 'restart');
    expect(sending.errors).toMatchObject([
      { code: 'RXPOOL_WEBSOCKET_CLOSED', info: { address: 'wss://prices.test', code: 1012, reason: 'restart' } },
    ]);
  });

  it('errors at once on a socket that has closed', () => {
    const socket = new FakeWebSocket('ws://prices.test');
    socket.shut(1000);
    expect(record(send(socket, from(['one']))).errors).toMatchObject([{ code: 'RXPOOL_WEBSOCKET_CLOSED' }]);
  });

  it.each<[object, string]>([
    [{ highWaterMark: 0 }, 'send: highWaterMark must be an integer from 1'],
    [{ pollInterval: 0 }, 'send: pollInterval must be a number from 1'],
    [{ overflow: 'block' }, 'send: overflow must be one of'],
    [{ maxBuffered: 1 }, 'send: unknown option maxBuffered'],
  ])('refuses %o', (config, message) => {
    expect(() => send(new FakeWebSocket(), from([]), config)).toThrow(message);
  });
});
