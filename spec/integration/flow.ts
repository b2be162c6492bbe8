import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Lease, Pool } from '../../src/index.js';
import { tcp } from '../../src/tcp/index.js';
import { recordEvents, testPool } from './pools.js';
import { silent, startServer, type Behaviour } from './servers.js';

export const KiB = 1024;
export const MiB = 1024 * KiB;

/** A pool of one connection that is lent, and its peer. */
export interface Lent {
  readonly pool: Pool<Socket, Buffer>;
  readonly lease: Lease<Socket, Buffer>;
  readonly peer: Socket;
  /** The types of what the pool has told. */
  readonly told: () => string[];
}

export async function lend(behaviour: Behaviour = silent): Promise<Lent> {
  const server = await startServer(behaviour);
  const pool = testPool(tcp(server.address), { max: 1 });
  const events = recordEvents(pool);
  const lease = await pool.acquire();
  return { pool, lease, peer: await server.peer(), told: () => events.map(({ type }) => type) };
}

/** All that the next borrower would notice. */
export function look(socket: Socket): object {
  return {
    flowing: socket.readableFlowing,
    paused: socket.isPaused(),
    unread: socket.readableLength,
    readsAhead: socket.readableHighWaterMark,
    corked: socket.writableCorked,
    listeners: new Map(socket.eventNames().map((name) => [name, socket.rawListeners(name as string)])),
  };
}

/** Content of which no part is like another. */
export function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  return bytes;
}

export function hashOf(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha1');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Writes as a decent server does, and ends. */
export async function serve(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 256 * KiB) {
    if (!socket.write(bytes.subarray(at, at + 256 * KiB))) await once(socket, 'drain');
  }
  socket.end();
}

/** Lets the event loop turn so many times. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
