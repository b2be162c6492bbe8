import type { Socket } from 'node:net';
import { first, firstValueFrom, from, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { lines } from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';
import { testPool, until } from './pools.js';
import { startServer, type TestServer } from './servers.js';

/** Greets, then echoes. */
const greeter = (socket: Socket): void => {
  socket.write('hello\n');
  socket.pipe(socket);
};

async function lendTwice(
  server: TestServer,
  prepare: (socket: Socket, address: string) => ObservableInput<unknown>,
): Promise<{ readonly same: boolean; readonly before: boolean | null; readonly after: boolean | null }> {
  const pool = testPool(tcp(server.address), { max: 1, prepare: (socket) => prepare(socket, server.address) });
  const lease = await pool.acquire();
  const { socket } = lease;
  const before = socket.readableFlowing;
  lease.release();
  const again = await pool.acquire();
  return { same: again.socket === socket, before, after: again.socket.readableFlowing };
}

describe('a socket that prepare has read from', () => {
  it('through the transport, as an Observable, is lent as new, and lent again', async () => {
    const server = await startServer(greeter);
    const lent = await lendTwice(server, (socket, address) => tcp(address).data(socket).pipe(lines(), first()));
    expect(lent).toEqual({ same: true, before: null, after: null });
  });

  it('through the transport that it is handed, is lent as new, and lent again', async () => {
    const server = await startServer(greeter);
    const pool = testPool(tcp(server.address), {
      max: 1,
      prepare: (socket, { data }) => data(socket).pipe(lines(), first()),
    });
    const lease = await pool.acquire();
    const { socket } = lease;
    expect(socket.readableFlowing).toBe(null);
    lease.release();
    expect((await pool.acquire()).socket).toBe(socket);
  });

  it('through the transport, as a promise, is lent as new, and lent again', async () => {
    const server = await startServer(greeter);
    const lent = await lendTwice(server, (socket, address) =>
      from(firstValueFrom(tcp(address).data(socket).pipe(lines(), first()))),
    );
    expect(lent).toEqual({ same: true, before: null, after: null });
  });

  it('with a listener of its own that has gone is lent as new, and lent again', async () => {
    const server = await startServer(greeter);
    const lent = await lendTwice(server, (socket) => from(new Promise((resolve) => socket.once('data', resolve))));
    expect(lent).toEqual({ same: true, before: null, after: null });
  });

  it('with a listener that stays keeps it, and is lent again', async () => {
    const server = await startServer(greeter);
    const heard: string[] = [];
    const pool = testPool(tcp(server.address), {
      max: 1,
      prepare: (socket) => void socket.on('data', (data: Buffer) => heard.push(data.toString())),
    });
    const lease = await pool.acquire();
    const { socket } = lease;
    await until(() => heard.length === 1);
    lease.release();
    const again = await pool.acquire();
    expect(again.socket).toBe(socket);
    again.socket.write('more');
    await until(() => heard.length === 2);
    expect(heard).toEqual(['hello\n', 'more']);
  });
});
