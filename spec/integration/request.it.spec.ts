import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { firstValueFrom, forkJoin, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPool, type PoolConfig } from '../../src/index.js';
import {
  BufferFullError,
  lines,
  requestClient,
  RequestLostError,
  type Protocol,
  type RequestClientConfig,
} from '../../src/protocol/index.js';
import { tcp } from '../../src/tcp/index.js';

const protocol: Protocol<string, string> = {
  frames: lines(),
  encode: (line) => `${line}\n`,
  isLast: (line) => !line.endsWith('...'),
  isPush: (line) => line.startsWith('>'),
};

type Serve = (line: string, socket: Socket) => void;

/** A server of lines, and a client of it over real sockets. */
async function connect(serve: Serve, pool: PoolConfig<Socket, Buffer> = {}, config: RequestClientConfig = {}) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let rest = '';
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop()!;
      for (const line of parts) serve(line, socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address!.port : 0;
  const sharing = createPool(tcp({ host: '127.0.0.1', port }), { max: 2, concurrency: 50, ...pool });
  onTestFinished(async () => {
    await sharing.close({ borrowed: 'destroy' });
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { pool: sharing, client: requestClient(sharing, protocol, config), sockets };
}

describe('requests over real sockets', () => {
  it('get each its own answer, many at once', async () => {
    const { client, pool } = await connect((line, socket) => socket.write(`${line}\n`));
    const names = Array.from({ length: 2_000 }, (_, i) => `request ${i}`);
    const answers = await firstValueFrom(forkJoin(names.map((name) => client.request(name))));
    expect(answers).toEqual(names);
    expect(pool.stats).toMatchObject({ opened: 2, leases: 0 });
  });

  it('of one turn arrive in one piece', async () => {
    const pieces: string[] = [];
    const { client, sockets } = await connect((line, socket) => socket.write(`${line}\n`), { max: 1 });
    await firstValueFrom(client.request('first'));
    for (const socket of sockets) socket.on('data', (chunk) => pieces.push(chunk.toString()));
    await firstValueFrom(forkJoin(['a', 'b', 'c'].map((name) => client.request(name))));
    expect(pieces).toEqual(['a\nb\nc\n']);
  });

  it('have answers of many frames, and let callers leave in the middle', async () => {
    const { client, pool } = await connect((line, socket) => socket.write(`${line} 1...\n${line} 2...\n${line}\n`), {
      max: 1,
    });
    const [first, all, other] = await Promise.all([
      firstValueFrom(client.request('a')),
      lastValueFrom(client.request('b').pipe(toArray())),
      firstValueFrom(client.request('c')),
    ]);
    expect([first, all, other]).toEqual(['a 1...', ['b 1...', 'b 2...', 'b'], 'c 1...']);
    expect(await firstValueFrom(client.request('d'))).toBe('d 1...');
    expect(pool.stats.opened).toBe(1);
  });

  it('error when the connection is reset, or are asked again', async () => {
    let resets = 1;
    const { client } = await connect(
      (line, socket) => {
        if (resets-- > 0) socket.resetAndDestroy();
        else socket.write(`${line}\n`);
      },
      { max: 1 },
    );
    const [once, again] = await Promise.allSettled([
      firstValueFrom(client.request('once')),
      firstValueFrom(client.request('again', { idempotent: true })),
    ]);
    expect(once).toMatchObject({ reason: expect.any(RequestLostError) as unknown });
    expect(once).toMatchObject({ reason: { info: { written: true }, cause: { code: 'ECONNRESET' } } });
    expect(again).toEqual({ status: 'fulfilled', value: 'again' });
  });

  it('to a server that never reads are refused, once as many bytes wait as may', async () => {
    const { client, sockets } = await connect(
      (line, socket) => socket.write(`${line}\n`),
      { max: 1, concurrency: 1_000 },
      { maxBuffered: 1_000_000, timeout: 60_000 },
    );
    await firstValueFrom(client.request('first'));
    for (const socket of sockets) socket.pause();
    const outcomes = Array.from({ length: 200 }, async () => firstValueFrom(client.request('x'.repeat(100_000))));
    const refused = await Promise.any(
      outcomes.map(async (one) =>
        one.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(refused).toBeInstanceOf(BufferFullError);
    for (const socket of sockets) socket.destroy();
    await Promise.allSettled(outcomes);
    expect(client.state.inFlight).toBe(0);
  });

  it('and pushes go on over a reset', async () => {
    const { client, sockets } = await connect((line, socket) => socket.write(`>about ${line}\n${line}\n`), { max: 1 });
    const seen: string[] = [];
    const listening = client.pushes$.subscribe((push) => seen.push(push));
    await firstValueFrom(client.request('a'));
    for (const socket of sockets) socket.resetAndDestroy();
    await firstValueFrom(client.request('b', { idempotent: true }));
    expect(seen.at(0)).toBe('>about a');
    expect(seen.at(-1)).toBe('>about b');
    listening.unsubscribe();
  });
});
