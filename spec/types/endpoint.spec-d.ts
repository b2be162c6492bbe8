import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NEVER, of, retry, type Observable, type Observer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  endpoint,
  exponentialBackoff,
  fromFactory,
  toHandler,
  transport,
  type Clock,
  type ConnectionEvent,
  type Endpoint,
  type EndpointStatus,
  type Transport,
} from 'rxpool';
import { tcp, tls } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

interface Wire {
  send(text: string): void;
}

const wire = transport(() => NEVER as Observable<Wire>);

describe('transports', () => {
  it('are typed by what they open and read', () => {
    expectTypeOf(tcp('localhost:5000')).toEqualTypeOf<Transport<Socket, Buffer>>();
    expectTypeOf(tcp(5000)).toEqualTypeOf<Transport<Socket, Buffer>>();
    expectTypeOf(tls({ port: 5000 })).toEqualTypeOf<Transport<TLSSocket, Buffer>>();
    expectTypeOf(wire).toEqualTypeOf<Transport<Wire, never>>();
    expectTypeOf(fromFactory({ create: async () => new Map<string, number>() })).toEqualTypeOf<
      Transport<Map<string, number>, never>
    >();
    expectTypeOf(fromFactory({ create: () => 5 })).toEqualTypeOf<Transport<number, never>>();
  });

  it('made by transport() take the type of their data from data()', () => {
    const reading = transport(() => NEVER as Observable<Wire>, { data: () => of('text') });
    expectTypeOf(reading).toEqualTypeOf<Transport<Wire, string>>();
  });

  it('hand the socket to the parts of transport() and fromFactory, typed', () => {
    transport(() => NEVER as Observable<Wire>, {
      usable: (socket) => {
        expectTypeOf(socket).toEqualTypeOf<Wire>();
        return true;
      },
    });
    fromFactory({
      create: async () => 'made' as const,
      destroy: (resource) => {
        expectTypeOf(resource).toEqualTypeOf<'made'>();
      },
      validate: (resource) => {
        expectTypeOf(resource).toEqualTypeOf<'made'>();
        return true;
      },
    });
  });

  it('let transport() close by anything that ends, and have an Observable of nothing for it', () => {
    const open = (): Observable<Wire> => NEVER;
    for (const made of [
      transport(open, { close: () => NEVER }),
      transport(open, { close: async () => 'closed' }),
      transport(open, { close: (wire, options) => of(wire, options?.force) }),
    ]) {
      expectTypeOf(made.close).returns.toEqualTypeOf<Observable<never>>();
    }
    // @ts-expect-error -- nothing that could be waited for
    transport(open, { close: () => undefined });
  });

  it('refuse wrong options', () => {
    // @ts-expect-error -- an address must be a string
    transport(() => NEVER, { address: 5 });
    // @ts-expect-error -- no such part
    transport(() => NEVER, { usabel: () => true });
    // @ts-expect-error -- open must return an Observable
    transport(async () => 'socket');
    // @ts-expect-error -- create is what a factory is
    fromFactory({ destroy: () => undefined });
    // @ts-expect-error -- options of Node that need a port or a path
    tcp({ noDelay: true });
    // @ts-expect-error -- a port is a number
    tcp({ port: '5000' });
    // @ts-expect-error -- a duration is a number
    tcp({ port: 5000, connectTimeout: '1s' });
    // @ts-expect-error -- no such option
    tcp({ port: 5000, conectTimeout: 5 });
  });

  it('take options per attempt, of the type of the option', () => {
    tcp({ port: () => 5000, host: async () => 'localhost' });
    tcp({ path: of('/run/service.sock') });
    tls({ port: 5000, ca: () => Promise.resolve('pem') });
    // @ts-expect-error -- the promise of a port is the promise of a number
    tcp({ port: async () => 'five thousand' });
  });
});

