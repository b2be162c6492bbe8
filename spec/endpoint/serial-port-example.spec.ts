import { PassThrough } from 'node:stream';
import { first } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { serialPort } from '../../docs/examples/transports/serial-port.js';
import { createPool, endpoint, type Lease, type Pool, type PoolConfig, type Transport } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { FakePort } from './fake-port.js';
import { record } from './record.js';
import { without } from './without.js';

/** Lets streams tell what they have. */
const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Lab {
  readonly ports: FakePort[];
  readonly clock: VirtualClock;
  readonly robot: Transport<FakePort, Buffer>;
}

function lab(): Lab {
  const ports: FakePort[] = [];
  const robot = serialPort('/dev/robot', () => {
    const port = new FakePort();
    ports.push(port);
    return port;
  });
  return { ports, robot, clock: new VirtualClock() };
}

interface PoolLab extends Lab {
  readonly pool: Pool<FakePort, Buffer>;
  readonly lease: Lease<FakePort, Buffer>;
  readonly port: FakePort;
}

/** A pool of one port, which is lent. */
async function lent(
  change: (robot: Lab['robot']) => Lab['robot'] = (robot) => robot,
  config: PoolConfig<FakePort, Buffer> = {},
): Promise<PoolLab> {
  const all = lab();
  const pool = createPool(change(all.robot), { max: 1, clock: all.clock, ...config });
  const acquired = pool.acquire();
  const [port] = all.ports;
  port!.answer();
  return { ...all, pool, lease: await acquired, port: port! };
}

/** What a reader has heard, as text. */
const textOf = ({ values }: { readonly values: readonly Buffer[] }): string => Buffer.concat(values).toString();

describe('the example of a serial port', () => {
  it('lends the port itself, and reads it', async () => {
    const { lease, port } = await lent();
    const answers = record(lease.data$.pipe(lines()));
    lease.socket.write('left\n');
    port.receive('do');
    port.receive('ne\n');
    await settled();

    expect(lease.socket).toBe(port);
    expect(port.written).toEqual(['left\n']);
    expect(answers.values).toEqual(['done']);
  });

  it('has a failed attempt where the system refuses, and takes a new port for the next', () => {
    const { robot, clock, ports } = lab();
    const refused = new Error('Access denied');
    const events = record(endpoint(robot, { clock, retry: { delay: 100 } }));
    ports[0]!.answer(refused);
    clock.advance(100);

    expect(events.values[1]).toMatchObject({ type: 'failed', error: refused });
    expect(ports).toHaveLength(2);
    events.stop();
  });

  it('closes a port that has opened for somebody who has left', () => {
    const { robot, ports } = lab();
    const opening = record(robot.open());
    opening.stop();
    ports[0]!.answer();

    expect(opening.values).toEqual([]);
    expect(ports[0]!.asked).toBe('close');
  });

  it.each([null, new Error('disconnected')])(
    'is lost by its close, be it with %s, as an error to its reader',
    async (error) => {
      const { lease, port } = await lent();
      const heard = record(lease.data$);
      port.shut(error);

      expect(heard).toMatchObject({
        errors: [{ code: 'RXPOOL_CONNECTION_LOST', cause: error ?? new Error('/dev/robot has closed') }],
        completed: false,
      });
    },
  );

  it('ends the reading at the close for those who are told of the loss by other means', async () => {
    const { robot, port } = await lent();
    const heard = record(robot.data(port));
    port.shut();

    expect(heard.completed).toBe(true);
  });

  it('outlives an error that nobody else listens to', async () => {
    const { port } = await lent();

    expect(() => port.emit('error', new Error('Writing failed'))).not.toThrow();
  });

  it('tells what waits to be written', async () => {
    const { robot, port } = await lent();
    port.cork();
    port.write('right');

    expect(robot.pending?.(port)).toBe(5);
  });
});

describe('close', () => {
  it('makes the pool wait until all is written and the port has closed', async () => {
    const { pool, lease, port } = await lent();
    lease.release();
    const closing = pool.close();
    expect(port.asked).toBe('drain');
    port.drained();
    expect(port.asked).toBe('close');
    expect(pool.stats).toMatchObject({ closing: 1, owned: 1 });
    port.shut();

    expect(await closing).toEqual({ closed: 1, destroyed: 0, left: 0 });
  });

  it('by force does not wait for what is not written', async () => {
    const { lease, port } = await lent();
    lease.destroy();

    expect(port.asked).toBe('close');
  });

  it('is done with a port that is not open', async () => {
    const { robot, port } = await lent();
    port.shut();
    const closing = record(robot.close(port));
    await settled();

    expect(closing).toMatchObject({ completed: true, errors: [] });
  });

  it('left out makes the pool open the port again before it has closed', async () => {
    const { pool, lease, port, ports } = await lent((robot) => without(robot, 'close'));
    lease.destroy();
    const next = record(pool.borrow());

    expect(ports).toHaveLength(2);
    expect(port.asked).toBe('close');
    next.stop();
  });
});

