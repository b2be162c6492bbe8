import type { Socket } from 'node:net';
import { createPool, type Lease, type Pool, type Transport } from 'rxpool';

export function openPool(transport: Transport<Socket>): Pool<Socket> {
  return createPool(transport, { max: 1 });
}

/** 0 comes first, 2 last; without a number it is 0. */
export async function acquire(pool: Pool<Socket>, rank = 0): Promise<Lease<Socket>> {
  return pool.acquire({ priority: -rank });
}
