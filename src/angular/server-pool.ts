import { NEVER } from 'rxjs';
import { createPool, transport, type Pool } from '../index.js';

/** A pool that is there and dials nothing: closed from the start, so that nobody holds up the rendering by waiting. */
export function serverPool<S, D>(name: string): Pool<S, D> {
  const pool = createPool(
    transport<S, D>(() => NEVER),
    { name: `${name} (server rendering)` },
  );
  void pool.close();
  return pool;
}
