import type { Socket } from 'node:net';
import type { IncomingResponse, ReadPacket } from '@nestjs/microservices';
import { createPool, type Pool } from '../../index.js';
import { requestClient, type RequestClient } from '../../protocol/index.js';
import { nestProtocol, type NestProtocolConfig } from './nest-protocol.js';
import type { PooledTcpClientOptions } from './pooled-tcp-client-options.js';
import { serverTransport } from './server-transport.js';

const MOST_CONNECTIONS = 10;

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
  // As many as a list that changes may have is not known.
  const count = 'length' in source ? source.length : 1;
  const { max = Math.max(MOST_CONNECTIONS, count), minPerEndpoint = count > max ? 0 : 1 } = options.pool ?? {};
  return () => {
    const pool = createPool<Socket, Buffer>(source, {
      concurrency: Infinity,
      ...options.pool,
      max,
      minPerEndpoint,
    });
    const requests = requestClient(pool, nestProtocol(protocol), {
      ...options.requests,
      timeout: options.requestTimeout,
      maxBuffered,
    });
    return { pool, requests };
  };
}