describe('endpoint', () => {
  it('is typed by its transport', () => {
    expectTypeOf(endpoint(tcp(5000))).toEqualTypeOf<Endpoint<Socket, Buffer>>();
    expectTypeOf(endpoint(tls(5000))).toEqualTypeOf<Endpoint<TLSSocket, Buffer>>();
    expectTypeOf(endpoint(tcp(5000))).toExtend<Observable<ConnectionEvent<Socket, Buffer>>>();
    expectTypeOf(endpoint(tcp(5000)).lifecycle$).toEqualTypeOf<Observable<ConnectionEvent<Socket>>>();
    expectTypeOf(endpoint(tcp(5000)).status$).toEqualTypeOf<Observable<EndpointStatus>>();
    expectTypeOf(endpoint(tcp(5000)).status.state).toEqualTypeOf<'idle' | 'connecting' | 'up' | 'down' | 'failed'>();
    expectTypeOf(endpoint(tcp(5000)).status.error).toBeUnknown();
  });

  it('alone works as a type for any endpoint', () => {
    const all: Endpoint[] = [endpoint(tcp(5000)), endpoint(tls(5000)), endpoint(wire)];
    expectTypeOf(all).items.toEqualTypeOf<Endpoint>();
  });

  it('hands the socket and its transport to prepare, typed, also with other options beside it', () => {
    endpoint(tcp(5000), {
      maxConnecting: 2,
      prepare: (socket, transport) => {
        expectTypeOf(socket).toEqualTypeOf<Socket>();
        expectTypeOf(transport).toEqualTypeOf<Transport<Socket, Buffer>>();
        return of('ready');
      },
    });
    endpoint(tcp(5000), { prepare: (socket, { data }) => data(socket) });
    endpoint(tcp(5000), { prepare: async (socket) => socket.write('hello') });
    endpoint(tcp(5000), { prepare: () => undefined });
    // @ts-expect-error -- a number is nothing to wait for
    endpoint(tcp(5000), { prepare: () => 5 });
    // @ts-expect-error -- the socket is a net.Socket
    endpoint(tcp(5000), { prepare: (socket: Wire) => of(socket) });
  });

  it('takes a clock or a scheduler, and the retry shape of RxJS', () => {
    endpoint(wire, { clock: new TestScheduler(() => undefined) });
    endpoint(wire, { clock: undefined as unknown as Clock });
    endpoint(wire, { retry: { count: 3, delay: 100 } });
    endpoint(wire, { retry: { delay: exponentialBackoff(), resetAfter: 1, urgentMax: 1 } });
    endpoint(wire, {
      retry: {
        delay: (error, attempt) => {
          expectTypeOf(error).toBeUnknown();
          expectTypeOf(attempt).toBeNumber();
          return Promise.resolve();
        },
        shouldRetry: (error) => {
          expectTypeOf(error).toBeUnknown();
          return true;
        },
      },
    });
    expectTypeOf(NEVER.pipe(retry({ delay: exponentialBackoff() }))).toEqualTypeOf<Observable<never>>();
  });

  it('refuses wrong options', () => {
    // @ts-expect-error -- an address alone is no transport
    endpoint('localhost:5000');
    // @ts-expect-error -- no such option
    endpoint(wire, { maxConnection: 5 });
    // @ts-expect-error -- no such option
    endpoint(wire, { retry: { delays: 5 } });
    // @ts-expect-error -- a delay is a number or a function
    endpoint(wire, { retry: { delay: '5s' } });
    // @ts-expect-error -- neither clock nor scheduler
    endpoint(wire, { clock: Date });
    // @ts-expect-error -- one of three
    exponentialBackoff({ jitter: 'some' });
  });
});

describe('ConnectionEvent', () => {
  it('narrows by type', () => {
    const event = undefined as unknown as ConnectionEvent<Socket, Buffer>;
    expectTypeOf(event.at).toBeNumber();
    expectTypeOf(event.type).toEqualTypeOf<'connecting' | 'failed' | 'connected' | 'data' | 'reset' | 'reconnected'>();
    switch (event.type) {
      case 'connecting':
        expectTypeOf(event.attempt).toBeNumber();
        break;
      case 'failed':
        expectTypeOf(event.error).toBeUnknown();
        expectTypeOf(event.retryIn).toEqualTypeOf<number | undefined>();
        break;
      case 'connected':
        expectTypeOf(event.socket).toEqualTypeOf<Socket>();
        expectTypeOf(event.latency).toBeNumber();
        expectTypeOf(event).not.toHaveProperty('downtime');
        break;
      case 'data':
        expectTypeOf(event.data).toEqualTypeOf<Buffer>();
        break;
      case 'reset':
        expectTypeOf(event.error).toBeUnknown();
        break;
      case 'reconnected':
        expectTypeOf(event.socket).toEqualTypeOf<Socket>();
        expectTypeOf(event.downtime).toBeNumber();
        break;
      default:
        expectTypeOf(event).toBeNever();
    }
  });

  it('has no data to tell of where nothing reads', () => {
    type Data = Extract<ConnectionEvent<Socket>, { type: 'data' }>;
    expectTypeOf<Data['data']>().toBeNever();
  });
});

describe('toHandler', () => {
  it('is an observer of the endpoint, typed by it', () => {
    endpoint(tcp(5000)).subscribe(
      toHandler({
        onConnect: (socket) => {
          expectTypeOf(socket).toEqualTypeOf<Socket>();
        },
        onReconnect: (socket) => {
          expectTypeOf(socket).toEqualTypeOf<Socket>();
        },
        onData: (data) => {
          expectTypeOf(data).toEqualTypeOf<Buffer>();
        },
        onReset: (error) => {
          expectTypeOf(error).toBeUnknown();
        },
      }),
    );
    expectTypeOf(toHandler<Socket, Buffer>({})).toEqualTypeOf<Partial<Observer<ConnectionEvent<Socket, Buffer>>>>();
    // @ts-expect-error -- no such part
    toHandler({ onConnected: () => undefined });
  });
});
