import type { Socket } from 'node:net';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endpoint, exponentialBackoff, type Transport } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { tcp, tls } from '../../src/tcp/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { testPool, until } from './pools.js';
import { dropAtOnce, echo, refusedPort, silent, startServer } from './servers.js';

/** Half of 100, 200, 400, 400, …: what full jitter takes of these delays when chance says 0.5. */
const DELAYS = [50, 100, 200, 200, 200];
const random = (): number => 0.5;
const retry = { delay: exponentialBackoff({ initial: 100, max: 400 }) };

const addresses: [string, () => Promise<Transport<Socket, Buffer>>][] = [
  ['that refuses', async () => tcp({ host: '127.0.0.1', port: await refusedPort() })],
  [
    'whose name does not resolve',
    async () =>
      tcp({
        host: 'nowhere.invalid',
        port: 1,
        // As Node tells it; a network may take its time to say so, or answer for any name.
        lookup: (host, _options, callback) => {
          const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
          setImmediate(callback, error, '', 4);
        },
      }),
  ],
  ['that accepts and drops at once', async () => tcp((await startServer(dropAtOnce)).address)],
  [
    'that accepts and never answers the TLS handshake',
    async () => tls({ host: '127.0.0.1', port: (await startServer(silent)).port, connectTimeout: 20 }),
  ],
  ['that accepts and drops during the TLS handshake', async () => tls((await startServer(dropAtOnce)).address)],
  ['whose options cannot be had', async () => tcp({ port: () => Promise.reject(new Error('no port')) })],
];

/** Fails and waits, attempt after attempt: none comes before its delay is over, and one comes then. */
async function expectPace(clock: VirtualClock, attempts: () => number, failures: () => number): Promise<void> {
  for (const [done, delay] of DELAYS.entries()) {
    await until(() => failures() === done + 1);
    expect(attempts()).toBe(done + 1);
    clock.advance(delay - 1);
    expect(attempts()).toBe(done + 1);
    clock.advance(1);
    expect(attempts()).toBe(done + 2);
  }
}

describe.each(addresses)('an address %s', (_what, make) => {
  it('is dialled by an endpoint at the pace of the backoff', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const retriesIn: unknown[] = [];
    const subscription = endpoint(await make(), { clock, random, retry }).lifecycle$.subscribe((event) => {
      told.push(event.type);
      if (event.type === 'failed' || event.type === 'reset') retriesIn.push(event.retryIn);
    });
    onTestFinished(() => subscription.unsubscribe());

    await expectPace(
      clock,
      () => told.filter((type) => type === 'connecting').length,
      () => retriesIn.length,
    );
    expect(retriesIn.slice(0, DELAYS.length)).toEqual(DELAYS);
  });

  it('is dialled by a pool that wants one connection at the pace of the backoff', async () => {
    const clock = new VirtualClock();
    const pool = testPool(await make(), { min: 1, clock, random, retry });
    let attempts = 0;
    pool.events$.subscribe(({ type }) => {
      if (type === 'connecting') attempts++;
    });
    clock.advance(0);
    await expectPace(
      clock,
      () => attempts,
      () => pool.stats.failed + pool.stats.lost,
    );
  });
});

it('is dialled at the pace of the backoff however many borrowers wait, who are all served when the server is back', async () => {
  const port = await refusedPort();
  const clock = new VirtualClock();
  const pool = testPool(tcp(`127.0.0.1:${port}`), { max: 50, clock, random, maxConnecting: 4 });
  let attempts = 0;
  pool.events$.subscribe(({ type }) => {
    if (type === 'connecting') attempts++;
  });

  const answers = Array.from({ length: 200 }, async (_, i) =>
    firstValueFrom(
      pool.use((socket, lease) => {
        socket.write(`${i}\n`);
        return lease.data$.pipe(lines(), take(1));
      }),
    ),
  );
  // The first ones go out together, before anybody knows; then one at a time, and no later than urgentMax.
  let expected = 4;
  for (const delay of [50, 100, 200, 400, 800, 1_000, 1_000]) {
    await until(() => pool.stats.failed === expected);
    clock.advance(delay - 1);
    expect(attempts).toBe(expected);
    clock.advance(1);
    expected++;
    expect(attempts).toBe(expected);
  }
  await until(() => pool.stats.failed === expected);

  await startServer(echo, { host: '127.0.0.1', port });
  clock.advance(1_000);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
});

it('does not dial a server that accepts and drops any faster because borrowers wait', async () => {
  const server = await startServer(dropAtOnce);
  const clock = new VirtualClock();
  const pool = testPool(tcp(server.address), { max: 10, clock, random, retry });
  let attempts = 0;
  pool.events$.subscribe(({ type }) => {
    if (type === 'connecting') attempts++;
  });
  // The first one finds out; each of them is lent a socket that is gone the next moment.
  await pool.acquire();
  await until(() => pool.stats.lost === 1);
  for (let i = 0; i < 20; i++) void pool.acquire().catch(() => undefined);
  await expectPace(
    clock,
    () => attempts,
    () => pool.stats.failed + pool.stats.lost,
  );
  await until(() => server.accepted === attempts);
});
