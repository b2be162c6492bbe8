import type { Socket } from 'node:net';
import Jackpot from 'jackpot';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as closeAfter from '../../docs/examples/migrating/jackpot/close-after.js';
import * as closeBefore from '../../docs/examples/migrating/jackpot/close-before.js';
import * as pullAfter from '../../docs/examples/migrating/jackpot/pull-after.js';
import * as pullBefore from '../../docs/examples/migrating/jackpot/pull-before.js';
import * as readAfter from '../../docs/examples/migrating/jackpot/read-after.js';
import * as readBefore from '../../docs/examples/migrating/jackpot/read-before.js';
import * as shareAfter from '../../docs/examples/migrating/jackpot/share-after.js';
import * as shareBefore from '../../docs/examples/migrating/jackpot/share-before.js';
import { PoolClosedError, UnavailableError, type Pool } from '../../src/index.js';
import { runChild } from './children.js';
import { closedWithTest } from './migrating-client.js';
import { nextEvent, until } from './pools.js';
import { echo, refusedPort, startServer, type Behaviour } from './servers.js';

/** A server that takes note of what it gets, and closes when the client does. */
function noting(): { behaviour: Behaviour; received: () => string } {
  let received = '';
  const behaviour: Behaviour = (socket) => {
    socket.on('data', (data: Buffer) => (received += data.toString())).on('end', () => socket.end());
  };
  return { behaviour, received: () => received };
}

/** What the modules of the guide have in common, before and after. */
interface Guide<P> {
  openPool(port: number): P;
  send(pool: P, text: string, done: (error?: Error | null) => void): void;
  trim(pool: P, keep: number): void;
  report(pool: P): { open: number; opening: number };
  close(pool: P): Promise<void>;
  /** Resolves at the next attempt that fails. */
  failed(pool: P): Promise<unknown>;
}

interface Client {
  send(text: string): Promise<void>;
  trim(keep: number): void;
  report(): { open: number; opening: number };
  close(): Promise<void>;
  failed(): Promise<unknown>;
}

function clientOf<P>({ openPool, send, trim, report, close, failed }: Guide<P>): (port: number) => Client {
  return (port) => {
    const pool = openPool(port);
    onTestFinished(() => close(pool));
    return {
      send: async (text) =>
        new Promise((resolve, reject) => {
          send(pool, text, (error) => (error ? reject(error) : resolve()));
        }),
      trim: (keep) => trim(pool, keep),
      report: () => report(pool),
      close: () => close(pool),
      failed: async () => failed(pool),
    };
  };
}

const before = {
  ...closeBefore,
  failed: async (pool: Jackpot) => new Promise((resolve) => pool.once('error', resolve)),
};
const after = {
  ...closeAfter,
  failed: async (pool: Pool) => nextEvent(pool.events$, 'failed'),
};

describe.each([
  ['jackpot', clientOf({ ...shareBefore, ...before })],
  ['rxpool', clientOf({ ...shareAfter, ...after })],
])('allocate over %s', (_name, open) => {
  it('gives everybody the same socket, one after the other', async () => {
    const { behaviour, received } = noting();
    const server = await startServer(behaviour);
    const client = open(server.port);
    for (const text of ['a', 'b', 'c']) await client.send(text);
    await until(() => received() === 'abc');
    expect(server.accepted).toBe(1);
    expect(client.report()).toEqual({ open: 1, opening: 0 });
  });

  it('opens one socket each for those who come at once; free keeps some of them, the end none', async () => {
    const server = await startServer(noting().behaviour);
    const client = open(server.port);
    const sent = Promise.all(['a', 'b', 'c'].map((text) => client.send(text)));
    expect(client.report()).toEqual({ open: 0, opening: 3 });
    await sent;
    await until(() => client.report().open === 3 && server.accepted === 3);
    client.trim(1);
    await until(() => server.open === 1);
    expect(client.report().open).toBe(1);
    await client.send('d');
    await client.close();
    await until(() => server.open === 0);
    expect(server.accepted).toBe(3);
  });

  it('tells of a connection that fails', async () => {
    const client = open(await refusedPort());
    const failed = client.failed();
    client.send('a').catch(() => undefined);
    await failed;
  });
});

