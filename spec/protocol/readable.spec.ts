import { asapScheduler, observeOn, of, pipe, take, takeWhile, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { consume, FrameTooLargeError, lines, readable } from '../../src/protocol/index.js';
import { afterPromises, record } from '../pool/pool-lab.js';
import { bytes, connect, look, textOf } from './flow-lab.js';

const MiB = 1024 * 1024;

describe('readable, as an Observable', () => {
  it('emits the bytes of the socket in order and completes at its end', () => {
    const { client, server, clock } = connect({ segment: 3 });
    const read = record(readable(client));
    server.write('hello ');
    clock.advance(5);
    server.end('world');
    clock.advance(5);
    expect(textOf(read.values)).toBe('hello world');
    expect(read.completed).toBe(true);
  });

  it('is cold: the socket is read only while somebody is there', () => {
    const { client, server, clock } = connect();
    const bytes$ = readable(client);
    server.write('early');
    clock.advance(5);
    expect(client.readableLength).toBe(5);
    expect(textOf(record(bytes$).values)).toBe('early');
  });

  it('emits frames where it is given an operator that makes them', () => {
    const { client, server, clock } = connect({ segment: 4 });
    const read = record(readable(client, lines()));
    server.end('one\r\ntwo\nlast');
    clock.advance(10);
    expect(read.values).toEqual(['one', 'two', 'last']);
    expect(read.completed).toBe(true);
  });

  it('errors with what the operator makes of the bytes', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const read = record(readable(client, lines({ maxFrame: 3 })));
    server.write('one\nthree\n');
    clock.advance(5);
    expect(read.values).toEqual(['one']);
    expect(read.error).toBeInstanceOf(FrameTooLargeError);
    clock.advance(0);
    expect(look(client)).toEqual(before);
  });

  it('stops reading when the operator completes', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const read = record(
      readable(
        client,
        pipe(
          lines(),
          takeWhile((line) => line !== 'END'),
        ),
      ),
    );
    server.write('one\nEND\n');
    clock.advance(5);
    expect(read.values).toEqual(['one']);
    expect(read.completed).toBe(true);
    server.write('next');
    clock.advance(5);
    expect(client.readableLength).toBe(4);
    expect(look(client)).toEqual(before);
  });

  it('completes at once with an operator that does', () => {
    const { client, clock } = connect();
    const before = look(client);
    expect(record(readable(client, take(0))).completed).toBe(true);
    clock.advance(0);
    expect(look(client)).toEqual(before);
  });

  it('errors with ConnectionLostError at the loss, behind what came before it', () => {
    const { client, server, clock } = connect();
    const read = record(readable(client));
    server.write('half an ans');
    server.resetAndDestroy();
    clock.advance(5);
    expect(textOf(read.values)).toBe('half an ans');
    expect(read.error).toBeInstanceOf(ConnectionLostError);
    expect(read.error).toMatchObject({ info: { address: 'server:7' }, cause: { code: 'ECONNRESET' } });
    expect(client.listenerCount('error')).toBe(0);
  });

  it('errors when the socket is destroyed at this end', () => {
    const { client, clock } = connect();
    const read = record(readable(client));
    client.destroy();
    expect(read.failed).toBe(false);
    clock.advance(5);
    expect(read.error).toBeInstanceOf(ConnectionLostError);
  });

  it('tells at once what a socket that is over has come to', () => {
    const ended = connect();
    ended.server.end('last words');
    const last = record(readable(ended.client));
    ended.clock.advance(10);
    expect(textOf(last.values)).toBe('last words');
    expect(record(readable(ended.client)).completed).toBe(true);

    const lost = connect();
    lost.client.destroy();
    expect(record(readable(lost.client)).error).toBeInstanceOf(ConnectionLostError);
  });

  it('leaves a socket as it was, with all the bytes that nobody took', () => {
    const { client, server, clock } = connect({ segment: 2 });
    const before = look(client);
    server.write('abcdefgh');
    let text = '';
    for (let i = 0; i < 3; i++) {
      readable(client)
        .pipe(take(1))
        .subscribe((chunk) => (text += textOf([chunk])));
      clock.advance(1);
    }
    expect(text).not.toBe('');
    server.write('i');
    clock.advance(5);
    expect(look(client)).toEqual(before);
    text += textOf(record(readable(client)).values);
    expect(text).toBe('abcdefghi');
  });

  it('may be read again as soon as a reading completes', async () => {
    const { client, server, clock } = connect({ segment: 1 });
    let text = '';
    const next = (): void => {
      readable(client)
        .pipe(take(1))
        .subscribe({ next: (chunk) => (text += textOf([chunk])), complete: next });
    };
    next();
    server.write('abcdefgh');
    await clock.advanceAsync(5);
    expect(text).toBe('abcdefgh');
  });

  it('may be read again there also where nothing more comes', async () => {
    const { client, server, clock } = connect();
    const sent = bytes(client.readableHighWaterMark * 4);
    server.write(sent);
    clock.advance(10);
    const taken: Uint8Array[] = [];
    const project = (chunk: Uint8Array): Observable<Uint8Array> => of(chunk);
    const next = (): void => {
      readable(client)
        .pipe(consume(project, { highWaterMark: 1 }), take(1))
        .subscribe({ next: (chunk) => taken.push(chunk), complete: next });
    };
    next();
    await clock.advanceAsync(10);
    expect(taken.length).toBeGreaterThan(3);
    expect(Buffer.concat(taken).equals(sent)).toBe(true);
  });

  it('errors for a second reader, which takes nothing, and goes on for the first', async () => {
    const { client, server, clock } = connect();
    const sent = bytes(512 * 1024);
    server.write(sent);
    clock.advance(10);
    const first = readable(client)[Symbol.asyncIterator]();
    const { value } = await first.next();
    clock.advance(10);
    expect(client.readableLength).toBeGreaterThan(0);
    const second = record(readable(client));
    await clock.advanceAsync(0);
    expect(second.values).toEqual([]);
    expect(second.error).toEqual(
      new TypeError('readable: somebody reads the socket already, and each byte has but one reader'),
    );
    const rest = await first.next();
    expect(Buffer.concat([value!, rest.value!]).equals(sent.subarray(0, value!.length + rest.value!.length))).toBe(
      true,
    );
    await first.return!();
  });

  it('does not read when it is left before the reading before it has ended', async () => {
    const { client, clock } = connect();
    const before = look(client);
    const first = record(readable(client));
    const second = record(readable(client));
    second.subscription.unsubscribe();
    first.subscription.unsubscribe();
    await clock.advanceAsync(0);
    expect(look(client)).toEqual(before);
  });

  it('errors for a socket that gives text instead of bytes', () => {
    const { client, server, clock } = connect();
    client.setEncoding('utf8');
    const read = record(readable(client));
    server.write('text');
    clock.advance(5);
    expect(read.error).toEqual(new TypeError('readable: expected bytes, got text. Is an encoding set on the socket?'));
  });

  it('names a peer by what the socket knows of it', () => {
    const named = (remoteAddress: string | undefined, remotePort?: number): unknown => {
      const { client, clock } = connect();
      Object.defineProperties(client, { remoteAddress: { value: remoteAddress }, remotePort: { value: remotePort } });
      const read = record(readable(client));
      client.destroy();
      clock.advance(5);
      return read.error;
    };
    expect(named('::1', 80)).toMatchObject({ info: { address: '[::1]:80' } });
    expect(named('10.0.0.7', 80)).toMatchObject({ info: { address: '10.0.0.7:80' } });
    expect(named('10.0.0.7')).toMatchObject({ info: { address: '10.0.0.7' } });
    expect(named(undefined)).toMatchObject({ info: { address: 'the peer' } });
  });
});

