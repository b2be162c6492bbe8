// Wants a connection to an address that refuses, and does not listen to the pool.
import { connect } from 'node:net';
import Jackpot from 'jackpot';
import { firstValueFrom } from 'rxjs';
import { createPool } from '../../../src/index.js';
import { tcp } from '../../../src/tcp/index.js';

const [library, address] = process.argv.slice(2) as ['jackpot' | 'rxpool', string];

if (library === 'jackpot') {
  const pool = new Jackpot(1, () => connect(Number(address.split(':')[1]), '127.0.0.1'));
  pool.allocate((error) => console.log(error?.message));
} else {
  const pool = createPool(tcp(address), { concurrency: Infinity, failFast: true });
  const error: unknown = await firstValueFrom(pool.allocate()).catch((reason: unknown) => reason);
  const { code, cause } = error as { code: string; cause: { code: string } };
  console.log(code, cause.code);
  await pool.close();
}
