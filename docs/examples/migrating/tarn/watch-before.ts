import type { Socket } from 'node:net';
import type { Pool } from 'tarn';

export function watch(pool: Pool<Socket>, log: (line: string) => void): void {
  pool.on('createSuccess', () => log('opened'));
  pool.on('createFail', (_id, error) => log(`failed: ${error.message}`));
  pool.on('acquireSuccess', () => log('lent'));
  pool.on('release', () => log('back'));
  pool.on('destroySuccess', () => log('closed'));
}
