import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool, endpoint, transport, type Lease, type Pool, type Transport } from '../../src/index.js';
import { FakeWebSocket, type CloseDetails } from './fake-web-socket.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';

class ClosedError extends Error {
  constructor(readonly details: CloseDetails) {
    super(`closed with ${details.code}`);
  }
}

/** How a WebSocket becomes a transport, in as few lines as a user would write. */
function webSocketTransport(dial: () => FakeWebSocket): Transport<FakeWebSocket, string> {
  return transport<FakeWebSocket, string>(
    () =>
      new Observable((subscriber) => {
        const socket = dial();
        socket.onopen = () => subscriber.next(socket);
        // Clean or not, it is gone: the code tells people why, not whether.
        socket.onclose = (details) => subscriber.error(new ClosedError(details));
        return () => socket.close();
      }),
    {
      address: 'wss://prices.test/feed',
      data: (socket) =>
        new Observable((subscriber) => {
          socket.onmessage = ({ data }) => subscriber.next(data);
          return () => (socket.onmessage = null);
        }),
      close: (socket, { force = false } = {}) =>
        new Observable((subscriber) => {
          const told = socket.onclose;
          socket.onclose = (details) => {
            told?.(details);
            subscriber.complete();
          };
          socket.close(force ? 4000 : 1000);
        }),
      usable: (socket) => socket.readyState === FakeWebSocket.OPEN,
      pending: (socket) => socket.bufferedAmount,
    },
  );
}

function setUp(): {
  sockets: FakeWebSocket[];
  clock: VirtualClock;
  feed: Transport<FakeWebSocket, string>;
  pool: Pool<FakeWebSocket, string>;
} {
  const sockets: FakeWebSocket[] = [];
  const feed = webSocketTransport(() => {
    const socket = new FakeWebSocket();
    sockets.push(socket);
    return socket;
  });
  const clock = new VirtualClock();
  return { sockets, clock, feed, pool: createPool(feed, { max: 2, clock, random: () => 0.5 }) };
}

async function lent(): Promise<
  ReturnType<typeof setUp> & { lease: Lease<FakeWebSocket, string>; socket: FakeWebSocket }
> {
  const world = setUp();
  const acquired = world.pool.acquire();
  const [socket] = world.sockets as [FakeWebSocket];
  socket.accept();
  return { ...world, lease: await acquired, socket };
}

describe('a pool of WebSockets', () => {
  it('lends the WebSocket itself once it is open', async () => {
    const { lease, socket } = await lent();
    expect(lease.socket).toBe(socket);
    lease.socket.send('subscribe');
    expect(socket.sent).toEqual(['subscribe']);
  });

  it('lends it again after a release', async () => {
    const { pool, lease, socket, sockets } = await lent();
    lease.release();
    expect((await pool.acquire()).socket).toBe(socket);
    expect(sockets).toHaveLength(1);
  });

  it('delivers messages through data$, to the lease that is on', async () => {
    const { pool, lease, socket } = await lent();
    const first: string[] = [];
    lease.data$.subscribe({ next: (message) => first.push(message), error: () => undefined });
    socket.receive('one');
    socket.receive('two');
    lease.release();
    const second: string[] = [];
    (await pool.acquire()).data$.subscribe({ next: (message) => second.push(message), error: () => undefined });
    socket.receive('three');
    expect(first).toEqual(['one', 'two']);
    expect(second).toEqual(['three']);
  });

  it('takes a clean close with code 1000 for a loss', async () => {
    const { pool, lease, socket } = await lent();
    const losses: unknown[] = [];
    lease.lost$.subscribe((error) => losses.push(error));
    socket.shut(1000);
    expect(losses).toEqual([
      expect.objectContaining({
        code: 'RXPOOL_CONNECTION_LOST',
        cause: new ClosedError({ code: 1000, wasClean: true }),
      }),
    ]);
    expect(pool.stats).toMatchObject({ lost: 1, owned: 0 });
  });

  it('drops an idle one that closes', async () => {
    const { pool, lease, socket } = await lent();
    lease.release();
    socket.shut(1006, false);
    expect(pool.stats).toMatchObject({ idle: 0, lost: 1, owned: 0 });
    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('does not lend one that is closing', async () => {
    const { pool, lease, socket } = await lent();
    lease.release();
    socket.readyState = FakeWebSocket.CLOSING;
    expect(pool.tryBorrow()).toBeUndefined();
    expect(socket.closedWith).toEqual([4000]);
  });

  it('counts one that is refused as a failed attempt, and dials again after the delay', () => {
    const { pool, clock, sockets } = setUp();
    pool.borrow().subscribe({ error: () => undefined });
    sockets[0]?.shut(1006, false);
    expect(pool.stats).toMatchObject({ failed: 1, owned: 0 });
    clock.advance(49);
    expect(sockets).toHaveLength(1);
    clock.advance(1);
    expect(sockets).toHaveLength(2);
  });

  it('keeps the slot of one that closes until it has closed', async () => {
    const { pool, lease, socket } = await lent();
    lease.release();
    const closed = pool.close();
    await Promise.resolve();
    expect(socket.closedWith).toEqual([1000]);
    expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
    socket.shut(1000);
    expect(pool.stats.owned).toBe(0);
    expect(await closed).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });
});

it('an endpoint on a WebSocket tells of messages, resets and reconnects', () => {
  const { feed, clock, sockets } = setUp();
  const told: string[] = [];
  const subscription = endpoint(feed, { clock, random: () => 0.5 }).subscribe((event) => {
    told.push(event.type === 'data' ? event.data : event.type);
  });
  sockets[0]?.accept();
  sockets[0]?.receive('one');
  sockets[0]?.shut(1000);
  clock.advance(50);
  sockets[1]?.accept();
  sockets[1]?.receive('two');
  subscription.unsubscribe();
  expect(told).toEqual(['connecting', 'connected', 'one', 'reset', 'connecting', 'reconnected', 'two']);
  expect(sockets[1]?.closedWith).toEqual([undefined]);
});
