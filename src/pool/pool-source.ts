import type { Endpoint } from '../endpoint/endpoint.js';
import type { Transport } from '../endpoint/transport.js';

/** What connections are made of: a transport, which becomes an endpoint of the pool's, or an endpoint of one's own. */
export type PoolSource<S, D> = Transport<S, D> | Endpoint<S, D>;
