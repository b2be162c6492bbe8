import {
  asapScheduler,
  EMPTY,
  mergeMap,
  NEVER,
  observeOn,
  of,
  pipe,
  startWith,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { consume, FrameTooLargeError, lines, readable, type ConsumeConfig } from '../../src/protocol/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { afterPromises, record, type Recording } from '../pool/pool-lab.js';
import { collectGarbage } from './collect-garbage.js';
import { Desk } from './desk.js';
import { bytes, connect, look, sum, textOf, watchTaken } from './flow-lab.js';

const KiB = 1024;

function consumeLines(client: SimulatedSocket, desk: Desk<string>, config?: ConsumeConfig): Recording<never> {
  return record(readable(client, lines()).pipe(consume(desk.project, config)));
}

/** Emits an object that nobody else holds. */
function emitted(source: Subject<object>): object {
  const value = { is: 'waiting' };
  source.next(value);
  return value;
}

describe('consume', () => {
  it('works on one value after the other, in order, and emits what comes of them', async () => {
    const { client, server, clock } = connect({ segment: 3 });
    let working = 0;
    let most = 0;
    const consumed = record(
      readable(client, lines()).pipe(
        consume(async (line, index) => {
          most = Math.max(most, ++working);
          await afterPromises();
          working--;
          return `${index} ${line}`;
        }),
      ),
    );
    server.end('a\nb\nc\nd');
    await clock.advanceAsync(10);
    while (!consumed.isOver) await afterPromises();
    expect(consumed.values).toEqual(['0 a', '1 b', '2 c', '3 d']);
    expect(consumed.completed).toBe(true);
    expect(most).toBe(1);
  });

  it('works on as many as concurrency says, begun in order; results come as they are ready', () => {
    const { client, server, clock } = connect();
    const work = new Map<string, Subject<string>>();
    const consumed = record(
      readable(client, lines()).pipe(
        consume(
          (line) => {
            const one = new Subject<string>();
            work.set(line, one);
            return one;
          },
          { concurrency: 2 },
        ),
      ),
    );
    server.end('a\nb\nc\n');
    clock.advance(5);
    expect([...work.keys()]).toEqual(['a', 'b']);
    work.get('b')!.next('b done');
    work.get('b')!.complete();
    expect([...work.keys()]).toEqual(['a', 'b', 'c']);
    work.get('a')!.next('a done');
    work.get('c')!.complete();
    expect(consumed.completed).toBe(false);
    work.get('a')!.complete();
    expect(consumed.values).toEqual(['b done', 'a done']);
    expect(consumed.completed).toBe(true);
  });

  it('works on all that is there with endless concurrency', () => {
    const { client, server, clock } = connect();
    const desk = new Desk<string>();
    const consumed = consumeLines(client, desk, { concurrency: Infinity });
    server.write('a\nb\nc\n');
    clock.advance(5);
    expect(desk.begun).toEqual(['a', 'b', 'c']);
    consumed.subscription.unsubscribe();
    expect([desk.isLeft(0), desk.isLeft(1), desk.isLeft(2)]).toEqual([true, true, true]);
  });

  it('holds no more than the high mark and a chunk, what the socket has read ahead included, and loses nothing', () => {
    const { client, server, clock } = connect();
    const taken = watchTaken(client);
    const highWaterMark = 2 * client.readableHighWaterMark + 100 * KiB;
    const sent = bytes(1024 * KiB);
    server.end(sent);
    const desk = new Desk<Uint8Array>();
    const consumed = record(readable(client).pipe(consume(desk.project, { highWaterMark })));
    let most = 0;
    for (let nth = 0; !consumed.isOver; nth++) {
      clock.advance(100);
      const finished = sum(desk.begun.slice(0, nth).map(({ length }) => length));
      most = Math.max(most, sum(taken) + client.readableLength - finished);
      desk.finish(nth);
    }
    expect(Buffer.concat(desk.begun).equals(sent)).toBe(true);
    expect(most).toBeLessThanOrEqual(highWaterMark + 64 * KiB);
    // It would be no bound if it were never met.
    expect(most).toBeGreaterThan(highWaterMark - 64 * KiB);
  });

  it.each<[string, ConsumeConfig, number]>([
    ['the low mark', { lowWaterMark: 50 * KiB }, 50 * KiB],
    ['half of the high mark', {}, 0],
  ])('reads on once less than %s is left', (_mark, config, low) => {
    const { client, server, clock } = connect({ segment: 10 * KiB });
    const taken = watchTaken(client);
    const own = client.readableHighWaterMark;
    const highWaterMark = 2 * own + 201 * KiB;
    const lowWaterMark = low > 0 ? low : highWaterMark / 2;
    const desk = new Desk<Uint8Array>();
    server.write(bytes(2048 * KiB));
    const consumed = record(readable(client).pipe(consume(desk.project, { highWaterMark, ...config })));
    clock.advance(1000);
    const atRest = taken.length;
    let left = sum(taken);
    expect(left).toBeGreaterThanOrEqual(201 * KiB);
    for (let nth = 0; left >= lowWaterMark; nth++) {
      clock.advance(100);
      expect(taken).toHaveLength(atRest);
      left -= desk.begun[nth]!.length;
      desk.finish(nth);
    }
    expect(taken.length).toBeGreaterThan(atRest);
    consumed.subscription.unsubscribe();
  });

  it('takes what comes up to the high mark, however little room is left for it', () => {
    const { client, server, clock } = connect();
    const taken = watchTaken(client);
    const highWaterMark = 2 * client.readableHighWaterMark + 10 * KiB;
    const desk = new Desk<Uint8Array>();
    const consumed = record(readable(client).pipe(consume(desk.project, { highWaterMark })));
    for (let i = 0; i < 3; i++) {
      server.write(bytes(6 * KiB));
      clock.advance(10);
    }
    expect(taken).toEqual([6 * KiB, 6 * KiB]);
    consumed.subscription.unsubscribe();
  });

  it('takes piece by piece below twice what the socket reads ahead, and never less than that', () => {
    const { client, server, clock } = connect();
    const taken = watchTaken(client);
    const desk = new Desk<Uint8Array>();
    const sent = bytes(256 * KiB);
    server.end(sent);
    const consumed = record(readable(client).pipe(consume(desk.project, { highWaterMark: 1 })));
    for (let nth = 0; !consumed.isOver; nth++) {
      clock.advance(100);
      expect(taken).toHaveLength(nth + 1);
      expect(taken[nth]).toBeLessThanOrEqual(client.readableHighWaterMark);
      desk.finish(nth);
    }
    expect(Buffer.concat(desk.begun).equals(sent)).toBe(true);
    expect(taken.length).toBeLessThanOrEqual(Math.ceil(sent.length / client.readableHighWaterMark) + 4);
  });

  it('counts the bytes of a piece until all frames in it are consumed', () => {
    const { client, server, clock } = connect({ segment: 10 * KiB });
    const taken = watchTaken(client);
    const desk = new Desk<string>();
    const highWaterMark = 2 * client.readableHighWaterMark + 10 * KiB;
    const consumed = consumeLines(client, desk, { highWaterMark, lowWaterMark: 5 * KiB });
    // Each piece has ten lines.
    server.write(`${'x'.repeat(KiB - 1)}\n`.repeat(40));
    clock.advance(100);
    for (let nth = 0; nth < 9; nth++) desk.finish(nth);
    clock.advance(100);
    expect(taken).toEqual([10 * KiB]);
    desk.finish(9);
    expect(taken.length).toBeGreaterThan(1);
    consumed.subscription.unsubscribe();
  });

  it('reads on for a frame that is larger than the high mark', () => {
    const { client, server, clock } = connect();
    const desk = new Desk<string>();
    const consumed = consumeLines(client, desk, { highWaterMark: 1 });
    const line = 'x'.repeat(1024 * KiB);
    server.end(`${line}\nshort`);
    clock.advance(1000);
    expect(desk.begun).toEqual([line]);
    desk.finish(0);
    clock.advance(10);
    expect(desk.begun).toEqual([line, 'short']);
    desk.finish(1);
    expect(consumed.completed).toBe(true);
  });

  it('counts what an unfinished frame has brought while others are consumed', () => {
    const { client, server, clock } = connect();
    const taken = watchTaken(client);
    const desk = new Desk<string>();
    const highWaterMark = 2 * client.readableHighWaterMark + 100 * KiB;
    const consumed = consumeLines(client, desk, { highWaterMark });
    server.write(`short\n${'x'.repeat(1024 * KiB)}\n`);
    clock.advance(1000);
    expect(desk.begun).toEqual(['short']);
    expect(sum(taken)).toBeLessThanOrEqual(highWaterMark);
    desk.finish(0);
    clock.advance(1000);
    expect(desk.begun).toHaveLength(2);
    consumed.subscription.unsubscribe();
  });

  it('takes and counts frames that an operator makes later, too', async () => {
    const { client, server, clock } = connect();
    const desk = new Desk<string>();
    const late = pipe(lines(), observeOn(asapScheduler));
    const consumed = record(readable(client, late).pipe(consume(desk.project)));
    server.write('a\nb\n');
    await clock.advanceAsync(10);
    expect(desk.begun).toEqual(['a']);
    desk.finish(0);
    desk.finish(1);
    server.end('c');
    await clock.advanceAsync(10);
    desk.finish(2);
    expect(desk.begun).toEqual(['a', 'b', 'c']);
    expect(consumed.completed).toBe(true);
  });

  it('takes a frame that an operator has without the socket', () => {
    const { client, server, clock } = connect();
    const desk = new Desk<string>();
    const consumed = record(readable(client, pipe(lines(), startWith('first'))).pipe(consume(desk.project)));
    server.end('second');
    clock.advance(10);
    desk.finish(0);
    desk.finish(1);
    expect(desk.begun).toEqual(['first', 'second']);
    expect(consumed.completed).toBe(true);
  });

  it('runs work that is done at once in a loop, however much there is', () => {
    const { client, server, clock } = connect();
    let begun = 0;
    const project = (): Observable<number> => of(++begun);
    const consumed = record(readable(client, lines()).pipe(consume(project)));
    server.end('\n'.repeat(60_000));
    clock.advance(100);
    expect(consumed.values).toHaveLength(60_000);
    expect(consumed.completed).toBe(true);
  });

  it('consumes what came before a loss, and then errors', () => {
    const { client, server, clock } = connect();
    const desk = new Desk<string>();
    const consumed = consumeLines(client, desk, { concurrency: 2 });
    server.write('a\nb\nc\nhalf');
    server.resetAndDestroy();
    clock.advance(10);
    expect(desk.begun).toEqual(['a', 'b']);
    desk.finish(0);
    desk.finish(2);
    expect(consumed.isOver).toBe(false);
    desk.finish(1);
    expect(desk.begun).toEqual(['a', 'b', 'c']);
    expect(consumed.error).toBeInstanceOf(ConnectionLostError);
  });

  it('errors with an operator that does, once what it has made is consumed', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const desk = new Desk<string>();
    const consumed = record(readable(client, lines({ maxFrame: 3 })).pipe(consume(desk.project)));
    server.write('one\nthree\n');
    clock.advance(10);
    expect(look(client)).toEqual(before);
    expect(consumed.isOver).toBe(false);
    desk.finish(0);
    expect(consumed.error).toBeInstanceOf(FrameTooLargeError);
  });

  it('completes with an operator that does, once what it has made is consumed', () => {
    const { client, server, clock } = connect();
    const before = look(client);
    const desk = new Desk<string>();
    const consumed = record(readable(client, pipe(lines(), take(2))).pipe(consume(desk.project)));
    server.write('a\nb\nc\n');
    clock.advance(10);
    expect(look(client)).toEqual(before);
    desk.finish(0);
    expect(consumed.completed).toBe(false);
    desk.finish(1);
    expect(consumed.completed).toBe(true);
    expect(desk.begun).toEqual(['a', 'b']);
  });

  describe('errors with what the work errors with, ends all other work and lets go of the socket', () => {
    const failure = new Error('mine');
    it.each<[string, () => Observable<never> | Promise<never>]>([
      [
        'thrown',
        () => {
          throw failure;
        },
      ],
      ['of an Observable', () => throwError(() => failure)],
      ['of a promise', () => Promise.reject(failure)],
      ['later', () => timer(0).pipe(mergeMap(() => throwError(() => failure)))],
    ])('%s', async (_how, fail) => {
      const { client, server, clock } = connect();
      const before = look(client);
      const desk = new Desk<string>();
      const project = (line: string): Observable<never> | Promise<never> =>
        line === 'bad' ? fail() : desk.project(line);
      const consumed = record(readable(client, lines()).pipe(consume(project, { concurrency: 2 })));
      server.write('good\nbad\nnever\n');
      await clock.advanceAsync(10);
      while (!consumed.isOver) await afterPromises();
      expect(consumed.error).toBe(failure);
      expect(desk.begun).toEqual(['good']);
      expect(desk.isLeft(0)).toBe(true);
      clock.advance(0);
      expect(look(client)).toEqual(before);
    });

    it('for a project that returns nothing that could be awaited', () => {
      const { client, server, clock } = connect();
      const consumed = record(readable(client).pipe(consume(() => undefined as never)));
      server.write('x');
      clock.advance(10);
      expect(consumed.error).toBeInstanceOf(TypeError);
    });
  });

  describe('leaves the socket as it was when it is unsubscribed', () => {
    it('before anything has come', () => {
      const { client, server, clock } = connect();
      const before = look(client);
      readable(client)
        .pipe(consume(() => NEVER))
        .subscribe()
        .unsubscribe();
      server.write('kept');
      clock.advance(10);
      expect(look(client)).toEqual(before);
      expect(textOf(record(readable(client)).values)).toBe('kept');
    });

    it('while work goes on and reading pauses', () => {
      const { client, server, clock } = connect();
      const before = look(client);
      const desk = new Desk<Uint8Array>();
      const sent = bytes(256 * KiB);
      const consumed = record(readable(client).pipe(consume(desk.project, { highWaterMark: 1 })));
      server.write(sent);
      clock.advance(100);
      consumed.subscription.unsubscribe();
      expect(desk.isLeft(0)).toBe(true);
      clock.advance(0);
      expect(look(client)).toEqual(before);
      const rest = record(readable(client));
      clock.advance(1000);
      expect(Buffer.concat([...desk.begun, ...rest.values]).equals(sent)).toBe(true);
    });

    it('and keeps nothing of what waited, though the work goes on for ever', async () => {
      const source = new Subject<object>();
      const work = new Promise<never>(() => {});
      const consumed = record(source.pipe(consume(() => work, { overflow: 'dropOldest' })));
      source.next({ is: 'worked on' });
      const waiting = new WeakRef(emitted(source));
      await collectGarbage();
      expect(waiting.deref()).toBeDefined();
      consumed.subscription.unsubscribe();
      await collectGarbage();
      expect(waiting.deref()).toBeUndefined();
      void work.catch(() => source.complete());
    });

    it('by a result', () => {
      const { client, server, clock } = connect();
      const before = look(client);
      const begun: string[] = [];
      const project = (line: string): Observable<string> => {
        begun.push(line);
        return of(line, line);
      };
      const consumed = record(readable(client, lines()).pipe(consume(project), take(1)));
      server.write('a\nb\n');
      clock.advance(10);
      expect(consumed.values).toEqual(['a']);
      expect(begun).toEqual(['a']);
      expect(look(client)).toEqual(before);
    });

    it('by the project', () => {
      const { client, server, clock } = connect();
      const before = look(client);
      const begun: string[] = [];
      const subscription = readable(client, lines())
        .pipe(
          consume((line) => {
            begun.push(line);
            subscription.unsubscribe();
            return EMPTY;
          }),
        )
        .subscribe();
      server.write('a\nb\n');
      clock.advance(10);
      expect(begun).toEqual(['a']);
      expect(look(client)).toEqual(before);
    });

    it('behind a loss, while the rest is consumed', () => {
      const { client, server, clock } = connect();
      const desk = new Desk<string>();
      const consumed = consumeLines(client, desk);
      server.write('a\nb\n');
      server.resetAndDestroy();
      clock.advance(10);
      consumed.subscription.unsubscribe();
      expect(desk.isLeft(0)).toBe(true);
      expect(desk.begun).toEqual(['a']);
      expect(consumed.isOver).toBe(false);
    });
  });

  it('goes on where the project asks for more from within', () => {
    const { client, server, clock } = connect();
    server.on('data', (data: Buffer) => server.write(data.toString().toUpperCase()));
    const begun: string[] = [];
    const project = (line: string): Observable<never> => {
      begun.push(line);
      if (begun.length < 4) client.write(`${line}x\n`);
      return EMPTY;
    };
    const consumed = record(readable(client, lines()).pipe(consume(project)));
    client.write('a\n');
    clock.advance(100);
    expect(begun).toEqual(['A', 'AX', 'AXX', 'AXXX']);
    consumed.subscription.unsubscribe();
  });

  it('refuses a source that cannot be paused', () => {
    const { client } = connect();
    const message =
      'consume: this source cannot be paused: take readable(socket, frames) without a pipe, or choose an overflow';
    expect(() => EMPTY.pipe(consume(() => EMPTY))).toThrow(new TypeError(message));
    expect(() =>
      readable(client).pipe(
        lines(),
        consume(() => EMPTY),
      ),
    ).toThrow(new TypeError(message));
  });

  it.each<[object, string]>([
    [
      { concurrency: 0 },
      'consume: concurrency must be an integer from 1 to 9007199254740991 or one of Infinity, got 0',
    ],
    [{ highWaterMark: 0 }, 'consume: highWaterMark must be an integer from 1 to 9007199254740991, got 0'],
    [{ highWaterMark: 10, lowWaterMark: 11 }, 'consume: lowWaterMark must be an integer from 0 to 10, got 11'],
    [{ lowWaterMark: 262_145 }, 'consume: lowWaterMark must be an integer from 0 to 262144, got 262145'],
    [{ overflow: 'drop' }, 'consume: overflow must be one of "pause", "sample", "dropOldest", "error", got "drop"'],
    [{ onDrop: 1 }, 'consume: onDrop must be a function, got 1'],
    [{ mark: 1 }, 'consume: unknown option mark; known are concurrency, highWaterMark, lowWaterMark, overflow, onDrop'],
  ])('refuses %j', (config, message) => {
    expect(() => consume(() => EMPTY, config)).toThrow(message);
  });
});
