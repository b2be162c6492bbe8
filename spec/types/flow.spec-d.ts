import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { EMPTY, map, pipe, type Observable, type OperatorFunction } from 'rxjs';
import {
  consume,
  lengthPrefixed,
  lines,
  readable,
  send,
  SendLostError,
  writable,
  type ConsumeConfig,
  type Flow,
  type ReadableSocket,
  type Sent,
  type WritableSocket,
} from 'rxpool/protocol';
import { ConnectionLostError, type Pool } from 'rxpool';
import type { SimulatedSocket } from 'rxpool/testing';
import { describe, expectTypeOf, it } from 'vitest';

declare const socket: Socket;
declare const pool: Pool<Socket, Buffer>;

describe('the sockets', () => {
  it('are those of Node and the simulated ones, by what they have', () => {
    expectTypeOf<Socket>().toExtend<ReadableSocket & WritableSocket>();
    expectTypeOf<TLSSocket>().toExtend<ReadableSocket & WritableSocket>();
    expectTypeOf<SimulatedSocket>().toExtend<ReadableSocket & WritableSocket>();
  });

  it('are none of a browser, which cannot be paused', () => {
    expectTypeOf<WebSocket>().not.toExtend<ReadableSocket>();
    expectTypeOf<WebSocket>().not.toExtend<WritableSocket>();
  });
});

describe('readable', () => {
  it('is typed by the operator that makes the frames', () => {
    expectTypeOf(readable(socket)).toEqualTypeOf<Flow<Uint8Array>>();
    expectTypeOf(readable(socket, lines())).toEqualTypeOf<Flow<string>>();
    expectTypeOf(readable(socket, pipe(lines(), map(Number)))).toEqualTypeOf<Flow<number>>();
  });

  it('is an Observable and an async iterable', () => {
    expectTypeOf<Flow<string>>().toExtend<Observable<string>>();
    expectTypeOf<Flow<string>>().toExtend<AsyncIterable<string>>();
    const overText = map((text: string) => text.length);
    // @ts-expect-error -- an operator over text
    readable(socket, overText);
  });
});

describe('consume', () => {
  it('is typed by the source and by what the work emits', () => {
    const results = readable(socket, lines()).pipe(consume((line) => Promise.resolve(line.length)));
    expectTypeOf(results).toEqualTypeOf<Observable<number>>();
    const bytes = readable(socket).pipe(consume((chunk, index) => [chunk.byteLength, String(index)]));
    expectTypeOf(bytes).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(consume((line: string) => EMPTY.pipe(map(() => line)))).toExtend<OperatorFunction<string, string>>();
  });

  it('is work for use()', () => {
    const done = pool.use((socket) => readable(socket, lengthPrefixed()).pipe(consume(async () => 'stored')));
    expectTypeOf(done).toEqualTypeOf<Observable<string>>();
  });

  it('refuses what is none of its options, and work that nobody can wait for', () => {
    const config: ConsumeConfig = { concurrency: 2, highWaterMark: 1, lowWaterMark: 0, overflow: 'sample' };
    consume(() => EMPTY, config);
    // @ts-expect-error -- no such policy
    consume(() => EMPTY, { overflow: 'drop' });
    // @ts-expect-error -- no such option
    consume(() => EMPTY, { highWatermark: 1 });
    // @ts-expect-error -- nothing to wait for
    consume(() => undefined);
  });
});

describe('send', () => {
  it('takes Observables, async iterables and Readables of bytes and text', () => {
    expectTypeOf(send(socket, EMPTY)).toEqualTypeOf<Observable<Sent>>();
    send(socket, readable(socket));
    send(socket, readable(socket, lines()));
    send(socket, Readable.from(['text']));
    send(socket, socket);
    // @ts-expect-error -- neither bytes nor text
    send(socket, readable(socket, pipe(lines(), map(Number))));
    // @ts-expect-error -- a frame, not a source of frames
    send(socket, 'text');
    // @ts-expect-error -- no such option
    send(socket, EMPTY, { highWaterMark: 1 });
  });

  it('is an operator as writable', () => {
    expectTypeOf(readable(socket, lines()).pipe(writable(socket))).toEqualTypeOf<Observable<Sent>>();
    expectTypeOf(writable(socket)(Readable.from([]))).toEqualTypeOf<Observable<Sent>>();
  });

  it('tells in its error how far it has come', () => {
    expectTypeOf<SendLostError>().toExtend<ConnectionLostError>();
    expectTypeOf<SendLostError['info']>().toExtend<Sent & { readonly address: string }>();
    expectTypeOf<SendLostError['code']>().toEqualTypeOf<'RXPOOL_CONNECTION_LOST'>();
  });
});
