// A borrower who waits for a connection that does not come.
import { createPool } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';
import { codeOf } from './code-of.js';

const [address, kind] = process.argv.slice(2) as [string, 'refused' | 'lent'];
const pool = createPool(tcp(address), { max: 1, retry: { delay: 1_000_000, urgentMax: 1_000_000 } });
if (kind === 'lent') {
  const lease = await pool.acquire();
  // Whoever holds the only connection has stopped keeping the process alive with it.
  lease.socket.unref();
}
pool.borrow({ timeout: 300 }).subscribe({ error: (error: unknown) => console.log(codeOf(error)) });
