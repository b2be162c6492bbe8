// Somebody who does not begin before there is a connection.
import { createPool } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';
import { codeOf } from './code-of.js';

const [address = ''] = process.argv.slice(2);
const pool = createPool(tcp(address), { min: 1, retry: { delay: 60_000 } });
pool.ready(1, { timeout: 300 }).catch((error: unknown) => {
  console.log(codeOf(error));
});
