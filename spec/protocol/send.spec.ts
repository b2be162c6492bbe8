import { Readable } from 'node:stream';
import { defer, EMPTY, from, map, of, range, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { BufferFullError, lines, readable, send, SendLostError, writable } from '../../src/protocol/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { afterPromises, record } from '../pool/pool-lab.js';
import { bytes, connect, look, textOf } from './flow-lab.js';

const KiB = 1024;

/** What arrives at the other end from now on. */
function received(socket: SimulatedSocket): Buffer[] {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

/** Frames that are made when they are asked for. */
class Asked implements AsyncIterable<string> {
  asked = 0;
  wasLeft = false;

  constructor(private readonly frames: readonly string[]) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (const frame of this.frames) {
        this.asked++;
        yield frame;
      }
    } finally {
      this.wasLeft = this.asked < this.frames.length;
    }
  }
}

describe('send', () => {
  it('writes what an Observable emits, in order, and completes when it is flushed', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const got = received(server);
    const source = new Subject<string | Uint8Array>();
    const sent = record(send(client, source));
    source.next('größer\n');
    clock.advance(5);
    expect(sent.values).toEqual([{ accepted: 9, flushed: 9 }]);
    source.next(Uint8Array.of(97, 98));
    source.next('c');
    source.complete();
    expect(sent.isOver).toBe(false);
    clock.advance(5);
    expect(textOf(got)).toBe('größer\nabc');
    expect(sent.values.slice(1)).toEqual([
      { accepted: 12, flushed: 11 },
      { accepted: 12, flushed: 12 },
    ]);
    expect(sent.completed).toBe(true);
    expect(look(client)).toEqual(before);
  });

  it('tells of a source that has nothing, too', async () => {
    const { client, clock } = connect();
    const none = { values: [{ accepted: 0, flushed: 0 }], completed: true };
    expect(record(send(client, EMPTY))).toMatchObject(none);
    const pulled = record(send(client, new Asked([])));
    await clock.advanceAsync(5);
    expect(pulled).toMatchObject(none);
  });

  it('completes when the source does so behind the last flush, and for frames without bytes', () => {
    const { client, clock } = connect();
    const source = new Subject<string>();
    const sent = record(send(client, source));
    source.next('');
    clock.advance(5);
    source.complete();
    expect(sent).toMatchObject({ values: [{ accepted: 0, flushed: 0 }], completed: true });
  });

  it('sends again for each subscription', () => {
    const { client, server, clock } = connect();
    const got = received(server);
    const sending = send(client, of('again '));
    record(sending);
    record(sending);
    clock.advance(5);
    expect(textOf(got)).toBe('again again ');
  });

  it('asks an async iterable for a frame when the one before it is with the socket', async () => {
    const { client, server, clock } = connect();
    const frames = Array.from({ length: 100 }, (_, i) => String(i % 10).repeat(10 * KiB));
    const source = new Asked(frames);
    const sent = record(send(client, source));
    await clock.advanceAsync(1000);
    const { asked } = source;
    expect(asked).toBeLessThan(30);
    expect(client.writableLength).toBeLessThanOrEqual(client.writableHighWaterMark + 10 * KiB);
    await clock.advanceAsync(1000);
    expect(source.asked).toBe(asked);
    const got = received(server);
    while (!sent.isOver) await clock.advanceAsync(10);
    expect(textOf(got)).toBe(frames.join(''));
    expect(sent.values.at(-1)).toEqual({ accepted: 1000 * KiB, flushed: 1000 * KiB });
    expect(sent.completed).toBe(true);
    expect(source.wasLeft).toBe(false);
  });

  it('writes a Readable of Node', async () => {
    const { client, server, clock } = connect();
    const got = received(server);
    const content = bytes(300 * KiB);
    const sent = record(send(client, Readable.from(cut(content, 7 * KiB))));
    while (!sent.isOver) {
      await afterPromises();
      await clock.advanceAsync(10);
    }
    expect(Buffer.concat(got).equals(content)).toBe(true);
  });

  it('pulls from another socket as fast as this one takes it', async () => {
    const from = connect();
    const to = connect();
    const content = bytes(1024 * KiB);
    from.server.end(content);
    const sent = record(readable(from.client).pipe(writable(to.client)));
    const turn = async (): Promise<void> => {
      await from.clock.advanceAsync(10);
      await to.clock.advanceAsync(10);
    };
    for (let i = 0; i < 20; i++) await turn();
    expect(from.client.bytesRead).toBeLessThan(512 * KiB);
    const got = received(to.server);
    while (!sent.isOver) await turn();
    expect(Buffer.concat(got).equals(content)).toBe(true);
  });

  it('waits for a drain that others have made necessary', () => {
    const { client, server, clock } = connect();
    expect(client.write(bytes(200 * KiB))).toBe(false);
    const sent = record(send(client, of('behind it')));
    clock.advance(100);
    expect(sent.values).toEqual([]);
    const got = received(server);
    clock.advance(100);
    expect(textOf(got).endsWith('behind it')).toBe(true);
    expect(sent.completed).toBe(true);
  });

  it('errors when more of an Observable waits than may, and writes none of it', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const source = new Subject<string>();
    const sent = record(send(client, source, { maxBuffered: 100 * KiB }));
    const frame = 'x'.repeat(10 * KiB);
    while (!sent.isOver) source.next(frame);
    expect(sent.error).toBeInstanceOf(BufferFullError);
    expect(sent.error).toMatchObject({
      message: '112640 bytes wait, more than maxBuffered allows: 102400',
      info: { limit: 100 * KiB, buffered: 110 * KiB },
    });
    expect(source.observed).toBe(false);
    expect(client.writableLength).toBeLessThanOrEqual(client.writableHighWaterMark + 10 * KiB);
    const { accepted } = sent.values.at(-1)!;
    const got = received(server);
    clock.advance(1000);
    expect(textOf(got)).toHaveLength(accepted);
    expect(look(client)).toEqual(before);
  });

  it('counts what waits, not what has been written', () => {
    const { client, server, clock } = connect();
    const got = received(server);
    const source = new Subject<string>();
    const sent = record(send(client, source, { maxBuffered: 100 * KiB }));
    for (let i = 0; i < 20; i++) {
      for (let n = 0; n < 10; n++) source.next('x'.repeat(10 * KiB));
      clock.advance(100);
    }
    expect(sent.isOver).toBe(false);
    expect(textOf(got)).toHaveLength(2000 * KiB);
    sent.subscription.unsubscribe();
  });

  it('stops a source that emits at once when it errors', () => {
    const { client } = connect();
    const frame = bytes(KiB);
    const endless = range(0, Infinity).pipe(map(() => frame));
    expect(record(send(client, endless)).error).toMatchObject({ info: { limit: 16 * 1024 * KiB } });
  });

  it.each<[string, object, string]>([
    ['0', { maxBuffered: 0 }, 'maxBuffered must be an integer from 1 to 9007199254740991, got 0'],
    ['a typo', { maxBuffer: 1 }, 'unknown option maxBuffer; known are maxBuffered'],
  ])('refuses %s', (_what, config, message) => {
    const { client } = connect();
    expect(() => send(client, EMPTY, config)).toThrow(`send: ${message}`);
    expect(() => writable(client, config)).toThrow(`writable: ${message}`);
  });
});

