import type { Pass } from '../limit/pass.js';
import type { Connection } from './connection.js';
import type { Origin } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';

/** What a borrower asks for besides any connection, and says of itself. */
export interface Wish<S, D> {
  readonly priority: number;
  /** The only one that will do: asked for, or the one that the key has for now. */
  endpoint: PooledEndpoint<Connection<S, D>> | undefined;
  /** Where the pool has an endpoint for each key. */
  readonly key: string | undefined;
  readonly origin: Origin | undefined;
  /** Where the pool has limits: its way through them, for one borrow. */
  readonly pass: Pass | undefined;
}
