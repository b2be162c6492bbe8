import type { Socket } from 'node:net';
import { createPool, type Pool } from 'rxpool';
import { processBudget } from 'rxpool/node';
import { tcp } from 'rxpool/tcp';

/** All pools that are made like this share one budget, which follows from the limit of open files of the process. */
export function openResource(address: string): Pool<Socket, Buffer> {
  return createPool(tcp(address), { max: 1, budget: processBudget() });
}
