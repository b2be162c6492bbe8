import { once } from 'node:events';
import type { Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { tcp } from '../../src/tcp/index.js';
import { silent, startServer } from './servers.js';

it('the close of a socket that was destroyed just before completes at its close, not before', async () => {
  const server = await startServer(silent);
  const transport = tcp(server.address);
  let error: unknown;
  const socket = await new Promise<Socket>((resolve) => {
    transport.open().subscribe({ next: resolve, error: (cause: unknown) => (error = cause) });
  });
  const order: string[] = [];
  socket.on('close', () => order.push('close'));
  socket.destroy();
  // Node says so at once, though the socket has yet to close.
  expect(socket.closed).toBe(true);
  const completed = firstValueFrom(transport.close(socket), { defaultValue: 'completed' }).then(() => {
    order.push('complete');
  });
  await Promise.all([once(socket, 'close'), completed]);

  expect(order).toEqual(['close', 'complete']);
  expect(error).toMatchObject({ code: 'RXPOOL_CONNECTION_LOST' });
  await firstValueFrom(transport.close(socket), { defaultValue: undefined });
});
