import type { Socket } from 'node:net';
import { createPool, type Pool } from 'rxpool';
import { tcp } from 'rxpool/tcp';

/** A pool whose handler reads each socket. */
export function openPool(port: number, onAnswer: (text: string) => void): Pool<Socket, Buffer> {
  return createPool(tcp({ host: '127.0.0.1', port }), {
    max: 5,
    concurrency: Infinity,
    handler: () => ({ onData: (data) => onAnswer(data.toString()) }),
  });
}
