import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { silent, startServer } from './servers.js';

it('a socket has a listener for errors until it has closed, also when nobody is subscribed to it any more', async () => {
  const server = await startServer(silent);
  const transport = tcp({ host: '127.0.0.1', port: server.port, closeTimeout: Infinity });
  const socket = await new Promise<Socket>((resolve, reject) => {
    const subscription = transport.open().subscribe({
      next: (one) => {
        subscription.unsubscribe();
        resolve(one);
      },
      error: reject,
    });
  });
  expect(socket.closed).toBe(false);
  expect(socket.listenerCount('error')).toBeGreaterThan(0);
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
  expect(socket.listenerCount('error')).toBeGreaterThan(0);
});