describe('readable, as an async iterable', () => {
  it('gives all bytes in order and ends with the socket', async () => {
    const { client, server, clock } = connect({ segment: 1000 });
    const sent = bytes(100_000);
    server.end(sent);
    const got: Uint8Array[] = [];
    const done = (async () => {
      for await (const chunk of readable(client)) got.push(chunk);
    })();
    await clock.advanceAsync(1000);
    await done;
    expect(Buffer.concat(got).equals(sent)).toBe(true);
  });

  it('reads no further than it is asked: the sender waits', async () => {
    const { client, server, clock } = connect();
    server.write(bytes(MiB));
    const iterator = readable(client)[Symbol.asyncIterator]();
    const first = iterator.next();
    await clock.advanceAsync(1000);
    const { value } = await first;
    expect(value!.length).toBeLessThanOrEqual(client.readableHighWaterMark + 65_536);
    expect(client.readableLength).toBeLessThanOrEqual(client.readableHighWaterMark + 65_536);
    const { bytesRead } = client;
    expect(bytesRead).toBeLessThan(MiB / 4);
    await clock.advanceAsync(1000);
    expect(client.bytesRead).toBe(bytesRead);
    await iterator.return!();
  });

  it('gives the frames of one chunk one by one', async () => {
    const { client, server, clock } = connect();
    server.end('a\nb\nc');
    const iterator = readable(client, lines())[Symbol.asyncIterator]();
    const all = Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    await clock.advanceAsync(10);
    expect((await all).map(({ value, done }) => (done === true ? 'end' : value))).toEqual(['a', 'b', 'c', 'end']);
  });

  it('throws at the loss, behind the frames that came before it', async () => {
    const { client, server, clock } = connect();
    const got: string[] = [];
    const done = (async () => {
      for await (const line of readable(client, lines())) {
        got.push(line);
        await clock.advanceAsync(10);
      }
    })();
    server.write('one\ntwo\nthr');
    server.resetAndDestroy();
    const outcome = expect(done).rejects.toBeInstanceOf(ConnectionLostError);
    await clock.advanceAsync(10);
    await outcome;
    expect(got).toEqual(['one', 'two']);
  });

  it.each<[string, (text: string) => void]>([
    ['a break', () => {}],
    [
      'an exception',
      () => {
        throw new Error('mine');
      },
    ],
  ])('leaves the socket as it was after %s, with what follows', async (_how, leave) => {
    const { client, server, clock } = connect({ segment: 2 });
    const before = look(client);
    const done = (async () => {
      for await (const chunk of readable(client)) {
        leave(textOf([chunk]));
        break;
      }
    })().catch(() => {});
    server.write('abcd');
    await clock.advanceAsync(5);
    await done;
    expect(look(client)).toEqual(before);
    expect(textOf(record(readable(client)).values)).toBe('cd');
  });

  it('lets go of the socket at return, also while a frame is awaited', async () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const iterator = readable(client)[Symbol.asyncIterator]();
    const pending = iterator.next();
    await afterPromises();
    expect(client.listenerCount('readable')).toBe(1);
    await iterator.return!();
    clock.advance(0);
    expect(look(client)).toEqual(before);
    expect(await pending).toEqual({ done: true, value: undefined });
    server.write('for the next');
    clock.advance(5);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(client.readableLength).toBe(12);
  });

  it('touches no socket when it is left before the first frame was asked for', async () => {
    const { client } = connect();
    const before = look(client);
    await readable(client)[Symbol.asyncIterator]().return!();
    expect(look(client)).toEqual(before);
  });

  it('rejects for a socket that is being read', async () => {
    const { client } = connect();
    const first = record(readable(client));
    await expect(readable(client)[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(TypeError);
    first.subscription.unsubscribe();
  });

  it('gives frames that an operator makes later, and then its end', async () => {
    const { client, server, clock } = connect();
    const got: string[] = [];
    const done = (async () => {
      for await (const line of readable(client, pipe(lines(), observeOn(asapScheduler)))) got.push(line);
    })();
    server.write('one\n');
    await clock.advanceAsync(10);
    expect(got).toEqual(['one']);
    server.end('two');
    await clock.advanceAsync(10);
    await done;
    expect(got).toEqual(['one', 'two']);
  });
});