describe('data', () => {
  it('keeps what arrives between two subscriptions, in order', async () => {
    const { lease, port } = await lent();
    port.receive('one ');
    port.receive('two ');
    await settled();
    const firstOne = record(lease.data$.pipe(first()));
    port.receive('three ');
    await settled();
    const rest = record(lease.data$);
    port.receive('four');
    await settled();

    expect(textOf(firstOne)).toBe('one ');
    expect(textOf(rest)).toBe('two three four');
  });

  it('stops reading a device that talks on and on while nobody listens, and loses nothing', async () => {
    const { lease, port } = await lent();
    for (let line = 0; line < 200; line++) {
      port.receive(`${line} `);
      await settled();
    }
    expect(port.isPaused()).toBe(true);
    expect(port.readableLength).toBeGreaterThan(0);
    const heard = record(lease.data$);
    await settled();

    expect(textOf(heard)).toBe(Array.from({ length: 200 }, (_, line) => `${line} `).join(''));
  });

  it('does not tell a borrower what has ended the prepare that let it in', async () => {
    const { ports, robot, clock } = lab();
    const pool = createPool(robot, { clock, prepare: (port, { data }) => data(port).pipe(lines(), first()) });
    const heard = record(pool.use((_port, lease) => lease.data$));
    ports[0]!.answer();
    ports[0]!.receive('READY\n');
    await settled();
    ports[0]!.receive('done\n');
    await settled();

    expect(textOf(heard)).toBe('done\n');
    heard.stop();
  });
});

describe('usable', () => {
  it('finds what came unasked, and the next borrower gets the port opened anew', async () => {
    const { pool, lease, port, ports } = await lent();
    lease.release();
    port.receive('unasked');
    await settled();
    const next = record(pool.borrow());
    port.shut();
    ports[1]!.answer();

    expect(next.values[0]!.socket).toBe(ports[1]);
  });

  it('finds also what the stream has not told yet', async () => {
    const { robot, port } = await lent();
    port.pause();
    port.receive('unasked');
    await settled();

    expect(robot.usable?.(port)).toBe(false);
    expect(robot.usable?.(port, { allowUnread: true })).toBe(true);
  });

  it('refuses a port that is not open', async () => {
    const { pool, lease, port } = await lent();
    lease.release();
    port.isOpen = false;

    expect(pool.tryBorrow()).toBeUndefined();
  });

  it('left out lets the next borrower take it for its answer', async () => {
    const { pool, lease, port } = await lent((robot) => without(robot, 'usable'));
    lease.release();
    port.receive('unasked');
    await settled();

    expect(textOf(record(pool.tryBorrow()!.data$))).toBe('unasked');
  });
});

describe('restore', () => {
  it.each<[string, (port: FakePort) => unknown, string[]]>([
    ['listens', (port) => port.on('data', () => undefined).on('drain', () => undefined), ['data', 'drain']],
    ['pipes', (port) => port.pipe(new PassThrough()), []],
    ['has paused it', (port) => port.pause(), []],
  ])('gives the next borrower the port as new where the last one still %s', async (_what, mess, left) => {
    const { pool, lease, port } = await lent();
    const events = record(pool.events$);
    const listeners = (): unknown => port.eventNames().map((name) => [name, port.listenerCount(name)]);
    const before = listeners();
    mess(port);
    lease.release();
    const next = pool.tryBorrow()!;
    const heard = record(next.data$);
    port.receive('for the next');
    await settled();

    expect(next.socket).toBe(port);
    expect(listeners()).toEqual(before);
    expect(textOf(heard)).toBe('for the next');
    const leftovers = events.values.flatMap((event) => (event.type === 'leftover' ? event.listeners : []));
    expect([...leftovers].sort()).toEqual(left);
  });

  it('lets a port flow again that its borrower has paused, for whoever listens to the port itself', async () => {
    const { pool, lease, port } = await lent();
    port.pause();
    lease.release();
    const heard: string[] = [];
    pool.tryBorrow()!.socket.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    port.receive('for the next');
    await settled();

    expect(heard).toEqual(['for the next']);
  });

  it.each<[string, (port: FakePort) => unknown]>([
    ['has taken listeners away', (port) => port.removeAllListeners('close')],
    ['has made it read text', (port) => port.setEncoding('utf8')],
  ])('gives up a port whose borrower %s', async (_what, mess) => {
    const { pool, lease, port } = await lent();
    mess(port);
    lease.release();

    expect(pool.stats.idle).toBe(0);
    expect(port.asked).toBe('close');
  });

  it('gives up a port with something unread, but not what its borrower has read by itself', async () => {
    const { pool, lease, port } = await lent();
    port.once('data', () => undefined);
    port.receive('read');
    await settled();
    lease.release();
    expect(pool.stats.idle).toBe(1);
    const next = pool.tryBorrow()!;
    port.receive('not read');
    await settled();
    next.release();

    expect(pool.stats.idle).toBe(0);
  });

  it('leaves what prepare has left', async () => {
    const heard: string[] = [];
    const { pool, lease, port } = await lent(undefined, {
      prepare: (socket) => void socket.on('data', (bytes: Buffer) => heard.push(bytes.toString())),
    });
    lease.release();
    pool.tryBorrow();
    port.receive('logged');
    await settled();

    expect(heard).toEqual(['logged']);
  });

  it('left out leaves the listeners of a borrower to the next', async () => {
    const { pool, lease, port } = await lent((robot) => without(robot, 'restore'));
    const heard: string[] = [];
    port.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    lease.release();
    pool.tryBorrow();
    port.receive('for the next');
    await settled();

    expect(heard).toEqual(['for the next']);
  });
});
