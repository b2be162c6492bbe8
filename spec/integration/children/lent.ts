// What keeps the process alive: a lent connection does, an idle one does not, however often it has been lent.
import { createPool } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [address] = process.argv.slice(2) as [string];
const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
const pool = createPool(tcp(address));
for (let i = 0; i < 3; i++) {
  const lease = await pool.acquire();
  const lent = sockets();
  lease.release();
  // An idle socket is let go of at the end of the macrotask, so that one that is lent again at once costs nothing.
  await new Promise(setImmediate);
  console.log(`lent ${lent} idle ${sockets()}`);
}
