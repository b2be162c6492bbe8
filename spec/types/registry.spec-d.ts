import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NEVER, of, type Observable } from 'rxjs';
import {
  createPool,
  createRegistry,
  endpoint,
  transport,
  type CloseReport,
  type Logger,
  type Pool,
  type PoolConfig,
  type Registry,
} from 'rxpool';
import { tcp, tls } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

interface Wire {
  send(text: string): void;
}

const wire = transport(() => NEVER as Observable<Wire>, { data: () => of('text') });

/** An interface, which has no index signature: it must do as well as a type. */
interface Known {
  readonly cache: Pool<Socket, Buffer>;
  readonly wire: Pool<Wire, string>;
}

describe('a registry', () => {
  const pools = createRegistry();

  it('makes pools that are typed by their source, as createPool does', () => {
    expectTypeOf(pools).toEqualTypeOf<Registry>();
    expectTypeOf(pools.create('cache', tcp(5000))).toEqualTypeOf<Pool<Socket, Buffer>>();
    expectTypeOf(pools.create('secure', tls(5000), { max: 5 })).toEqualTypeOf<Pool<TLSSocket, Buffer>>();
    expectTypeOf(pools.create('wire', [endpoint(wire), wire])).toEqualTypeOf<Pool<Wire, string>>();
    pools.create('secure', tls(5000), {
      prepare: (socket) => {
        expectTypeOf(socket).toEqualTypeOf<TLSSocket>();
        return of(socket.authorized);
      },
    });
    const name: string = 'any';
    const config: Omit<PoolConfig, 'name'> = { min: 1 };
    expectTypeOf(pools.create(name, wire, config)).toEqualTypeOf<Pool<Wire, string>>();
  });

  it('takes any name and knows nothing of the types behind it', () => {
    expectTypeOf(pools.get('cache')).toEqualTypeOf<Pool>();
    expectTypeOf(pools.has('cache')).toEqualTypeOf<boolean>();
    expectTypeOf(pools.list()).toEqualTypeOf<readonly Pool[]>();
    expectTypeOf(pools.close('cache', { timeout: 5 })).toEqualTypeOf<Promise<CloseReport | undefined>>();
    expectTypeOf(pools.closeAll()).toEqualTypeOf<Promise<Readonly<Record<string, CloseReport>>>>();
    expectTypeOf(pools).toExtend<AsyncDisposable>();
  });

  it('refuses wrong sources, names and options', () => {
    // @ts-expect-error -- an address alone is no transport
    pools.create('cache', 'localhost:5000');
    // @ts-expect-error -- a name is a string
    pools.create(5, tcp(5000));
    // @ts-expect-error -- the name is the first argument
    pools.create('cache', tcp(5000), { name: 'other' });
    // @ts-expect-error -- no such option
    pools.create('cache', tcp(5000), { maximum: 5 });
    // @ts-expect-error -- the socket is a Wire
    pools.create('wire', wire, { prepare: (socket: Socket) => of(socket) });
    void (
      // @ts-expect-error -- one of three
      pools.closeAll({ borrowed: 'forget' })
    );
  });
});

describe('a registry that knows its pools', () => {
  const pools = createRegistry<Known>();

  it('gives each with its type', () => {
    expectTypeOf(pools.get('cache')).toEqualTypeOf<Pool<Socket, Buffer>>();
    expectTypeOf(pools.get('wire')).toEqualTypeOf<Pool<Wire, string>>();
    expectTypeOf(pools.list()).toEqualTypeOf<readonly (Pool<Socket, Buffer> | Pool<Wire, string>)[]>();
  });

  it('takes under a name what fits it', () => {
    expectTypeOf(pools.create('wire', wire)).toEqualTypeOf<Pool<Wire, string>>();
    // A TLS socket is a socket.
    expectTypeOf(pools.create('cache', tls(5000))).toEqualTypeOf<Pool<TLSSocket, Buffer>>();
    expectTypeOf(pools.create('cache', [tcp(5000), endpoint(tcp(5001))])).toEqualTypeOf<Pool<Socket, Buffer>>();
    pools.create('cache', tls(5000), {
      prepare: (socket) => {
        expectTypeOf(socket).toEqualTypeOf<TLSSocket>();
        return of(socket.authorized);
      },
    });
  });

  it('blames the source, not the name, for what does not fit', () => {
    pools.create(
      'cache',
      // @ts-expect-error -- no pool of Wires
      wire,
    );
    pools.create(
      // @ts-expect-error -- no such name
      'cash',
      tcp(5000),
    );
    pools.create('wire', [
      wire,
      // @ts-expect-error -- a pool of Wires only
      tcp(5000),
    ]);
  });

  it('refuses names that it does not know, and what is no pool', () => {
    // @ts-expect-error -- no such name
    pools.get('cash');
    // @ts-expect-error -- no such name
    pools.has('cash');
    void (
      // @ts-expect-error -- no such name
      pools.close('cash')
    );
    // @ts-expect-error -- a registry is one of pools
    createRegistry<{ cache: Socket }>();
  });
});

describe('Logger', () => {
  it('is the console, as it is', () => {
    expectTypeOf<Console>().toExtend<Logger>();
    expectTypeOf(console).toExtend<Logger>();
  });

  it('is a logger whose methods are overloaded, return something or take more', () => {
    interface Overloaded {
      (object: object, message?: string, ...rest: unknown[]): void;
      (message: string, ...rest: unknown[]): void;
    }
    expectTypeOf<Record<'debug' | 'info' | 'warn' | 'error', Overloaded>>().toExtend<Logger>();
    interface Chained {
      debug(message: unknown, ...rest: unknown[]): this;
      info(message: unknown, ...rest: unknown[]): this;
      warn(message: unknown, ...rest: unknown[]): this;
      error(message: unknown, ...rest: unknown[]): Promise<void>;
    }
    expectTypeOf<Chained>().toExtend<Logger>();
  });

  it('is one with `log` in place of `info`, as the `Logger` of Nest is', () => {
    interface NestLike {
      log(message: unknown, context?: string): void;
      log(message: unknown, ...more: unknown[]): void;
      error(message: unknown, stack?: string, context?: string): void;
      warn(message: unknown, context?: string): void;
      debug(message: unknown, context?: string): void;
      verbose(message: unknown, context?: string): void;
    }
    expectTypeOf<NestLike>().toExtend<Logger>();
    createPool(tcp(5000), { logger: undefined as unknown as NestLike });
    expectTypeOf<Omit<NestLike, 'log'>>().not.toExtend<Logger>();
  });

  it('is anything that prints', () => {
    expectTypeOf<{ print(line: string): void }>().toExtend<Logger>();
    expectTypeOf<{ print(...values: unknown[]): Promise<void> }>().toExtend<Logger>();
  });

  it('is not a logger without some of the levels, or one of numbers', () => {
    expectTypeOf<Pick<Console, 'debug' | 'info' | 'warn'>>().not.toExtend<Logger>();
    expectTypeOf<{ print(line: number): void }>().not.toExtend<Logger>();
    expectTypeOf<string>().not.toExtend<Logger>();
  });
});
