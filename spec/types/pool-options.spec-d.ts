import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { of, type Observable } from 'rxjs';
import {
  budget,
  createPool,
  quota,
  rateLimit,
  type AcquireTimeoutError,
  type BorrowConfig,
  type Budget,
  type BudgetExceededError,
  type BudgetPicture,
  type ConnectionHandler,
  type DestroyOptions,
  type Endpoint,
  type Holder,
  type Lease,
  type Limit,
  type Permit,
  type Pool,
  type PoolEvent,
  type PoolPicture,
  type ResizeConfig,
  type SlotCloseConfig,
  type SlotView,
  type Transport,
  type UnavailableError,
} from 'rxpool';
import { tcp } from 'rxpool/tcp';
import { describe, expectTypeOf, it } from 'vitest';

declare const pool: Pool<Socket, Buffer>;
declare const lease: Lease<Socket, Buffer>;
declare const slot: SlotView<Socket, Buffer>;

describe('the limits of a pool', () => {
  it('are a list, and borrows name a client by a string', () => {
    expectTypeOf(quota({ max: 5 })).toEqualTypeOf<Limit>();
    expectTypeOf(rateLimit({ perSecond: 5, burst: 10 })).toEqualTypeOf<Limit>();
    createPool(tcp(5000), { limits: [quota({ max: 5 }), rateLimit({ perSecond: 5 })], overLimit: 'error' });
    createPool(tcp(5000), { connectRate: { perSecond: 5 } });
    pool.borrow({ key: 'tenant 7' });
    // @ts-expect-error -- a quota without a bound is none
    expectTypeOf(quota({})).toEqualTypeOf<Limit>();
    // @ts-expect-error -- a limit has to be made first
    createPool(tcp(5000), { limits: [{ max: 5 }] });
    // @ts-expect-error -- either of two
    createPool(tcp(5000), { overLimit: 'fail' });
    // @ts-expect-error -- a key is a string
    pool.borrow({ key: 7 });
  });
});

describe('the options of a pool', () => {
  it('give hooks the socket and its transport, typed by the source alone', () => {
    createPool(tcp(5000), {
      validate: (socket, transport) => {
        expectTypeOf(socket).toEqualTypeOf<Socket>();
        expectTypeOf(transport).toEqualTypeOf<Transport<Socket, Buffer>>();
        return of(true);
      },
      clean: (socket, transport) => {
        expectTypeOf(socket).toEqualTypeOf<Socket>();
        expectTypeOf(transport).toEqualTypeOf<Transport<Socket, Buffer>>();
        return Promise.resolve('anything');
      },
    });
  });

  it('let validate say yes or no, and nothing else', () => {
    createPool(tcp(5000), { validate: () => true });
    createPool(tcp(5000), { validate: async () => false });
    // @ts-expect-error -- only a boolean is an answer
    createPool(tcp(5000), { validate: () => 'yes' });
  });

  it('make handlers that are typed by the source alone', () => {
    createPool(tcp(5000), {
      handler: (index) => {
        expectTypeOf(index).toEqualTypeOf<number>();
        return {
          onConnect: (socket) => socket.ref(),
          onReconnect: (socket) => socket.setNoDelay(),
          onData: (data) => data.toString('hex'),
          onReset: (error) => {
            expectTypeOf(error).toEqualTypeOf<unknown>();
          },
        };
      },
    });
    // @ts-expect-error -- one handler for each slot, not one for all
    createPool(tcp(5000), { handler: { onConnect: () => undefined } });
  });

  it('take AsyncLocalStorage.snapshot as it is', () => {
    createPool(tcp(5000), { asyncContext: AsyncLocalStorage.snapshot });
    createPool(tcp(5000), { asyncContext: () => (fn) => fn() });
    // @ts-expect-error -- a store is no context
    createPool(tcp(5000), { asyncContext: new AsyncLocalStorage() });
  });

  it('take numbers where numbers are meant, Infinity among them', () => {
    createPool(tcp(5000), { concurrency: Infinity, leakAfter: 60_000, maxUses: 100, failFast: true });
    // @ts-expect-error -- a number
    createPool(tcp(5000), { concurrency: 'all' });
    // @ts-expect-error -- yes or no
    createPool(tcp(5000), { failFast: 1 });
    // @ts-expect-error -- one of two
    createPool(tcp(5000), { onIdleData: 'drop' });
    // @ts-expect-error -- a budget, not its limit
    createPool(tcp(5000), { budget: 50 });
  });
});