function cut(content: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(content.length / size) }, (_, i) => content.subarray(i * size, (i + 1) * size));
}

describe('several sends on one socket', () => {
  it('write whole frames in turn', async () => {
    const { client, server, clock } = connect();
    const got = received(server);
    server.pause();
    const senders = Array.from({ length: 20 }, (_, sender) => {
      const frames = Array.from({ length: 10 }, (_, i) => `${sender} ${i} ${'x'.repeat(5 * KiB)}\n`);
      return record(send(client, sender % 2 === 0 ? from(frames) : new Asked(frames)));
    });
    // However many they are, the socket has one listener of each kind.
    expect(['drain', 'close', 'error'].map((event) => client.listenerCount(event))).toEqual([1, 1, 1]);
    await clock.advanceAsync(100);
    server.resume();
    while (!senders.every(({ isOver }) => isOver)) await clock.advanceAsync(10);
    const frames = textOf(got).split('\n').slice(0, -1);
    expect(frames).toHaveLength(200);
    for (const frame of frames) expect(frame).toMatch(/^\d+ \d+ x{5120}$/);
    for (let sender = 0; sender < 20; sender++) {
      const mine = frames.filter((frame) => frame.startsWith(`${sender} `)).map((frame) => frame.split(' ')[1]);
      expect(mine).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    }
    // Nobody has to wait until all others are done.
    expect(new Set(frames.slice(-20).map((frame) => frame.split(' ')[0])).size).toBeGreaterThan(5);
  });

  it('go on when one of them leaves, without what it had waiting', () => {
    const { client, server, clock } = connect();
    const first = record(send(client, of('1'.repeat(300 * KiB), 'never')));
    const second = record(send(client, of('2')));
    clock.advance(10);
    first.subscription.unsubscribe();
    const got = received(server);
    clock.advance(100);
    expect(textOf(got)).toHaveLength(300 * KiB + 1);
    expect(textOf(got).endsWith('12')).toBe(true);
    expect(second.completed).toBe(true);
    expect(first.isOver).toBe(false);
  });

  it('are all told of a loss', () => {
    const { client, server, clock } = connect();
    const senders = [record(send(client, new Subject<string>())), record(send(client, new Subject<string>()))];
    server.resetAndDestroy();
    clock.advance(10);
    for (const { error } of senders) expect(error).toBeInstanceOf(SendLostError);
  });

  it('may be started and left when one of them is told of a flush or a loss', () => {
    const { client, server, clock } = connect();
    const got = received(server);
    const then = send(client, of('two '));
    const followed: unknown[] = [];
    send(client, of('one ')).subscribe(() => then.subscribe());
    clock.advance(10);
    expect(textOf(got)).toBe('one two ');
    const other = record(send(client, new Subject<string>()));
    send(client, new Subject<string>()).subscribe({
      error: () => {
        other.subscription.unsubscribe();
        then.subscribe({ error: (error: unknown) => followed.push(error) });
      },
    });
    record(send(client, new Subject<string>())).subscription.add(() => {});
    server.resetAndDestroy();
    clock.advance(10);
    expect(followed).toHaveLength(1);
  });

  it('still hear the socket when a send before them was forgotten and its listeners removed', () => {
    const { client, server, clock } = connect();
    record(send(client, new Subject<string>()));
    for (const event of ['drain', 'close', 'error']) client.removeAllListeners(event);
    const sent = record(send(client, from(['x'.repeat(200 * KiB), 'y'])));
    const got = received(server);
    clock.advance(100);
    expect(textOf(got)).toHaveLength(200 * KiB + 1);
    expect(sent.completed).toBe(true);
  });
});

