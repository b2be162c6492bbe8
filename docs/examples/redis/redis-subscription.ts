import { filter, map, type Observable } from 'rxjs';
import { createPool, type Pool, type Transport } from 'rxpool';
import { converse, requestClient, type RequestSocket } from 'rxpool/protocol';
import { redisProtocol } from './redis-protocol.js';

export interface RedisMessage {
  readonly channel: string;
  readonly text: string;
}

/** What is published on some channels, over all resets: a new connection is subscribed before anybody has it. */
export class RedisSubscription {
  readonly pool: Pool<RequestSocket, Uint8Array>;
  /** Never errors. What is published while the connection is away is lost. */
  readonly messages$: Observable<RedisMessage>;

  constructor(transport: Transport<RequestSocket, Uint8Array>, channels: readonly string[]) {
    this.pool = createPool(transport, {
      // One connection, or each message would come once on each; and what comes before it is read is kept.
      ...{ max: 1, concurrency: 2, onIdleData: 'keep' },
      prepare: (socket) =>
        converse(socket, transport, redisProtocol, [
          ['HELLO', '3'],
          ['SUBSCRIBE', ...channels],
        ]),
    });
    this.messages$ = requestClient(this.pool, redisProtocol).pushes$.pipe(
      map(({ value }) => (Array.isArray(value) ? value.map(String) : [])),
      filter(([kind]) => kind === 'message'),
      map(([, channel = '', text = '']) => ({ channel, text })),
    );
  }
}
