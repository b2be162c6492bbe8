import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { firstValueFrom, NEVER, of, take, type Observable } from 'rxjs';
import {
  ConnectionLostError,
  createPool,
  endpoint,
  fromFactory,
  RxpoolError,
  transport,
  type CloseReason,
  type CloseReport,
  type EndpointView,
  type Lease,
  type Pool,
  type PoolConfig,
  type PoolEvent,
  type PoolStats,
  type PoolStatus,
  type Transport,
} from 'rxpool';
import { lines } from 'rxpool/protocol';
import { tcp, tls } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

interface Wire {
  send(text: string): void;
}

const wire = transport(() => NEVER as Observable<Wire>, { data: () => of('text') });
declare const pool: Pool<Socket, Buffer>;

describe('createPool', () => {
  it('is typed by its transport or endpoint, without annotations', () => {
    expectTypeOf(createPool(tcp(5000))).toEqualTypeOf<Pool<Socket, Buffer>>();
    expectTypeOf(createPool(tls(5000), { max: 5 })).toEqualTypeOf<Pool<TLSSocket, Buffer>>();
    expectTypeOf(createPool(wire)).toEqualTypeOf<Pool<Wire, string>>();
    expectTypeOf(createPool(endpoint(wire))).toEqualTypeOf<Pool<Wire, string>>();
    expectTypeOf(createPool(fromFactory({ create: async () => 'made' }))).toEqualTypeOf<Pool<string, never>>();
  });

  it('takes several of a kind, transports and endpoints mixed', () => {
    expectTypeOf(createPool([tcp(5000), tcp(5001)])).toEqualTypeOf<Pool<Socket, Buffer>>();
    expectTypeOf(createPool([endpoint(wire), wire])).toEqualTypeOf<Pool<Wire, string>>();
    const addresses = ['a:1', 'b:1'] as const;
    expectTypeOf(createPool(addresses.map((address) => tcp(address)))).toEqualTypeOf<Pool<Socket, Buffer>>();
  });

  it('hands the socket and its transport to prepare, typed by the source alone', () => {
    createPool(tls(5000), {
      prepare: (socket, transport) => {
        expectTypeOf(socket).toEqualTypeOf<TLSSocket>();
        expectTypeOf(transport).toEqualTypeOf<Transport<TLSSocket, Buffer>>();
        return of(socket.authorized);
      },
    });
  });

  it('refuses wrong sources and options', () => {
    // @ts-expect-error -- an address alone is no transport
    createPool('localhost:5000');
    // @ts-expect-error -- an endpoint behind operators is none any more
    createPool(endpoint(wire).pipe(take(1)));
    // @ts-expect-error -- no such option
    createPool(wire, { maximum: 5 });
    // @ts-expect-error -- a size is a number
    createPool(wire, { max: '5' });
    // @ts-expect-error -- one of two
    createPool(wire, { order: 'random' });
    // @ts-expect-error -- the socket is a Wire
    createPool(wire, { prepare: (socket: Socket) => of(socket) });
  });

  it('has a config that can be kept in a variable', () => {
    const config: PoolConfig = { min: 1, max: 5, acquireTimeout: 500 };
    expectTypeOf(createPool(tcp(5000), config)).toEqualTypeOf<Pool<Socket, Buffer>>();
  });
});

