// A borrower has left while a connection was being opened for it, and nobody else waits.
import { createPool } from '../../../src/index.js';
import { tls } from '../../../src/tcp/index.js';
import { codeOf } from './code-of.js';

const [address] = process.argv.slice(2) as [string];
const [host, port] = address.split(':') as [string, string];
const pool = createPool(tls({ host, port: Number(port), connectTimeout: Infinity }));
await pool.acquire({ timeout: 50 }).catch((error: unknown) => console.log(codeOf(error)));