describe('a send that cannot go on', () => {
  it('errors at the loss with how far it had come', () => {
    const { client, server, clock } = connect();
    const source = new Subject<string>();
    const sent = record(send(client, source));
    source.next('x'.repeat(KiB));
    clock.advance(10);
    for (let i = 0; i < 3; i++) source.next('x'.repeat(300 * KiB));
    clock.advance(10);
    server.resetAndDestroy();
    expect(sent.isOver).toBe(false);
    clock.advance(10);
    const { error } = sent;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toBeInstanceOf(SendLostError);
    expect(error).toMatchObject({
      name: 'SendLostError',
      code: 'RXPOOL_CONNECTION_LOST',
      retryable: true,
      info: { address: 'server:7', accepted: 301 * KiB, flushed: KiB },
      cause: { code: 'ECONNRESET' },
      message: 'connection to server:7 was lost: read ECONNRESET; 308224 bytes were accepted, 1024 flushed',
    });
    expect(sent.values.at(-1)).toEqual({ accepted: 301 * KiB, flushed: KiB });
    expect(source.observed).toBe(false);
    expect(['drain', 'close', 'error'].map((event) => client.listenerCount(event))).toEqual([0, 0, 0]);
  });

  it('leaves the source that it pulls from', async () => {
    const { client, server, clock } = connect();
    const source = new Asked(Array.from({ length: 100 }, () => 'x'.repeat(10 * KiB)));
    const sent = record(send(client, source));
    await clock.advanceAsync(10);
    server.resetAndDestroy();
    await clock.advanceAsync(10);
    expect(sent.error).toBeInstanceOf(SendLostError);
    expect(source.wasLeft).toBe(true);
  });

  it('does not take for flushed what a destroyed socket still had', () => {
    const { client, clock } = connect();
    const sent = record(send(client, of('x')));
    client.destroy();
    clock.advance(10);
    expect(sent.error).toMatchObject({ info: { accepted: 1, flushed: 0 } });
    expect(sent.error).not.toHaveProperty('cause');
  });

  it('errors at once on a socket that is gone, asks for nothing, and leaves the source', async () => {
    const { client } = connect();
    client.destroy();
    let asked = 0;
    const sent = record(
      send(
        client,
        defer(() => {
          asked++;
          return EMPTY;
        }),
      ),
    );
    expect(sent.error).toMatchObject({ info: { address: 'the peer', accepted: 0, flushed: 0 } });
    expect(asked).toBe(0);
    const source = new Asked(['never']);
    expect(record(send(client, source)).error).toBeInstanceOf(SendLostError);
    const stream = Readable.from(['never']);
    expect(record(send(client, stream)).error).toBeInstanceOf(SendLostError);
    await afterPromises();
    expect(source.asked).toBe(0);
    expect(stream.destroyed).toBe(true);
  });

  it('errors on a socket that has been ended, without a word to it', () => {
    const { client, clock } = connect();
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const source = new Subject<string>();
    const sent = record(send(client, source));
    source.next('in time');
    client.end();
    source.next('too late');
    expect(sent.error).toMatchObject({
      info: { address: 'server:7', accepted: 7, flushed: 0 },
      cause: new Error('it had been ended'),
    });
    clock.advance(10);
    expect(errors).toEqual([]);
  });

  it('waits for the close where the socket is destroyed and has not told of it', () => {
    const { client, clock } = connect();
    const source = new Subject<string>();
    const sent = record(send(client, source));
    client.destroy();
    source.next('too late');
    expect(sent.isOver).toBe(false);
    clock.advance(10);
    expect(sent.error).toMatchObject({ info: { accepted: 0 } });
  });

  it('errors as its source does, at once, with what was sent so far', async () => {
    const { client, clock } = connect();
    const failure = new Error('mine');
    const pushed = new Subject<string>();
    const sent = record(send(client, pushed));
    pushed.next('half');
    pushed.error(failure);
    expect(sent).toMatchObject({ values: [{ accepted: 4, flushed: 0 }], error: failure });

    async function* failing(): AsyncGenerator<string> {
      yield 'half';
      throw failure;
    }
    const pulled = record(send(client, failing()));
    await clock.advanceAsync(10);
    expect(pulled).toMatchObject({ error: failure });
    expect(pulled.values.at(-1)).toMatchObject({ accepted: 4 });

    const unasked = {
      [Symbol.asyncIterator](): never {
        throw failure;
      },
    };
    expect(record(send(client, unasked)).error).toBe(failure);
    expect(
      record(
        send(
          client,
          throwError(() => failure),
        ),
      ).error,
    ).toBe(failure);
  });

  it.each([1, null, { frame: 'x' }])('refuses %j for a frame, before anybody else comes to harm', async (frame) => {
    const { client, server, clock } = connect();
    const got = received(server);
    const other = record(send(client, of('fine')));
    const wrong = record(send(client, of(frame as never as string)));
    expect(wrong.error).toBeInstanceOf(TypeError);
    const pulled = record(send(client, Readable.from([frame ?? 2])));
    while (!pulled.isOver) await afterPromises();
    expect(pulled.error).toBeInstanceOf(TypeError);
    clock.advance(10);
    expect(textOf(got)).toBe('fine');
    expect(other.completed).toBe(true);
  });

  it('asks for nothing behind a frame that it refuses', async () => {
    const { client, clock } = connect();
    let asked = 0;
    const wrong = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: asked++ as never as string }),
      }),
    };
    expect(record(send(client, wrong)).isOver).toBe(false);
    await clock.advanceAsync(10);
    expect(asked).toBe(1);
  });

  it('tells its error from any other loss', () => {
    const plain = new ConnectionLostError('cache:11211');
    expect(plain).not.toBeInstanceOf(SendLostError);
    expect(new Error('x')).not.toBeInstanceOf(SendLostError);
    expect(new SendLostError('cache:11211', { accepted: 1, flushed: 0 })).toBeInstanceOf(SendLostError);
  });
});

