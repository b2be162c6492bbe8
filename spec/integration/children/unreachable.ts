// A pool that wants a connection which it cannot have; nobody waits for it.
import { createPool } from '../../../src/index.js';
import { tcp, tls } from '../../../src/tcp/index.js';

const [kind, address] = process.argv.slice(2) as ['tcp' | 'tls', string];
const [host, port] = address.split(':') as [string, string];
const config = { host, port: Number(port), connectTimeout: Infinity };
const pool = kind === 'tcp' ? createPool(tcp(config), { min: 1 }) : createPool(tls(config), { min: 1 });
pool.events$.subscribe(({ type }) => console.log(type));
