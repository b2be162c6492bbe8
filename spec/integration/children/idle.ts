// A pool with idle connections, watched in every way, and nothing else.
import { createPool } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [address] = process.argv.slice(2) as [string];
const pool = createPool(tcp(address), { min: 2, idleTimeout: Infinity });
pool.status$.subscribe();
pool.stats$.subscribe();
pool.events$.subscribe();
await pool.ready(2);
const lease = await pool.acquire();
lease.socket.on('data', () => undefined);
lease.release();
console.log('idle');
