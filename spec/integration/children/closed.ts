// Uses a pool in every way, closes it, and tells what is left open.
import { firstValueFrom, take } from 'rxjs';
import { createPool, endpoint } from '../../../src/index.js';
import { lines } from '../../../src/protocol/index.js';
import { tcp, tls } from '../../../src/tcp/index.js';
import { codeOf } from './code-of.js';

const [address, handshakeless, refused] = process.argv.slice(2) as [string, string, string];
const before = process.getActiveResourcesInfo().sort().join();

const echo = endpoint(tcp(address));
const pool = createPool(echo, { max: 3, min: 1 });
pool.status$.subscribe();
pool.stats$.subscribe();
pool.events$.subscribe();
const asked = Array.from({ length: 30 }, async (_, i) =>
  firstValueFrom(
    pool.use((socket, lease) => {
      socket.write(`${i}\n`);
      return lease.data$.pipe(lines(), take(1));
    }),
  ),
);
console.log((await Promise.all(asked)).length);
const { signal } = new AbortController();
const held = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
const waiting = Array.from({ length: 30 }, async () => pool.acquire({ signal }).catch(codeOf));
for (const lease of held.slice(1)) lease.destroy();

// Two more in the middle of something: a handshake, and a delay.
const stuck = createPool(tls(handshakeless));
const stuckBorrow = stuck.acquire().catch(codeOf);
const down = createPool(tcp(refused));
const downBorrow = down.acquire().catch(codeOf);
await firstValueFrom(down.events$.pipe(take(1)));

const reports = await Promise.all([pool.close({ borrowed: 'destroy' }), stuck.close(), down.close()]);
console.log(reports.length, new Set(await Promise.all([...waiting.slice(2), stuckBorrow, downBorrow])));
// The clock forgets the time it has read in the next macrotask.
await new Promise((resolve) => setImmediate(resolve));
const left = process.getActiveResourcesInfo().sort().join();
console.log(left === before ? 'nothing left open' : `before: ${before}; left: ${left}`);
