import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import { ConnectionLostError, type Pool, type PoolStatus, type Transport } from 'rxpool';
import {
  converse,
  lines,
  ndjson,
  requestClient,
  RequestLostError,
  type Protocol,
  type RequestClient,
  type RequestClientState,
  type RequestConfig,
} from 'rxpool/protocol';
import type { SimulatedSocket } from 'rxpool/testing';
import { describe, expectTypeOf, it } from 'vitest';

declare const pool: Pool<Socket, Buffer>;
declare const simulated: Pool<SimulatedSocket, Buffer>;
declare const transport: Transport<Socket, Buffer>;
declare const socket: Socket;

interface Reply {
  readonly id: number;
  readonly sum: number;
}

const byLine = { frames: lines(), encode: (line: string) => `${line}\n` };

describe('requestClient', () => {
  it('takes its types from the protocol', () => {
    const client = requestClient(pool, byLine);
    expectTypeOf(client).toEqualTypeOf<RequestClient<string, string>>();
    expectTypeOf(client.request('a')).toEqualTypeOf<Observable<string>>();
    // @ts-expect-error -- a request is a line
    client.request(1);
  });

  it('has answers of another type than frames where the protocol makes them', () => {
    const client = requestClient(simulated, {
      frames: ndjson<Reply>(),
      encode: (sum: readonly number[], id) => JSON.stringify({ id, sum }),
      idOf: (reply) => {
        expectTypeOf(reply).toEqualTypeOf<Reply>();
        return reply.id;
      },
      answer: (reply) => reply.sum,
    });
    expectTypeOf(client).toEqualTypeOf<RequestClient<readonly number[], Reply, number>>();
    expectTypeOf(client.pushes$).toEqualTypeOf<Observable<Reply>>();
  });

  it('has a state beyond that of its pool', () => {
    expectTypeOf<RequestClientState>().toExtend<PoolStatus>();
    expectTypeOf<RequestClientState['inFlight']>().toBeNumber();
  });

  it('needs sockets that can be written to, and no others', () => {
    // @ts-expect-error -- an EventSource takes no requests
    requestClient(null as unknown as Pool<EventSource, Uint8Array>, byLine);
  });

  it('knows the options of a request', () => {
    expectTypeOf<RequestConfig>().toEqualTypeOf<{
      readonly timeout?: number | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly idempotent?: boolean | undefined;
    }>();
  });
});

describe('converse', () => {
  it('speaks on a socket of the transport', () => {
    expectTypeOf(converse(socket, transport, byLine, ['a', 'b'])).toEqualTypeOf<Observable<string>>();
    const protocol: Protocol<string, string, number> = { ...byLine, answer: (line) => line.length };
    expectTypeOf(converse(socket, transport, protocol, [])).toEqualTypeOf<Observable<number>>();
  });
});

describe('RequestLostError', () => {
  it('is a loss that says whether the request had been written', () => {
    expectTypeOf<RequestLostError>().toExtend<ConnectionLostError>();
    expectTypeOf<RequestLostError['info']['written']>().toBeBoolean();
  });
});
