import type { Socket } from 'node:net';
import { first, type Observable } from 'rxjs';
import { createRegistry, type ConnectionHandler, type Pool } from 'rxpool';
import { lines } from 'rxpool/protocol';
import { tcp } from 'rxpool/tcp';

const pools = createRegistry<{ workers: Pool<Socket, Buffer> }>();

/** One connection to each port, each with a handler of its own, and each lent to one borrower at a time. */
export function openWorkers(
  ports: readonly number[],
  handler: (worker: number) => ConnectionHandler<Socket, Buffer>,
): Pool<Socket, Buffer> {
  const workers = ports.map((port) => tcp({ host: '127.0.0.1', port }));
  return pools.create('workers', workers, {
    max: ports.length,
    minPerEndpoint: 1,
    maxPerEndpoint: 1,
    handler,
  });
}

/** Asks the one at that port, or whichever is free. */
export function ask(question: string, port?: number): Observable<string> {
  return pools.get('workers').use(
    (socket, lease) => {
      socket.write(`${question}\n`);
      return lease.data$.pipe(lines(), first());
    },
    port === undefined ? {} : { endpoint: `127.0.0.1:${port}` },
  );
}

export function handlerOf(worker: number): ConnectionHandler<Socket, Buffer> | undefined {
  return pools.get('workers').slots[worker]?.handler;
}

export function closeWorker(worker: number): void {
  pools.get('workers').slots[worker]?.close();
}

export async function closeEverything(): Promise<void> {
  await pools.closeAll();
}
