// One socket is lent, read from and given back more often than a listener could be forgotten on it.
import { firstValueFrom, take } from 'rxjs';
import { createPool, endpoint } from '../../../src/index.js';
import { lines } from '../../../src/protocol/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [address] = process.argv.slice(2) as [string];
const shared = endpoint(tcp(address));
const pools = [createPool(shared, { max: 1 }), createPool(shared, { max: 1 })] as const;
for (let i = 0; i < 50; i++) {
  for (const pool of pools) {
    await firstValueFrom(
      pool.use((socket, lease) => {
        socket.on('error', () => undefined);
        socket.on('close', () => undefined);
        socket.write('hello\n');
        lease.lost$.subscribe();
        return lease.data$.pipe(lines(), take(1));
      }),
    );
  }
}
const { signal } = new AbortController();
const held = await Promise.all(pools.map(async (pool) => pool.acquire()));
const waiting = Array.from({ length: 50 }, async () => pools[0].acquire({ signal }));
held[0]?.release();
for (const lease of waiting) (await lease).release();
await Promise.all(pools.map(async (pool) => pool.close({ borrowed: 'destroy' })));
console.log(pools.map(({ stats }) => stats.opened).join());
