import type { Observable } from 'rxjs';
import { createPool, type Pool, type PoolConfig, type Transport } from 'rxpool';
import { converse, requestClient, type RequestClient, type RequestConfig, type RequestSocket } from 'rxpool/protocol';
import { redisProtocol } from './redis-protocol.js';
import type { RedisFrame, RedisValue } from './resp3.js';

/** Commands to Redis, many at once on few connections. */
export class Redis {
  readonly pool: Pool<RequestSocket, Uint8Array>;
  private readonly client: RequestClient<readonly string[], RedisFrame, RedisValue>;

  /** @param config Of the pool: 2 connections with up to 100 commands each, unless it says otherwise. */
  constructor(transport: Transport<RequestSocket, Uint8Array>, config: PoolConfig<RequestSocket, Uint8Array> = {}) {
    this.pool = createPool(transport, {
      ...{ max: 2, concurrency: 100, ...config },
      // On every connect and reconnect, before any command.
      prepare: (socket) => converse(socket, transport, redisProtocol, [['HELLO', '3']]),
    });
    this.client = requestClient(this.pool, redisProtocol);
  }

  command(command: readonly string[], config?: RequestConfig): Observable<RedisValue> {
    return this.client.request(command, config);
  }
}
