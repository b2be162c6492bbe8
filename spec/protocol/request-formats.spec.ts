import { forkJoin, map, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { fixed, FrameTooLargeError, lengthPrefixed, requestClient, type Protocol } from '../../src/protocol/index.js';
import { createNetwork, VirtualClock, type SimulatedSocket } from '../../src/testing/index.js';
import { record } from '../pool/pool-lab.js';

interface Call {
  readonly method: string;
  readonly params: readonly number[];
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly event?: string;
}

const body = lengthPrefixed({ bytes: 4 });
const text = new TextDecoder();

/** JSON behind its length; an id tells the answers apart, and what has none is an event. */
const json: Protocol<Call, Reply, unknown> = {
  frames: (bytes$) =>
    bytes$.pipe(
      body,
      map((bytes) => JSON.parse(text.decode(bytes)) as Reply),
    ),
  encode: (call, id) => body.encode(new TextEncoder().encode(JSON.stringify({ id, ...call }))),
  idOf: ({ id }) => id,
  answer: ({ result, error }) => {
    if (error !== undefined) throw new Error(error);
    return result;
  },
};

/** A register of 4 bytes is asked for by its number, and comes as 4 bytes. */
const registers: Protocol<number, Uint8Array, number> = {
  frames: fixed(4),
  encode: (register) => Uint8Array.of(register),
  answer: (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getInt32(0),
};

function world<Request, Frame, Answer>(
  protocol: Protocol<Request, Frame, Answer>,
  serve: (socket: SimulatedSocket) => void,
) {
  const clock = new VirtualClock();
  const network = createNetwork({ clock });
  network.listen('server:7', (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  const pool = createPool(network.tcp('server:7'), { clock, max: 1, concurrency: 100 });
  return { clock, pool, client: requestClient(pool, protocol) };
}

describe('length-prefixed JSON with ids', () => {
  const calls = (socket: SimulatedSocket, answer: (call: Call & { readonly id: number }) => readonly Reply[]): void => {
    const decode = lengthPrefixed({ bytes: 4 });
    const bytes = new Subject<Uint8Array>();
    socket.on('data', (chunk: Buffer) => bytes.next(chunk));
    bytes.pipe(decode).subscribe((frame) => {
      for (const reply of answer(JSON.parse(text.decode(frame)) as Call & { readonly id: number })) {
        socket.write(decode.encode(new TextEncoder().encode(JSON.stringify(reply))));
      }
    });
  };

  it('answers in any order, errors by itself, and tells of events', () => {
    const late: Reply[] = [];
    const { client, clock } = world(json, (socket) =>
      calls(socket, ({ id, method, params }) => {
        if (method === 'fail') return [{ id, error: 'no such thing' }];
        late.push({ id, result: params.reduce((a, b) => a + b, 0) });
        return late.length < 3 ? [] : [{ event: 'all here' }, ...late.reverse()];
      }),
    );
    const events = record(client.pushes$);
    const sums = record(forkJoin([1, 2, 3].map((n) => client.request({ method: 'sum', params: [n, n] }))));
    const failed = record(client.request({ method: 'fail', params: [] }));
    clock.advance(20);
    expect(sums.values).toEqual([[2, 4, 6]]);
    expect(failed.error).toEqual(new Error('no such thing'));
    expect(events.values).toEqual([{ event: 'all here' }]);
    events.subscription.unsubscribe();
  });

  it.each<[string, Uint8Array, unknown]>([
    ['is no JSON', Uint8Array.of(0, 0, 0, 1, 123), SyntaxError],
    ['is of an absurd length', Uint8Array.of(255, 255, 255, 255), FrameTooLargeError],
  ])('breaks its connection where a frame %s', (_what, bytes, type) => {
    const { client, clock, pool } = world(json, (socket) => socket.on('data', () => void socket.write(bytes)));
    const lost = record(client.request({ method: 'sum', params: [] }));
    clock.advance(20);
    expect(lost.error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST', info: { written: true } });
    expect((lost.error as Error).cause).toBeInstanceOf(type);
    expect(pool.stats).toMatchObject({ owned: 0, leases: 0 });
  });
});

describe('frames of bytes, in order', () => {
  it('are asked for by bytes', () => {
    const { client, clock } = world(registers, (socket) => {
      socket.on('data', (asked: Buffer) => {
        for (const register of asked) socket.write(Uint8Array.of(0, 0, register, 0));
      });
    });
    const values = record(forkJoin([1, 2, 3].map((register) => client.request(register))));
    clock.advance(20);
    expect(values.values).toEqual([[256, 512, 768]]);
  });
});
