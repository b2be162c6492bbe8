import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { testPool, until } from './pools.js';
import { echo, startServer } from './servers.js';

/** Everything about a socket that a borrower could have changed and the next one would notice. */
function look(socket: Socket): object {
  return {
    flowing: socket.readableFlowing,
    paused: socket.isPaused(),
    encoding: socket.readableEncoding,
    unread: socket.readableLength,
    corked: socket.writableCorked,
    timeout: socket.timeout ?? 0,
    allowHalfOpen: socket.allowHalfOpen,
    writable: socket.writable,
    readable: socket.readable,
    destroyed: socket.destroyed,
    listeners: new Map(
      socket.eventNames().map((name) => [name, socket.rawListeners(name as string).map(({ name }) => name)]),
    ),
  };
}

/** Two borrowers in a row on one slot. */
async function borrowTwice(
  mess: (socket: Socket) => unknown,
): Promise<{ first: Socket; before: object; second: Socket; after: object }> {
  const server = await startServer(echo);
  const pool: Pool<Socket, Buffer> = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const first = lease.socket;
  const before = look(first);
  await mess(first);
  lease.release();
  const second = (await pool.acquire()).socket;
  return { first, before, second, after: look(second) };
}

const foreign = (): void => undefined;

/** Writes a line and takes the echo with a listener that stays. */
async function talk(socket: Socket): Promise<void> {
  let heard = 0;
  socket.on('data', (data: Buffer) => (heard += data.length));
  socket.write('hello');
  await until(() => heard === 5);
}

describe('the next borrower gets a socket as new, and the same one, after a borrower', () => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['did nothing', foreign],
    ['left a data listener', talk],
    ['left it paused', (s) => s.pause()],
    [
      'left it paused after reading',
      async (s) => {
        await talk(s);
        s.pause();
      },
    ],
    ['left it resumed', (s) => s.resume()],
    ['left a readable listener', (s) => s.on('readable', foreign)],
    ['left an error listener', (s) => s.on('error', foreign)],
    ['left a close listener', (s) => s.once('close', foreign)],
    ['left an end listener', (s) => s.on('end', foreign)],
    ['left a drain listener', (s) => s.on('drain', foreign)],
    ['left a timeout listener', (s) => s.on('timeout', foreign)],
    ['left a finish listener', (s) => s.once('finish', foreign)],
    ['left a listener to an event of its own', (s) => s.on('mine', foreign)],
    ['set a timeout', (s) => s.setTimeout(60_000, foreign)],
    [
      'set a timeout and took it back',
      (s) => {
        s.setTimeout(60_000, foreign);
        s.setTimeout(0);
      },
    ],
    [
      'corked it twice and uncorked it',
      (s) => {
        s.cork();
        s.cork();
        s.uncork();
        s.uncork();
      },
    ],
    [
      'left several things',
      async (s) => {
        await talk(s);
        s.on('error', foreign).on('end', foreign).setTimeout(60_000);
        s.pause();
      },
    ],
  ])('%s', async (_mess, make) => {
    const { first, before, second, after } = await borrowTwice(make);
    expect(second).toBe(first);
    expect(after).toEqual(before);
  });
});

describe('the next borrower gets a socket as new, whichever it is, after a borrower', () => {
  it.each<[string, (socket: Socket) => unknown]>([
    [
      'removed all data listeners',
      async (s) => {
        await talk(s);
        s.removeAllListeners('data');
      },
    ],
    ['set an encoding', (s) => s.setEncoding('utf8')],
    ['left it corked', (s) => s.cork()],
    [
      'left bytes unread',
      async (s) => {
        s.write('hello');
        await until(() => s.readableLength === 5);
      },
    ],
    ['pushed bytes back', (s) => s.unshift('hello')],
    ['removed all listeners', (s) => s.removeAllListeners()],
    ['removed all error listeners', (s) => s.removeAllListeners('error')],
    ['removed all close listeners', (s) => s.removeAllListeners('close')],
    ['replaced the error listener by its own', (s) => s.removeAllListeners('error').on('error', foreign)],
    ['replaced the close listener by its own', (s) => s.removeAllListeners('close').on('close', foreign)],
    ['replaced the end listener by its own', (s) => s.removeAllListeners('end').on('end', foreign)],
    ['ended its side', (s) => s.end()],
    ['destroyed it', (s) => s.destroy()],
    ['destroyed it with an error', (s) => s.destroy(new Error('done with it'))],
    ['allowed it to be half-open', (s) => (s.allowHalfOpen = true)],
    ['piped it elsewhere', (s) => s.pipe(process.stderr, { end: false })],
  ])('%s', async (_mess, make) => {
    const { before, after } = await borrowTwice(make);
    expect(after).toEqual(before);
  });
});

it('brings a socket back to the options it was made with, not to those of Node', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp({ host: '127.0.0.1', port: server.port, allowHalfOpen: true, timeout: 40_000 }), {
    max: 1,
  });
  const lease = await pool.acquire();
  const before = look(lease.socket);
  lease.socket.setTimeout(1_000_000, foreign);
  lease.release();
  const { socket } = await pool.acquire();
  expect(look(socket)).toEqual(before);
  expect(before).toMatchObject({ allowHalfOpen: true, timeout: 40_000 });
});

it('keeps the listeners that prepare has left', async () => {
  const server = await startServer(echo);
  const onClose = (): void => undefined;
  const pool = testPool(tcp(server.address), {
    max: 1,
    prepare: (socket) => {
      socket.on('close', onClose);
      return undefined;
    },
  });
  const lease = await pool.acquire();
  const first = lease.socket;
  first.on('close', foreign);
  lease.release();
  const { socket } = await pool.acquire();
  expect(socket).toBe(first);
  expect(socket.listeners('close')).toContain(onClose);
  expect(socket.listeners('close')).not.toContain(foreign);
});

it('lends a socket that has been restored with its reading in order', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  await talk(lease.socket);
  lease.socket.pause();
  lease.release();
  const second = await pool.acquire();
  await talk(second.socket);
});

it('hands a returned socket straight to a waiter, restored', async () => {
  const server = await startServer(echo);
  const pool = testPool(tcp(server.address), { max: 1 });
  const lease = await pool.acquire();
  const before = look(lease.socket);
  const waiting = pool.acquire();
  await talk(lease.socket);
  lease.release();
  expect(look((await waiting).socket)).toEqual(before);
});
