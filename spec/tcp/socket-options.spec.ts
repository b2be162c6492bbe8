import { expect, it, onTestFinished, vi } from 'vitest';
import { resolveOptions } from '../../src/endpoint/per-attempt.js';
import { tcp } from '../../src/tcp/tcp.js';
import { record } from '../endpoint/record.js';

it('a connectTimeout longer than the platform can count does not end the attempt at once', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const host = new Promise<string>(() => undefined);
  const attempt = record(tcp({ host, port: 1, connectTimeout: 2 ** 31 }).open());
  vi.advanceTimersByTime(1_000);
  attempt.stop();
  expect(attempt.errors).toEqual([]);
});

it('an option whose promise is rejected is not unheard when another option throws', async () => {
  const unheard: unknown[] = [];
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => unheard.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
  });
  const thrown = new Error('no certificate');
  const attempt = record(
    resolveOptions({
      host: async () => Promise.reject(new Error('no host')),
      ca: () => {
        throw thrown;
      },
    }),
  );
  // Node tells of an unhandled rejection before the next macrotask.
  await new Promise(setImmediate);
  expect(attempt.errors).toEqual([thrown]);
  expect(unheard).toEqual([]);
});
