export { PooledTcpClient, type PooledTcpEvents } from './pooled-tcp-client.js';
export type { NestServer, PooledTcpClientOptions } from './pooled-tcp-client-options.js';
export type { PooledTcpStatus } from './status-of.js';