describe('the options of a borrow', () => {
  it('are the same for every face', () => {
    const config: BorrowConfig = { priority: 1, endpoint: 'localhost:5000', label: 'import', timeout: 5 };
    expectTypeOf(pool.borrow(config)).toEqualTypeOf<Observable<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.acquire(config)).toEqualTypeOf<Promise<Lease<Socket, Buffer>>>();
    expectTypeOf(pool.use(() => [1], config)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(pool.allocate()).toEqualTypeOf<Observable<Socket>>();
  });

  it('name an endpoint by its address or by itself', () => {
    expectTypeOf<Endpoint<Socket, Buffer>>().toExtend<NonNullable<BorrowConfig['endpoint']>>();
    pool.borrow({ endpoint: pool.endpoints[0]!.endpoint });
    pool.borrow({ endpoint: lease.endpoint });
    // @ts-expect-error -- a port alone is no address
    pool.borrow({ endpoint: 5000 });
    // @ts-expect-error -- a number
    pool.borrow({ priority: 'high' });
  });
});

describe('a shared lease', () => {
  it('is destroyed for its holder, or for all', () => {
    expectTypeOf(lease.destroy).parameter(1).toEqualTypeOf<DestroyOptions | undefined>();
    lease.destroy(new Error('out of step'), { now: true });
    // @ts-expect-error -- yes or no
    lease.destroy(undefined, { now: 'please' });
  });
});

describe('a slot', () => {
  it('is reset or closed, by force or not, and shows its handler', () => {
    expectTypeOf(slot.reset).parameter(0).toEqualTypeOf<SlotCloseConfig | undefined>();
    expectTypeOf(slot.close).parameter(0).toEqualTypeOf<SlotCloseConfig | undefined>();
    expectTypeOf(slot.handler).toEqualTypeOf<ConnectionHandler<Socket, Buffer> | undefined>();
    expectTypeOf(slot.leases).toEqualTypeOf<number>();
    // @ts-expect-error -- what a slot is cannot be set
    slot.index = 5;
  });
});

describe('sizes', () => {
  it('are changed by name', () => {
    expectTypeOf(pool.resize).parameters.toEqualTypeOf<[config: ResizeConfig]>();
    pool.resize({ max: 5, reason: 'night' });
    expectTypeOf(pool.free(2)).toEqualTypeOf<number>();
    expectTypeOf(pool.retire).parameters.toEqualTypeOf<[]>();
  });
});

describe('a budget', () => {
  it('is what createPool takes, and gives permits to anybody', () => {
    const sockets = budget({ limit: 50 });
    expectTypeOf(sockets).toEqualTypeOf<Budget>();
    expectTypeOf(sockets.reserve()).toEqualTypeOf<Observable<Permit>>();
    expectTypeOf(sockets.picture).toEqualTypeOf<BudgetPicture>();
    createPool(tcp(5000), { budget: sockets });
    // @ts-expect-error -- how many, please
    budget();
  });
});

describe('what is told', () => {
  it('of a leak has its reason, its age and whatever the borrower said', () => {
    type Leaked = Extract<PoolEvent, { type: 'leaked' }>;
    expectTypeOf<Leaked['reason']>().toEqualTypeOf<'held' | 'collected'>();
    expectTypeOf<Leaked['held']>().toEqualTypeOf<number>();
    expectTypeOf<Leaked['label']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Leaked['stack']>().toEqualTypeOf<string | undefined>();
  });

  it('of those who wait in vain has a picture', () => {
    expectTypeOf<AcquireTimeoutError['info']['holders']>().toEqualTypeOf<readonly Holder[]>();
    expectTypeOf<UnavailableError['info']>().toEqualTypeOf<PoolPicture>();
    expectTypeOf<BudgetExceededError['info']['budget']>().toEqualTypeOf<BudgetPicture>();
  });
});
