import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createPool as createGenericPool } from 'generic-pool';
import { defer } from 'rxjs';
import { Pool as TarnPool } from 'tarn';
import { createPool, tcp } from './subject.js';

/** What a client has done while the address was dead. CPU in ms. */
export interface Dead {
  readonly dials: number;
  readonly cpu: number;
}
/** When the client's last borrower was served, in ms since the epoch. */
export interface Back {
  readonly servedAt: number;
}

const BORROWERS = 200;
const MAX = 50;

const [kind = '', portText, lasts] = process.argv.slice(2);
const address = { port: Number(portText), host: '127.0.0.1' };
let dials = 0;

async function dial(): Promise<Socket> {
  dials++;
  const socket = connect(address);
  await once(socket, 'connect');
  return socket;
}

/** Makes a client, and returns what starts it; that resolves when everybody has been served. */
const clients: Readonly<Record<string, () => () => Promise<unknown>>> = {
  rxpool: () => {
    const transport = tcp(address);
    const open = (): ReturnType<typeof transport.open> =>
      defer(() => {
        dials++;
        return transport.open();
      });
    const pool = createPool({ ...transport, open }, { max: MAX });
    return () =>
      everybody(
        () => pool.acquire(),
        (lease) => lease.release(),
      );
  },
  // Nobody borrows here: it dials, and if that fails again after 100 ms.
  probe: () => async () => {
    for (;;) {
      try {
        return await dial();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  },
  'generic-pool': () => {
    const pool = createGenericPool({ create: dial, destroy: async (socket) => void socket.destroy() }, { max: MAX });
    return () =>
      everybody(
        () => pool.acquire(),
        (socket) => void pool.release(socket),
      );
  },
  tarn: () => {
    const pool = new TarnPool<Socket>({
      ...{ create: dial as never, destroy: (socket) => socket.destroy(), min: 0, max: MAX },
      // Else the first failure is every borrower's.
      propagateCreateError: false,
    });
    return () =>
      everybody(
        () => pool.acquire().promise,
        (socket) => void pool.release(socket),
      );
  },
};

async function everybody<T>(acquire: () => Promise<T>, release: (resource: T) => void): Promise<void> {
  await Promise.all(
    Array.from({ length: BORROWERS }, async () => {
      const resource = await acquire();
      await new Promise((resolve) => setImmediate(resolve));
      release(resource);
    }),
  );
}

const begin = clients[kind]!();
process.once('message', () => {
  const before = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ dials, cpu: (user + system) / 1000 } satisfies Dead);
  }, Number(lasts));
  void begin().then(() => process.send?.({ servedAt: Date.now() } satisfies Back));
});
process.send?.('ready');
