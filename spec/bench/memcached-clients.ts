import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import MemcachedClient from 'memcached';
import { Client as Memjs } from 'memjs';
import { first, lastValueFrom, merge } from 'rxjs';
import type { MemcachedAnswer } from '../../docs/examples/memcached/memcached-protocol.js';
import { entries, Hearing, type Ask } from './callers.js';
import { example } from './example.js';
import { createPool, requestClient, tcp } from './subject.js';

const { memcachedProtocol } = (await example(
  'memcached/memcached-protocol',
)) as typeof import('../../docs/examples/memcached/memcached-protocol.js');

/** Connections of those that can be told how many. */
const CONNECTIONS = 2;

export interface MemcachedClients {
  readonly requestClient: Ask;
  readonly oneAtATime: Ask;
  readonly memjs: Ask;
  readonly memcached: Ask;
  readonly byHand: Ask;
  close(): Promise<void>;
}

/** All that are compared, on a server that has the entries. */
export async function memcachedClients(port: number): Promise<MemcachedClients> {
  const transport = tcp({ port, host: '127.0.0.1' });
  const size = { min: CONNECTIONS, max: CONNECTIONS };
  const shared = createPool(transport, { ...size, concurrency: 50 });
  const client = requestClient(shared, memcachedProtocol);
  const set = ([key, value]: (typeof entries)[number]) =>
    client.request(`set ${key} 0 0 ${String(value.length)}\r\n${value}\r\n`);
  await lastValueFrom(merge(...entries.map(set)));
  const alone = createPool(transport, size);
  await alone.ready();

  const address = `127.0.0.1:${String(port)}`;
  // It makes one connection for each server.
  const memjs = Memjs.create(address, { timeout: 10 });
  const memcached = new MemcachedClient(address, { poolSize: CONNECTIONS, timeout: 10_000 });
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const askers = sockets.map(byHand);
  let turn = 0;

  return {
    requestClient: (key, answered) => {
      client.request(`get ${key}\r\n`).subscribe(new Hearing(lengthOf, answered));
    },
    oneAtATime: (key, answered) => {
      const asked = alone.use((socket, lease) => {
        socket.write(`get ${key}\r\n`);
        return lease.data$.pipe(memcachedProtocol.frames, first());
      });
      asked.subscribe(new Hearing(lengthOf, answered));
    },
    memjs: (key, answered) => {
      memjs.get(key, (_error, value) => answered(value?.length ?? -1));
    },
    memcached: (key, answered) => {
      memcached.get(key, (_error, value: string | undefined) => answered(value?.length ?? -1));
    },
    byHand: (key, answered) => {
      turn = (turn + 1) % CONNECTIONS;
      askers[turn]!(key, answered);
    },
    async close() {
      memjs.close();
      memcached.end();
      for (const socket of sockets) socket.destroy();
      await Promise.all([shared.close(), alone.close()]);
    },
  };
}

function lengthOf({ items: [item] }: MemcachedAnswer): number | undefined {
  return item?.value?.length;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** The least that can pipeline: knows `get` only, and no errors, limits, deadlines or losses. */
function byHand(socket: Socket): Ask {
  const waiting: ((length: number) => void)[] = [];
  let due = '';
  let rest: Buffer | undefined;
  const flush = (): void => {
    socket.write(due);
    due = '';
  };
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = bytes.indexOf('\r\n'); end !== -1; end = bytes.indexOf('\r\n', at)) {
      const head = bytes.toString('latin1', at, end);
      const size = Number(head.slice(head.lastIndexOf(' ') + 1));
      const next = end + 2 + size + '\r\nEND\r\n'.length;
      if (next > bytes.length) break;
      const value = bytes.subarray(end + 2, end + 2 + size);
      at = next;
      waiting.shift()?.(value.length);
    }
    rest = at === bytes.length ? undefined : bytes.subarray(at);
  });
  return (key, answered) => {
    waiting.push(answered);
    if (due === '') process.nextTick(flush);
    due += `get ${key}\r\n`;
  };
}
