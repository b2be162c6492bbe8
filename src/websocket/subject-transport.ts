import type { Clock } from '../endpoint/clock.js';
import type { Transport } from '../endpoint/transport.js';
import type { PlatformMessageEvent } from './platform.js';
import { socketTransport } from './socket-transport.js';
import type { WebSocketAttempt } from './web-socket-attempt.js';
import type { WebSocketLike } from './web-socket-like.js';
import type { WebSocketSubjectConfig } from './web-socket-subject-config.js';

/** The transport below a subject: it hands on the events of messages as they are. `made` is told of each socket before anything happens to it. */
export function subjectTransport<T>(
  config: WebSocketSubjectConfig<T>,
  clock: Clock,
  made: (socket: WebSocketLike) => void,
): Transport<WebSocketLike, PlatformMessageEvent> {
  const { url, headers, protocol, connectTimeout, closeTimeout, heartbeat, maxUnread, isFinal, address } = config;
  const create = config.create ?? construct(config);
  return socketTransport<WebSocketLike, PlatformMessageEvent>({
    ...{ url, headers, connectTimeout, closeTimeout, heartbeat, maxUnread, isFinal, address, clock },
    protocols: protocol,
    subject: 'webSocketSubject',
    binaryType: config.binaryType,
    reader: () => (event) => event as PlatformMessageEvent,
    create: (attempt) => {
      const socket = create(attempt);
      made(socket);
      return socket;
    },
  });
}

function construct<T>({ WebSocketCtor }: WebSocketSubjectConfig<T>): (attempt: WebSocketAttempt) => WebSocketLike {
  return ({ url, protocols }) => {
    const Constructor = WebSocketCtor ?? WebSocket;
    return new Constructor(url, protocols);
  };
}
