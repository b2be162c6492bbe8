import type { Socket } from 'node:net';
import type { IncomingResponse, ReadPacket } from '@nestjs/microservices';
import { createPool, type Pool, type PoolConfig } from '../../index.js';
import { requestClient, type RequestClient } from '../../protocol/index.js';
import { nestProtocol, type NestProtocolConfig } from './nest-protocol.js';
import type { PooledTcpClientOptions } from './pooled-tcp-client-options.js';
import { serverTransport } from './server-transport.js';

/** For a list of servers that changes. */
const MOST_CONNECTIONS = 1_000;

/** The pool of a client, and the requests on it. */
export interface OpenClient {
  readonly pool: Pool<Socket, Buffer>;
  readonly requests: RequestClient<ReadPacket, IncomingResponse>;
}

/** How to open one, with its addresses looked at already. @internal */
export function clientOpener(
  options: PooledTcpClientOptions,
  protocol: NestProtocolConfig,
  maxBuffered: number,
): () => OpenClient {
  const servers = options.servers ?? [options];
  const source = options.source ?? servers.map((server) => serverTransport(server, options));
  const wishes = Object.entries(options.pool ?? {}).filter(([, wish]) => wish !== undefined);
  const sizes = sizesOf(options.pool, 'length' in source ? source.length : undefined);
  return () => {
    const pool = createPool<Socket, Buffer>(source, { ...sizes, ...Object.fromEntries(wishes) });
    const requests = requestClient(pool, nestProtocol(protocol), {
      ...options.requests,
      timeout: options.requestTimeout,
      maxBuffered,
    });
    return { pool, requests };
  };
}

type Sizes = Pick<PoolConfig<Socket, Buffer>, 'concurrency' | 'max' | 'minPerEndpoint' | 'maxPerEndpoint'>;

/** One connection to each server, and another while that is given up: unless there are wishes. */
function sizesOf(wishes: PoolConfig<Socket, Buffer> = {}, servers: number | undefined): Sizes {
  const { min, max, minPerEndpoint, maxPerEndpoint, concurrency } = wishes;
  const isOpen = [min, max, minPerEndpoint, maxPerEndpoint, concurrency].every((wish) => wish === undefined);
  if (!isOpen) return { concurrency: Infinity };
  return {
    concurrency: Infinity,
    max: servers === undefined ? MOST_CONNECTIONS : 2 * servers,
    minPerEndpoint: 1,
    maxPerEndpoint: 2,
  };
}
