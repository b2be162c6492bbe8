// An endpoint and a pool that somebody watches and nobody uses.
import { createPool, endpoint } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [address] = process.argv.slice(2) as [string];
const watched = endpoint(tcp(address));
watched.status$.subscribe();
const pool = createPool(watched);
pool.status$.subscribe((status) => console.log(status.state));
pool.stats$.subscribe();