describe('Pool', () => {
  it('alone works as a type: every pool is one', () => {
    expectTypeOf<Pool<Socket, Buffer>>().toExtend<Pool>();
    expectTypeOf<Pool<Wire, string>>().toExtend<Pool>();
    expectTypeOf<Pool<Socket>>().toExtend<Pool>();
    expectTypeOf<Pool<TLSSocket, Buffer>>().toExtend<Pool<Socket, Buffer>>();
    const all: Pool[] = [pool, createPool(wire)];
    expectTypeOf(all[0]!.available$).toEqualTypeOf<Observable<Lease>>();
  });

  it('lends typed leases, whatever face it is asked by', () => {
    expectTypeOf(pool.available$).toEqualTypeOf<Observable<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.borrow()).toEqualTypeOf<Observable<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.borrow({ timeout: 5 })).toEqualTypeOf<Observable<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.acquire()).toEqualTypeOf<Promise<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.tryBorrow()).toEqualTypeOf<Lease<Socket, Buffer> | undefined>();
    expectTypeOf(firstValueFrom(pool.available$)).toEqualTypeOf<Promise<Lease<Socket, Buffer>>>();
  });

  it('infers what a use yields from what its project returns', () => {
    const answers = pool.use((socket, lease) => {
      expectTypeOf(socket).toEqualTypeOf<Socket>();
      expectTypeOf(lease).toEqualTypeOf<Lease<Socket, Buffer>>();
      return lease.data$.pipe(lines());
    });
    expectTypeOf(answers).toEqualTypeOf<Observable<string>>();
    expectTypeOf(pool.use(async () => 5)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(pool.use(() => ['a', 'b'])).toEqualTypeOf<Observable<string>>();
    expectTypeOf(pool.use(() => of(1), { timeout: 5, reuse: ({ type }) => type === 'error' })).toEqualTypeOf<
      Observable<number>
    >();
  });

  it('refuses wrong projects and options', () => {
    // @ts-expect-error -- a number is nothing to wait for
    pool.use(() => 5);
    // @ts-expect-error -- the socket is a net.Socket
    pool.use((socket: Wire) => of(socket));
    // @ts-expect-error -- no such option
    pool.borrow({ timeot: 5 });
    // @ts-expect-error -- a predicate
    pool.use(() => of(1), { reuse: true });
    void (
      // @ts-expect-error -- one of three
      pool.close({ borrowed: 'forget' })
    );
    // @ts-expect-error -- leases are made by a pool
    pool.available$ = NEVER;
  });

  it('shows itself, typed', () => {
    expectTypeOf(pool.status$).toEqualTypeOf<Observable<PoolStatus>>();
    expectTypeOf(pool.stats$).toEqualTypeOf<Observable<PoolStats>>();
    expectTypeOf(pool.events$).toEqualTypeOf<Observable<PoolEvent>>();
    expectTypeOf(pool.endpoints).toEqualTypeOf<readonly EndpointView<Socket, Buffer>[]>();
    expectTypeOf(pool.close()).toEqualTypeOf<Promise<CloseReport>>();
    expectTypeOf(pool.ready(3)).toEqualTypeOf<Promise<void>>();
    expectTypeOf(pool).toExtend<AsyncDisposable>();
  });
});

describe('Lease', () => {
  it('gives the raw socket and its data', () => {
    const lease = undefined as unknown as Lease<Socket, Buffer>;
    expectTypeOf(lease.socket).toEqualTypeOf<Socket>();
    expectTypeOf(lease.data$).toEqualTypeOf<Observable<Buffer>>();
    expectTypeOf(lease.lost$).toEqualTypeOf<Observable<ConnectionLostError>>();
    expectTypeOf(lease.detach()).toEqualTypeOf<Socket>();
    expectTypeOf(lease).toExtend<Disposable>();
    expectTypeOf(lease).toExtend<Lease>();
  });
});

describe('PoolEvent', () => {
  it('narrows by type', () => {
    const event = undefined as unknown as PoolEvent;
    expectTypeOf(event.at).toBeNumber();
    if (event.type === 'opened') {
      expectTypeOf(event.latency).toBeNumber();
      expectTypeOf(event.endpoint).toBeString();
      expectTypeOf(event.slot).toBeNumber();
    }
    if (event.type === 'failed' || event.type === 'lost') expectTypeOf(event.error).toBeUnknown();
    if (event.type === 'closed') expectTypeOf(event.reason).toEqualTypeOf<CloseReason>();
    if (event.type === 'borrowed') expectTypeOf(event.waited).toBeNumber();
    if (event.type === 'released') expectTypeOf(event.held).toBeNumber();
    if (event.type === 'queued') {
      expectTypeOf(event.waiting).toBeNumber();
      expectTypeOf(event).not.toHaveProperty('slot');
    }
  });
});

describe('errors', () => {
  it('narrow by instanceof to their typed info', () => {
    const error: unknown = undefined;
    if (error instanceof ConnectionLostError) {
      expectTypeOf(error.info).toEqualTypeOf<{ readonly address: string }>();
      expectTypeOf(error.retryable).toBeBoolean();
    }
    if (error instanceof RxpoolError) expectTypeOf(error.code).toBeString();
  });
});

describe('nothing that is inferred', () => {
  it('is any', () => {
    const event = undefined as unknown as PoolEvent & { type: 'failed' };
    const lease = undefined as unknown as Lease;
    expectTypeOf(event.error).not.toBeAny();
    expectTypeOf(lease.socket).toBeUnknown();
    expectTypeOf(lease.data$).toEqualTypeOf<Observable<unknown>>();
    expectTypeOf(pool.use).returns.not.toBeAny();
    expectTypeOf(pool.slots).not.toBeAny();
    expectTypeOf(pool.stats).not.toBeAny();
    expectTypeOf(pool.endpoints[0]!.endpoint).not.toBeAny();
    expectTypeOf(createPool).parameter(1).not.toBeAny();
  });
});
