import type { Connection } from './connection.js';
import type { Origin } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';

/** What a borrower asks for besides any connection, and says of itself. */
export interface Wish<S, D> {
  readonly priority: number;
  readonly endpoint: PooledEndpoint<Connection<S, D>> | undefined;
  readonly origin: Origin | undefined;
}
