import { Readable } from 'node:stream';
import { firstValueFrom, from, lastValueFrom, map, NEVER, range, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError } from '../../src/index.js';
import { BufferFullError, lines, readable, send, SendLostError, type Sent } from '../../src/protocol/index.js';
import { content, hashOf, KiB, lend, look, MiB, serve, turns } from './flow.js';
import { until } from './pools.js';
import { echo } from './servers.js';

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* slowly(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (const piece of cut(bytes, size)) {
    await turns(1);
    yield piece;
  }
}

async function* endless(size: number): AsyncGenerator<Buffer> {
  const frame = content(size);
  for (;;) {
    await turns(1);
    yield frame;
  }
}

describe('send on a real socket', () => {
  it.each<[string, (bytes: Buffer) => Parameters<typeof send>[1]]>([
    ['an Observable', (bytes) => from([...cut(bytes, 64 * KiB)])],
    ['an async iterable', (bytes) => slowly(bytes, 64 * KiB)],
    ['a Readable', (bytes) => Readable.from(cut(bytes, 64 * KiB))],
  ])('writes %s to a peer that reads slowly, and keeps the order', async (_what, frames) => {
    const { lease, peer } = await lend((socket) => socket.pause());
    const { socket } = lease;
    const before = look(socket);
    const sent = content(8 * MiB);
    const progress: Sent[] = [];
    let most = 0;
    const sending = lastValueFrom(
      send(socket, frames(sent)).pipe(
        map((one) => {
          most = Math.max(most, socket.writableLength);
          progress.push(one);
          return one;
        }),
      ),
    );
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      let length = 0;
      for await (const chunk of readable(peer)) {
        chunks.push(chunk);
        length += chunk.length;
        if (length === sent.length) return;
        await turns(2);
      }
    })();
    expect(await sending).toEqual({ accepted: sent.length, flushed: sent.length });
    await reading;
    expect(hashOf(chunks)).toBe(hashOf([sent]));
    expect(most).toBeLessThanOrEqual(socket.writableHighWaterMark + 64 * KiB);
    for (const { accepted, flushed } of progress) expect(flushed).toBeLessThanOrEqual(accepted);
    expect(look(socket)).toEqual(before);
  });

  it('fills no buffer for a peer that never reads', async () => {
    const { lease } = await lend((socket) => socket.pause());
    const { socket } = lease;
    const frame = content(64 * KiB);
    let asked = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for (;;) {
        asked++;
        yield frame;
      }
    }
    const pulled = send(socket, counted()).subscribe({ error: () => {} });
    let before = -1;
    while (asked !== before) {
      before = asked;
      await turns(50);
    }
    expect(socket.writableLength).toBeLessThanOrEqual(socket.writableHighWaterMark + frame.length);
    const pushed = send(socket, range(0, Infinity).pipe(map(() => frame)), { maxBuffered: MiB });
    await expect(lastValueFrom(pushed)).rejects.toBeInstanceOf(BufferFullError);
    expect(socket.writableLength).toBeLessThanOrEqual(socket.writableHighWaterMark + frame.length);
    pulled.unsubscribe();
  });

  it('errors at the loss with how far it had come', async () => {
    const { lease, peer } = await lend((socket) => socket.pause());
    const { socket } = lease;
    const sending = lastValueFrom(send(socket, endless(MiB)));
    await until(() => socket.writableNeedDrain);
    let received = 0;
    peer.on('data', (chunk: Buffer) => (received += chunk.length));
    peer.resume();
    await until(() => received > 4 * MiB);
    peer.pause();
    peer.resetAndDestroy();
    const error: unknown = await sending.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toBeInstanceOf(SendLostError);
    if (!(error instanceof SendLostError)) return;
    const { accepted, flushed, address } = error.info;
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(flushed).toBeGreaterThan(0);
    expect(flushed).toBeLessThanOrEqual(accepted);
    expect(error.message).toContain(`${accepted} bytes were accepted, ${flushed} flushed`);
  });

  it('errors when the socket is destroyed at this end', async () => {
    const { lease } = await lend((socket) => socket.pause());
    const sending = lastValueFrom(send(lease.socket, endless(MiB)));
    await until(() => lease.socket.writableNeedDrain);
    lease.destroy();
    await expect(sending).rejects.toBeInstanceOf(SendLostError);
  });

  it('writes whole frames for those who write at the same time', async () => {
    const { lease, peer } = await lend((socket) => socket.pause());
    const frame = (sender: number, i: number): string => `${sender} ${i} ${'x'.repeat(20 * KiB)}\n`;
    const senders = Array.from({ length: 12 }, (_, sender) => {
      const frames = Array.from({ length: 20 }, (_, i) => frame(sender, i));
      return lastValueFrom(send(lease.socket, sender % 2 === 0 ? from(frames) : Readable.from(frames)));
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of readable(peer, lines())) {
        seen.push(line);
        if (seen.length === 240) return;
      }
    })();
    await Promise.all(senders);
    await reading;
    for (const line of seen) expect(line).toHaveLength(line.indexOf('x') + 20 * KiB);
    const next = new Map<string, number>();
    for (const line of seen) {
      const [sender, i] = line.split(' ');
      expect(Number(i)).toBe(next.get(sender!) ?? 0);
      next.set(sender!, Number(i) + 1);
    }
  });

  it('leaves a socket that is lent again, time after time, as new', async () => {
    const { pool, lease, peer, told } = await lend();
    const { socket } = lease;
    const before = look(socket);
    let received = 0;
    peer.on('data', (chunk: Buffer) => (received += chunk.length));
    let current = lease;
    for (let i = 1; i <= 5; i++) {
      await lastValueFrom(send(current.socket, slowly(content(MiB), 64 * KiB)));
      current.release();
      current = await pool.acquire();
      expect(current.socket).toBe(socket);
      expect(look(socket)).toEqual(before);
      await until(() => received === i * MiB);
    }
    expect(told()).not.toContain('leftover');
  });

  it('works for the next borrower, whatever one before has left behind', async () => {
    const { pool, lease, told } = await lend(echo);
    const { socket } = lease;
    for (const source of [NEVER, new Subject<string>()]) send(socket, source).subscribe({ error: () => {} });
    lease.release();
    expect(told()).toContain('leftover');
    const next = await pool.acquire();
    expect(next.socket).toBe(socket);
    const text = 'x'.repeat(MiB);
    const sending = lastValueFrom(send(next.socket, from([text, '\n'])));
    const echoed = firstValueFrom(readable(next.socket, lines()));
    await sending;
    expect(await echoed).toBe(text);
  });

  it('carries one socket over to another, at the pace of the slower one', async () => {
    const origin = await lend();
    const target = await lend((socket) => socket.pause());
    const sent = content(8 * MiB);
    const served = serve(origin.peer, sent);
    const sending = lastValueFrom(send(target.lease.socket, readable(origin.lease.socket)));
    await turns(100);
    expect(origin.lease.socket.bytesRead).toBeLessThan(sent.length);
    const chunks: Uint8Array[] = [];
    target.peer.on('data', (chunk: Buffer) => chunks.push(chunk));
    target.peer.resume();
    expect(await sending).toEqual({ accepted: sent.length, flushed: sent.length });
    await served;
    await until(() => chunks.reduce((length, chunk) => length + chunk.length, 0) === sent.length);
    expect(hashOf(chunks)).toBe(hashOf([sent]));
  });
});
