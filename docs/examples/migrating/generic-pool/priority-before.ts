import type { Socket } from 'node:net';
import { createPool, type Factory, type Pool } from 'generic-pool';

export function openPool(factory: Factory<Socket>): Pool<Socket> {
  return createPool(factory, { max: 1, priorityRange: 3 });
}

/** 0 comes first, 2 last; without a number it is 0. */
export async function acquire(pool: Pool<Socket>, rank?: number): Promise<Socket> {
  return pool.acquire(rank);
}
