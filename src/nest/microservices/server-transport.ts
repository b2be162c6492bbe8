import type { Socket } from 'node:net';
import type { Transport } from '../../index.js';
import { tcp, tls } from '../../tcp/index.js';
import type { NestServer } from './pooled-tcp-client-options.js';

// Nest's own.
const HOST = 'localhost';
const PORT = 3_000;

/**
 * The transport to one server.
 *
 * @internal
 * @throws TypeError or RangeError for a wrong address.
 */
export function serverTransport(
  server: string | NestServer,
  defaults: Pick<NestServer, 'tlsOptions'>,
): Transport<Socket, Buffer> {
  if (typeof server === 'string') {
    const plain = tcp(server);
    if (defaults.tlsOptions === undefined) return plain;
    // What `tcp` has taken ends in a port.
    const colon = server.lastIndexOf(':');
    const host = server.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    return tls({ ...defaults.tlsOptions, host, port: Number(server.slice(colon + 1)) });
  }
  const { host = HOST, port = PORT, path, tlsOptions = defaults.tlsOptions } = server;
  const address = path === undefined ? { host, port } : { path };
  return tlsOptions === undefined ? tcp(address) : tls({ ...tlsOptions, ...address });
}
