import type { Socket } from 'node:net';
import { createPool, endpoint, type Budget, type Endpoint, type Lease, type Pool, type Transport } from 'rxpool';

export interface Resource {
  readonly pool: Pool<Socket, Buffer>;
  readonly plain: Endpoint<Socket, Buffer>;
  readonly secure: Endpoint<Socket, Buffer>;
}

/** One server, reached in two ways: say `tcp(…)` and `tls(…)`. */
export function openResource(
  plain: Transport<Socket, Buffer>,
  secure: Transport<Socket, Buffer>,
  sockets: Budget,
): Resource {
  const ways = { plain: endpoint(plain), secure: endpoint(secure) };
  return { ...ways, pool: createPool([ways.plain, ways.secure], { max: 2, maxPerEndpoint: 1, budget: sockets }) };
}

/** Gets a connection that was made in the way asked for. */
export async function get({ pool, plain, secure }: Resource, isSecure: boolean): Promise<Lease<Socket, Buffer>> {
  return pool.acquire({ endpoint: isSecure ? secure : plain });
}
