import { lastValueFrom, map, reduce, take, type Subscription } from 'rxjs';
import { expect, it } from 'vitest';
import type { Lease } from '../../src/index.js';
import type { Socket } from 'node:net';
import { tcp } from '../../src/tcp/index.js';
import { testPool, until } from './pools.js';
import { silent, startServer } from './servers.js';

async function lent(): Promise<{ lease: Lease<Socket, Buffer>; peer: Socket }> {
  const server = await startServer(silent);
  const lease = await testPool(tcp(server.address), { max: 1 }).acquire();
  return { lease, peer: await server.peer() };
}

/** Reads until `text` has come, chunk by chunk; every chunk goes to a subscription of its own. */
async function readInTurns(
  lease: Lease<Socket, Buffer>,
  text: string,
  between: (next: () => void) => void,
): Promise<string> {
  let got = '';
  await new Promise<void>((resolve, reject) => {
    const next = (): void => {
      lease.data$.pipe(take(1)).subscribe({
        next: (data) => (got += data.toString()),
        error: reject,
        complete: () => {
          if (got.length >= text.length) resolve();
          else between(next);
        },
      });
    };
    next();
  });
  return got;
}

const LONG = Array.from({ length: 100_000 }, (_, i) => `${i},`).join('');

it.each<[string, (next: () => void) => void]>([
  ['in the same run', (next) => next()],
  ['a microtask later', (next) => queueMicrotask(next)],
  ['a tick later', (next) => process.nextTick(next)],
  ['a macrotask later', (next) => setImmediate(next)],
])('loses no byte when a subscription to data$ ends and the next one begins %s', async (_when, between) => {
  const { lease, peer } = await lent();
  peer.write(LONG);
  expect(await readInTurns(lease, LONG, between)).toBe(LONG);
});

it('keeps what arrives between two subscriptions to data$', async () => {
  const { lease, peer } = await lent();
  peer.write('first');
  expect(await readInTurns(lease, 'first', (next) => next())).toBe('first');
  peer.write('second');
  await until(() => lease.socket.readableLength > 0);
  peer.write('third');
  expect(await readInTurns(lease, 'secondthird', (next) => next())).toBe('secondthird');
});

it('keeps what arrives after several subscriptions to data$ have come and gone in one run', async () => {
  const { lease, peer } = await lent();
  for (let i = 0; i < 3; i++) lease.data$.subscribe({ error: () => undefined }).unsubscribe();
  peer.write('for the last one');
  await until(() => lease.socket.bytesRead > 0);
  // One more turn, in which a flowing socket would have dropped it.
  await new Promise((resolve) => setImmediate(resolve));
  expect(lease.socket.readableLength).toBe('for the last one'.length);
  expect(await readInTurns(lease, 'for the last one', (next) => next())).toBe('for the last one');
});

it('reads a socket that its borrower has paused', async () => {
  const { lease, peer } = await lent();
  lease.socket.pause();
  peer.write('hello');
  await until(() => lease.socket.readableLength > 0);
  expect(await readInTurns(lease, 'hello', (next) => next())).toBe('hello');
});

it('gives each of two subscriptions to data$ all that arrives, and the second what arrives after the first has left', async () => {
  const { lease, peer } = await lent();
  const got = { first: '', second: '' };
  const read = (who: keyof typeof got): Subscription =>
    lease.data$.subscribe({ next: (data) => (got[who] += data.toString()), error: () => undefined });
  const first = read('first');
  read('second');
  peer.write('both');
  await until(() => got.second === 'both');
  first.unsubscribe();
  peer.write(' one');
  await until(() => got.second === 'both one');
  expect(got.first).toBe('both');
});

it('does not touch the listeners of the borrower when a subscription to data$ ends', async () => {
  const { lease, peer } = await lent();
  let heard = '';
  lease.socket.on('data', (data: Buffer) => (heard += data.toString()));
  const subscription = lease.data$.subscribe({ error: () => undefined });
  subscription.unsubscribe();
  peer.write('hello');
  await until(() => heard === 'hello');
});

it('completes data$ at the end of the stream, with all that came before it', async () => {
  const { lease, peer } = await lent();
  const all = lastValueFrom(
    lease.data$.pipe(
      map((data) => data.length),
      reduce((sum, length) => sum + length, 0),
    ),
  );
  peer.end(LONG);
  expect(await all).toBe(LONG.length);
});

it('completes data$ at the end of the lease', async () => {
  const { lease } = await lent();
  const ended = lastValueFrom(lease.data$, { defaultValue: 'nothing came' });
  lease.release();
  expect(await ended).toBe('nothing came');
});