describe('a send that is unsubscribed', () => {
  it('leaves the socket as it was and its source alone, also where nothing was written', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const source = new Subject<string>();
    const sent = record(send(client, source));
    sent.subscription.unsubscribe();
    expect(source.observed).toBe(false);
    expect(look(client)).toEqual(before);
    const got = received(server);
    clock.advance(10);
    expect(got).toEqual([]);
  });

  it('writes whole what the socket has, and nothing more', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const sent = record(send(client, of('x'.repeat(200 * KiB), 'never')));
    clock.advance(10);
    sent.subscription.unsubscribe();
    expect(look(client)).toEqual(before);
    const got = received(server);
    clock.advance(100);
    expect(textOf(got)).toHaveLength(200 * KiB);
    expect(sent.isOver).toBe(false);
  });

  it('may be so by the word of a flush', () => {
    const { client, server, clock } = connect();
    const got = received(server);
    const sent = record(send(client, of('a', 'b', 'c')).pipe(take(1)));
    clock.advance(10);
    expect(sent.values).toEqual([{ accepted: 3, flushed: 1 }]);
    expect(sent.completed).toBe(true);
    expect(textOf(got)).toBe('abc');
  });

  it('leaves an async iterable, while it waits for room and while it waits for a frame', async () => {
    const { client, clock } = connect();
    const source = new Asked(['x'.repeat(200 * KiB), 'y', 'z']);
    const waiting = record(send(client, source));
    await clock.advanceAsync(10);
    expect(source.asked).toBe(2);
    waiting.subscription.unsubscribe();
    await afterPromises();
    expect(source.wasLeft).toBe(true);

    const other = connect();
    const before = look(other.client);
    const asking = record(send(connect().client, readable(other.client, lines())));
    await afterPromises();
    expect(other.client.listenerCount('readable')).toBe(1);
    asking.subscription.unsubscribe();
    other.clock.advance(0);
    expect(look(other.client)).toEqual(before);
  });

  it('destroys a Readable, also one that has nothing to give for now', async () => {
    const { client, clock } = connect();
    const silent = new Readable({ read: () => {} });
    const sent = record(send(client, silent));
    await clock.advanceAsync(10);
    sent.subscription.unsubscribe();
    await afterPromises();
    expect(silent.destroyed).toBe(true);
    expect(sent.isOver).toBe(false);
  });

  it('writes nothing that a source still comes with, nor asks it for more', async () => {
    const { client, server, clock } = connect();
    const got = received(server);
    let asked = 0;
    let answer: ((result: IteratorResult<string>) => void) | undefined;
    const stubborn = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked++;
          return new Promise<IteratorResult<string>>((resolve) => (answer = resolve));
        },
      }),
    };
    const sent = record(send(client, stubborn));
    await afterPromises();
    sent.subscription.unsubscribe();
    answer!({ done: false, value: 'late' });
    await clock.advanceAsync(10);
    expect(got).toEqual([]);
    expect(asked).toBe(1);
  });

  it('does not leave a source that has come to its end by itself', async () => {
    const { client, clock } = connect();
    let left = 0;
    const ended = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true as const, value: undefined }),
        return: async () => ({ done: true as const, value: left++ }),
      }),
    };
    const sent = record(send(client, ended));
    await clock.advanceAsync(10);
    expect(sent.completed).toBe(true);
    expect(left).toBe(0);
  });

  it('hears nothing of a source that fails when it is left', async () => {
    const { client } = connect();
    const failing = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => Promise.reject(new Error('mine')),
      }),
    };
    const sent = record(send(client, failing));
    sent.subscription.unsubscribe();
    await afterPromises();
    expect(sent.isOver).toBe(false);
  });
});
