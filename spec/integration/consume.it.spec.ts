import type { Socket } from 'node:net';
import { EMPTY, lastValueFrom, pipe, take, takeWhile, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { consume, lines, readable } from '../../src/protocol/index.js';
import { tls } from '../../src/tcp/index.js';
import { certificateFor } from './certificates.js';
import { content, hashOf, KiB, lend, look, MiB, serve, turns } from './flow.js';
import { nextEvent, testPool, until } from './pools.js';
import { silent, startTlsServer } from './servers.js';

/** Consumes all that comes, slowly, and tells how much was read and not consumed at most. */
async function consumeSlowly(
  socket: Socket,
  config: { highWaterMark: number; concurrency?: number },
): Promise<{ hash: string; length: number; most: number }> {
  const chunks: Uint8Array[] = [];
  let consumed = 0;
  let most = 0;
  const look = (): void => {
    most = Math.max(most, socket.bytesRead - consumed);
  };
  const project = async (chunk: Uint8Array): Promise<void> => {
    chunks.push(chunk);
    for (let i = 0; i < 4; i++) {
      look();
      await turns(1);
    }
    look();
    consumed += chunk.length;
  };
  await lastValueFrom(readable(socket).pipe(consume(project, config)));
  return { hash: hashOf(chunks), length: consumed, most };
}

/** What a consumer can rely on: Node reads ahead in pieces of its own. */
function bound(socket: Socket, highWaterMark: number): number {
  return Math.max(highWaterMark, 2 * socket.readableHighWaterMark) + 64 * KiB;
}

describe('consume on a real socket', () => {
  it.each([
    { highWaterMark: 64 * KiB },
    { highWaterMark: 256 * KiB },
    { highWaterMark: 1024 * KiB },
    { highWaterMark: 256 * KiB, concurrency: 4 },
  ])('holds at most the high mark and a chunk, and loses nothing: %j', async (config) => {
    const { lease, peer } = await lend();
    const { socket } = lease;
    const sent = content(16 * MiB);
    const served = serve(peer, sent);
    const { hash, length, most } = await consumeSlowly(socket, config);
    await served;
    expect(length).toBe(sent.length);
    expect(hash).toBe(hashOf([sent]));
    expect(most).toBeLessThanOrEqual(bound(socket, config.highWaterMark));
    expect(most).toBeGreaterThanOrEqual(Math.min(config.highWaterMark, 64 * KiB));
  });

  it('does so on TLS, too', async () => {
    const localhost = await certificateFor('localhost');
    const server = await startTlsServer(silent, localhost, { host: 'localhost', port: 0 });
    const pool = testPool(tls({ host: 'localhost', port: server.port, ca: localhost.cert }));
    const { socket } = await pool.acquire();
    const sent = content(4 * MiB);
    const served = serve(await server.peer(), sent);
    const { hash, most } = await consumeSlowly(socket, { highWaterMark: 256 * KiB });
    await served;
    expect(hash).toBe(hashOf([sent]));
    expect(most).toBeLessThanOrEqual(bound(socket, 256 * KiB));
  });

  it('makes the sender wait', async () => {
    const { lease, peer } = await lend();
    const subscription = readable(lease.socket)
      .pipe(consume(() => new Promise<never>(() => {}), { highWaterMark: 64 * KiB }))
      .subscribe();
    let written = 0;
    const chunk = content(256 * KiB);
    const room = (): boolean => peer.write(chunk, () => (written += chunk.length));
    while (room());
    await until(() => peer.writableNeedDrain && lease.socket.readableLength > 0);
    for (let i = 0; i < 256; i++) peer.write(chunk);
    await turns(50);
    expect(written).toBeLessThan(64 * MiB);
    expect(peer.writableNeedDrain).toBe(true);
    subscription.unsubscribe();
  });

  it('consumes what came before a reset, and then errors', async () => {
    const { lease, peer } = await lend();
    const seen: string[] = [];
    const consumed = lastValueFrom(
      readable(lease.socket, lines()).pipe(
        consume(async (line) => {
          if (line === 'one') {
            const lost = nextLoss(lease.socket);
            peer.resetAndDestroy();
            await lost;
            await turns(3);
          }
          seen.push(line);
        }),
      ),
    );
    peer.write('one\ntwo\nthree\nhal');
    const error: unknown = await consumed.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toMatchObject({ info: { address: `127.0.0.1:${lease.socket.remotePort ?? peer.localPort}` } });
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('leaves a socket that is lent again, time after time, as new', async () => {
    const { pool, lease, peer, told } = await lend();
    const { socket } = lease;
    const before = look(socket);
    const answer = pipe(
      lines(),
      takeWhile((line) => line !== 'END'),
    );
    let current = lease;
    for (let i = 0; i < 5; i++) {
      const reply = Array.from({ length: 20_000 }, (_, n) => `${i} ${n}`);
      peer.write(`${reply.join('\n')}\nEND\n`);
      const project = async (line: string): Promise<string> => line;
      const got = readable(current.socket, answer).pipe(consume(project, { highWaterMark: 32 * KiB }), toArray());
      expect(await lastValueFrom(got)).toEqual(reply);
      current.release();
      current = await pool.acquire();
      expect(current.socket).toBe(socket);
      expect(look(socket)).toEqual(before);
    }
    expect(told()).not.toContain('leftover');
    expect(told().filter((type) => type === 'opened')).toHaveLength(1);
  });

  it('is given back as new when it is unsubscribed before anything has come', async () => {
    const { pool, lease, peer } = await lend();
    const { socket } = lease;
    const before = look(socket);
    const subscription = readable(socket)
      .pipe(consume(() => EMPTY))
      .subscribe();
    await turns(3);
    subscription.unsubscribe();
    lease.release();
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    expect(look(socket)).toEqual(before);
    peer.end('for the next one');
    expect(String(await lastValueFrom(next.data$))).toBe('for the next one');
  });

  it('costs the connection, in use(), when it is unsubscribed midway', async () => {
    const { pool, lease, peer } = await lend();
    lease.release();
    const closed = nextEvent(pool.events$, 'destroyed');
    let begun = 0;
    const subscription = pool
      .use((socket) =>
        readable(socket).pipe(
          consume(() => {
            begun++;
            return new Promise<never>(() => {});
          }),
        ),
      )
      .subscribe();
    peer.write('an answer');
    await until(() => begun === 1);
    subscription.unsubscribe();
    await closed;
  });
});

describe('readable on a real socket', () => {
  it('takes turns with data$ without losing a byte', async () => {
    const { lease, peer } = await lend();
    const text = Array.from({ length: 100_000 }, (_, i) => `${i},`).join('');
    let got = '';
    let turn = 0;
    const finished = new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const source: Observable<Uint8Array> = turn++ % 3 === 0 ? lease.data$ : readable(lease.socket);
        source.pipe(take(1)).subscribe({
          next: (chunk) => (got += Buffer.from(chunk).toString()),
          error: reject,
          complete: () => {
            if (got.length >= text.length) resolve();
            else next();
          },
        });
      };
      next();
    });
    for (let at = 0; at < text.length; at += 10_000) {
      peer.write(text.slice(at, at + 10_000));
      await turns(2);
    }
    await finished;
    expect(got).toBe(text);
    expect(turn).toBeGreaterThan(3);
  });

  it('is iterated at the pace of the loop', async () => {
    const { lease, peer } = await lend();
    const { socket } = lease;
    const sent = content(8 * MiB);
    const served = serve(peer, sent);
    const chunks: Uint8Array[] = [];
    let most = 0;
    let consumed = 0;
    for await (const chunk of readable(socket)) {
      await turns(2);
      most = Math.max(most, socket.bytesRead - consumed);
      consumed += chunk.length;
      chunks.push(chunk);
    }
    await served;
    expect(hashOf(chunks)).toBe(hashOf([sent]));
    expect(most).toBeLessThanOrEqual(2 * (socket.readableHighWaterMark + 64 * KiB));
  });

  it('throws in the iteration at the loss', async () => {
    const { lease, peer } = await lend();
    const seen: string[] = [];
    const iteration = (async () => {
      for await (const line of readable(lease.socket, lines())) {
        seen.push(line);
        peer.resetAndDestroy();
      }
    })();
    peer.write('one\ntw');
    await expect(iteration).rejects.toBeInstanceOf(ConnectionLostError);
    expect(seen).toEqual(['one']);
  });

  it('completes when the peer ends', async () => {
    const { lease, peer } = await lend();
    peer.end('all of it');
    expect(String(await lastValueFrom(readable(lease.socket)))).toBe('all of it');
  });

  it('handles the error of a socket that nobody else listens to', async () => {
    const { lease, peer } = await lend();
    const socket = lease.detach();
    socket.removeAllListeners('error');
    const read = lastValueFrom(readable(socket));
    peer.resetAndDestroy();
    await expect(read).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });
});

async function nextLoss(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
