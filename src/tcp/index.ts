export { ConnectTimeoutError } from '../endpoint/connect-timeout-error.js';
export type { PerAttempt } from '../endpoint/per-attempt.js';
export type { SocketOptions } from './socket-options.js';
export { tcp, type TcpOptions } from './tcp.js';
export { tls, type TlsOptions } from './tls.js';
