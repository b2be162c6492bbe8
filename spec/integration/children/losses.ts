// Connections are lost in every state, and nobody but their borrowers is told.
import { first, firstValueFrom, retry } from 'rxjs';
import { createPool } from '../../../src/index.js';
import { lines } from '../../../src/protocol/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [address] = process.argv.slice(2) as [string];
const pool = createPool(tcp(address), { max: 4, min: 2, retry: { delay: 1, resetAfter: 0 } });
// These look on, without a handler for an error that must not come.
pool.status$.subscribe();
pool.stats$.subscribe();
pool.events$.subscribe();
const asked = Array.from({ length: 40 }, async (_, i) =>
  firstValueFrom(
    pool
      .use((socket, lease) => {
        socket.write(`${i}\n`);
        // A peer that ends without an answer has not failed: an end is no loss. For this project it is one.
        return lease.data$.pipe(lines(), first());
      })
      .pipe(retry(1_000)),
  ),
);
const last = await pool.acquire();
const lost = last.lost$;
console.log((await Promise.all(asked)).length);
// Whatever the server answers, it then ends or resets; only a socket that is read notices an end.
last.socket.resume().write('x\n');
await firstValueFrom(lost);
await pool.close();
console.log('closed');
