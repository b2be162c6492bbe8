import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Nest does not say which port it got, so it has to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
