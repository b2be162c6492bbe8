export { ConnectTimeoutError } from '../endpoint/connect-timeout-error.js';
export type { PerAttempt } from '../endpoint/per-attempt.js';
export { SocketIoConnectError, type SocketIoConnectInfo } from './socket-io-connect-error.js';
export { SocketIoDisconnectedError, type SocketIoDisconnectedInfo } from './socket-io-disconnected-error.js';
export type { SocketIoEvent } from './socket-io-event.js';
export type { SocketIoLike } from './socket-io-like.js';
export type { SocketIoOptions, SocketIoSettings } from './socket-io-options.js';
export { socketIo } from './socket-io.js';