describe.each([
  ['jackpot', clientOf({ ...pullBefore, ...before })],
  ['rxpool', clientOf({ ...pullAfter, ...after })],
])('pull over %s', (_name, open) => {
  it('writes once the server is there', async () => {
    const port = await refusedPort();
    const client = open(port);
    const failed = client.failed();
    const sent = client.send('late');
    await failed;
    const { behaviour, received } = noting();
    await startServer(behaviour, { host: '127.0.0.1', port });
    await sent;
    await until(() => received() === 'late');
  });
});

it.each([
  [
    'jackpot',
    (port: number, onAnswer: (text: string) => void) =>
      clientOf({ ...shareBefore, ...before, openPool: () => readBefore.openPool(port, onAnswer) })(port),
  ],
  [
    'rxpool',
    (port: number, onAnswer: (text: string) => void) =>
      clientOf({ ...shareAfter, ...after, openPool: () => readAfter.openPool(port, onAnswer) })(port),
  ],
])('one reader for each socket hears all answers over %s', async (_name, open) => {
  const server = await startServer(echo);
  const answers: string[] = [];
  const client = open(server.port, (text) => answers.push(text));
  await Promise.all(['a', 'b', 'c'].map((text) => client.send(text)));
  await client.send('d');
  // The network may join them.
  await until(() => answers.join('').length === 4);
  for (const text of ['a', 'b', 'c', 'd']) expect(answers.join('')).toContain(text);
});

describe('what is different', () => {
  it('more callers at once than sockets: jackpot says that it is full, rxpool serves them all', async () => {
    const server = await startServer(noting().behaviour);
    const outcomes = async (client: Client): Promise<string[]> => {
      const sent = await Promise.allSettled(Array.from({ length: 20 }, async () => client.send('x')));
      return sent.map((one) => (one.status === 'fulfilled' ? 'sent' : String(one.reason)));
    };
    const old = await outcomes(clientOf({ ...shareBefore, ...before })(server.port));
    expect(old.filter((outcome) => outcome === 'sent')).toHaveLength(5);
    expect(old.filter((outcome) => outcome === 'Error: The connection pool is full')).toHaveLength(15);

    const now = await outcomes(clientOf({ ...shareAfter, ...after })(server.port));
    expect(now).toEqual(Array.from({ length: 20 }, () => 'sent'));
  });

  it('a socket with much to write: jackpot gives it to the next one too, rxpool gives the one with least', async () => {
    const server = await startServer((socket) => void socket.pause());
    const bytes = Buffer.alloc(32 * 1024 * 1024);

    const old = shareBefore.openPool(server.port);
    onTestFinished(() => void old.end(true));
    const allocate = async (): Promise<Socket> =>
      new Promise((resolve, reject) => old.allocate((error, socket) => (error ? reject(error) : resolve(socket))));
    await Promise.all([allocate(), allocate()]);
    const busy = await allocate();
    busy.write(bytes);
    await until(() => busy.writableNeedDrain);
    expect(await allocate()).toBe(busy);

    const pool = closedWithTest(shareAfter.openPool(server.port));
    await pool.ready(2);
    const full = await firstValueFrom(pool.allocate());
    full.write(bytes);
    expect(await firstValueFrom(pool.allocate())).not.toBe(full);
  });

  it('after the end: jackpot opens anew, rxpool is closed', async () => {
    const server = await startServer(noting().behaviour);
    const old = clientOf({ ...shareBefore, ...before })(server.port);
    await old.close();
    await old.send('again');
    expect(old.report().open).toBe(1);

    const pool = clientOf({ ...shareAfter, ...after })(server.port);
    await pool.close();
    await expect(pool.send('again')).rejects.toBeInstanceOf(PoolClosedError);
  });

  it('a connection that fails and nobody listens: jackpot ends the process, rxpool tells the caller', async () => {
    const refused = `127.0.0.1:${await refusedPort()}`;
    const old = await runChild('migrating-jackpot-error', 'jackpot', refused);
    expect(old.code).not.toBe(0);
    expect(old.stderr).toContain('ECONNREFUSED');
    expect(await runChild('migrating-jackpot-error', 'rxpool', refused)).toEqual({
      code: 0,
      stdout: 'RXPOOL_UNAVAILABLE ECONNREFUSED',
      stderr: '',
    });
  });

  it('retries that are used up: jackpot passes on the last error, rxpool has it as the cause', async () => {
    const port = await refusedPort();
    const old = clientOf({ ...pullBefore, ...before })(port);
    await expect(old.send('x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    const pool = clientOf({ ...pullAfter, ...after })(port);
    const error: unknown = await pool.send('x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
