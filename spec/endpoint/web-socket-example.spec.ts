import { first, firstValueFrom, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { webSocket } from '../../docs/examples/transports/web-socket.js';
import { createPool, endpoint, type Lease, type Pool, type PoolConfig, type Transport } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { FakeWebSocket } from './fake-web-socket.js';
import { record, typesOf } from './record.js';
import { without } from './without.js';

interface Lab {
  readonly sockets: FakeWebSocket[];
  readonly clock: VirtualClock;
  readonly feed: Transport<FakeWebSocket>;
}

function lab(): Lab {
  const sockets: FakeWebSocket[] = [];
  const feed = webSocket('wss://prices.test', () => {
    const socket = new FakeWebSocket();
    sockets.push(socket);
    return socket;
  });
  return { sockets, feed, clock: new VirtualClock() };
}

interface PoolLab extends Lab {
  readonly pool: Pool<FakeWebSocket>;
  readonly lease: Lease<FakeWebSocket>;
  readonly socket: FakeWebSocket;
}

/** A pool of one WebSocket, which is lent. */
async function lent(
  change: (feed: Lab['feed']) => Lab['feed'] = (feed) => feed,
  config: PoolConfig<FakeWebSocket> = {},
): Promise<PoolLab> {
  const all = lab();
  const pool = createPool(change(all.feed), { max: 1, clock: all.clock, ...config });
  const acquired = pool.acquire();
  const [socket] = all.sockets;
  socket!.accept();
  return { ...all, pool, lease: await acquired, socket: socket! };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

describe('the example of a WebSocket', () => {
  it('lends the socket itself, and reads it', async () => {
    const { lease, socket } = await lent();
    const heard = record(lease.data$);
    lease.socket.send('subscribe');
    socket.receive('one');
    socket.receive('two');

    expect(lease.socket).toBe(socket);
    expect(socket.sent).toEqual(['subscribe']);
    expect(heard.values).toEqual(['one', 'two']);
  });

  it('has a failed attempt where the server refuses', () => {
    const { feed, clock, sockets } = lab();
    const events = record(endpoint(feed, { clock, retry: { delay: 100 } }));
    sockets[0]!.shut(1006, false);

    expect(events.values).toMatchObject([
      { type: 'connecting' },
      { type: 'failed', error: new Error('wss://prices.test has closed with 1006') },
    ]);
    events.stop();
  });

  it('aborts an attempt that nobody wants any more', () => {
    const { feed, sockets } = lab();
    record(feed.open()).stop();

    expect(sockets[0]!.closedWith).toEqual([undefined]);
  });

  it.each([1000, 1006])('is lost by a close with code %i, as an error to its reader', async (code) => {
    const { lease, socket } = await lent();
    const heard = record(lease.data$);
    socket.shut(code, code === 1000);

    expect(heard).toMatchObject({ errors: [{ code: 'RXPOOL_CONNECTION_LOST' }], completed: false });
  });

  it('ends the reading at the close for those who are told of the loss by other means', () => {
    const { feed, clock, sockets } = lab();
    const story: string[] = [];
    const events = record(endpoint(feed, { clock, retry: { delay: 100 } }).lifecycle$, (event) => {
      story.push(event.type);
      if (event.type === 'connected') feed.data(event.socket).subscribe({ complete: () => story.push('the end') });
    });
    sockets[0]!.accept();
    sockets[0]!.shut(1000);
    events.stop();

    expect(story).toEqual(['connecting', 'connected', 'reset', 'the end']);
    expect(record(feed.data(sockets[0]!)).completed).toBe(true);
  });

  it('listens to errors, also once nobody wants it any more: one that nobody listens to is thrown by `ws`', () => {
    const { feed, sockets } = lab();
    record(feed.open()).stop();

    expect(sockets[0]!.listenerCount('error')).toBe(1);
  });

  it('tells what waits to be sent', async () => {
    const { feed, socket } = await lent();
    socket.bufferedAmount = 7;

    expect(feed.pending?.(socket)).toBe(7);
  });

  it('closes one that has too much unread', async () => {
    const { socket } = await lent();
    for (let message = 0; message < 1_000; message++) socket.receive('more');
    expect(socket.closedWith).toEqual([]);
    socket.receive('too much');

    expect(socket.closedWith).toEqual([undefined]);
  });
});

describe('close', () => {
  it('makes the pool wait until the WebSocket has closed', async () => {
    const { pool, lease, socket } = await lent();
    lease.release();
    const closing = pool.close();
    await settled();
    expect(socket.closedWith).toEqual([1000]);
    expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
    socket.shut(1000);

    expect(await closing).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });

  it('left out makes it say that all has closed while the WebSocket is still open', async () => {
    const { pool, lease, socket } = await lent((feed) => without(feed, 'close'));
    lease.release();
    await pool.close();

    expect(socket.readyState).toBe(FakeWebSocket.CLOSING);
  });

  it('is done at once with what has closed', async () => {
    const { feed, socket } = await lent();
    socket.shut(1000);

    await expect(firstValueFrom(feed.close(socket), { defaultValue: 'closed' })).resolves.toBe('closed');
  });

  it('terminates by force where the WebSocket can', async () => {
    const { feed, socket } = await lent();
    const terminated: boolean[] = [];
    const closing = record(
      feed.close(Object.assign(socket, { terminate: () => terminated.push(true) }), { force: true }),
    );
    socket.shut(1006, false);
    await settled();

    expect(terminated).toEqual([true]);
    expect(closing.completed).toBe(true);
  });
});

describe('data', () => {
  it('keeps what arrives between two subscriptions, in order', async () => {
    const { lease, socket } = await lent();
    socket.receive('one');
    socket.receive('two');
    const firstOne = record(lease.data$.pipe(first()));
    socket.receive('three');
    const rest = record(lease.data$);
    socket.receive('four');

    expect(firstOne.values).toEqual(['one']);
    expect(rest.values).toEqual(['two', 'three', 'four']);
  });

  it('tells everybody who reads at the same time', async () => {
    const { lease, socket } = await lent();
    const readers = [record(lease.data$), record(lease.data$)];
    socket.receive('one');

    for (const { values } of readers) expect(values).toEqual(['one']);
  });

  it('does not tell a borrower what has ended the prepare that let it in', () => {
    const { sockets, feed, clock } = lab();
    const pool = createPool(feed, { clock, prepare: (socket, { data }) => data(socket).pipe(first()) });
    const heard = record(pool.use((_socket, lease) => lease.data$));
    sockets[0]!.accept();
    expect(heard.values).toEqual([]);
    sockets[0]!.receive('welcome');
    sockets[0]!.receive('price');

    expect(heard.values).toEqual(['price']);
    heard.stop();
  });

  it('tells it where data goes through a set of listeners', () => {
    const { sockets, feed, clock } = lab();
    const listeners = new Set<(message: string) => void>();
    const naive = {
      ...feed,
      data: () =>
        new Observable<unknown>((subscriber) => {
          const listener = (message: string): void => subscriber.next(message);
          listeners.add(listener);
          return () => listeners.delete(listener);
        }),
    };
    const pool = createPool(naive, { clock, prepare: (socket, { data }) => data(socket).pipe(first()) });
    const heard = record(pool.use((_socket, lease) => lease.data$));
    sockets[0]!.accept();
    for (const listener of listeners) listener('welcome');

    expect(heard.values).toEqual(['welcome']);
    heard.stop();
  });

  it('left out gives nobody anything', async () => {
    const { lease, socket } = await lent((feed) => without(feed, 'data'));
    const heard = record(lease.data$);
    socket.receive('one');

    expect(heard).toMatchObject({ values: [], completed: false });
  });
});

describe('usable', () => {
  it('finds a message that came unasked, and the next borrower gets another WebSocket', async () => {
    const { pool, lease, socket, sockets } = await lent();
    lease.release();
    socket.receive('unasked');
    const next = pool.acquire();
    socket.shut(1000);
    sockets[1]!.accept();

    expect((await next).socket).toBe(sockets[1]);
  });

  it('lets it pass where the pool keeps what arrives', async () => {
    const { pool, lease, socket } = await lent(undefined, { onIdleData: 'keep' });
    lease.release();
    socket.receive('pushed');
    const next = await pool.acquire();

    expect(next.socket).toBe(socket);
    expect(record(next.data$).values).toEqual(['pushed']);
  });

  it('refuses one that is closing', async () => {
    const { pool, lease, socket } = await lent();
    lease.release();
    socket.readyState = FakeWebSocket.CLOSING;

    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('left out lets the next borrower take the message for its answer', async () => {
    const { pool, lease, socket } = await lent((feed) => without(feed, 'usable'));
    lease.release();
    socket.receive('unasked');

    expect(record(pool.tryBorrow()!.data$).values).toEqual(['unasked']);
  });
});

describe('restore', () => {
  it('takes away the handlers that a borrower has left, and tells', async () => {
    const { pool, lease, socket } = await lent();
    const left = record(pool.events$);
    const heard: string[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    lease.release();
    const next = record(pool.tryBorrow()!.data$);
    socket.receive('for the next');

    expect(heard).toEqual([]);
    expect(next.values).toEqual(['for the next']);
    expect(left.values).toContainEqual(expect.objectContaining({ type: 'leftover', listeners: ['onmessage'] }));
    expect(typesOf(left)).not.toContain('closed');
  });

  it('left out lets them hear what is for the next borrower', async () => {
    const { pool, lease, socket } = await lent((feed) => without(feed, 'restore'));
    const heard: string[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    lease.release();
    pool.tryBorrow();
    socket.receive('for the next');

    expect(heard).toEqual(['for the next']);
  });

  it('gives up one with something unread', async () => {
    const { pool, lease, socket } = await lent();
    socket.receive('not read');
    lease.release();

    expect(pool.stats).toMatchObject({ idle: 0, closing: 1 });
  });
});
