import type { Bug } from '../bug.js';

const life = 'src/websocket/socket-life.ts';
const outbox = 'src/websocket/outbox.ts';
const topics = 'src/websocket/topics.ts';
const wire = 'src/websocket/subject-wire.ts';
const transportSpec = 'spec/websocket/web-socket.spec.ts';
const subjectSpec = 'spec/websocket/web-socket-subject.spec.ts';
const multiplexSpec = 'spec/websocket/multiplex.spec.ts';

/** Bugs that show on WebSockets only. */
export const WEBSOCKET_BUGS: readonly Bug[] = [
  {
    name: 'reader-ends-before-the-loss',
    breaks: 'who reads a WebSocket hears an end, as if all had been read, before anybody tells of the loss',
    rule: 'loss at close',
    file: life,
    find: `    this.subscriber.error(error);
    // Not before: who reads is to hear of the loss, and not only of an end.
    this.arrivals.complete();`,
    replace: `    this.arrivals.complete();
    this.subscriber.error(error);`,
    hints: [transportSpec],
  },
  {
    name: 'unread-without-end',
    breaks: 'a peer that talks while nobody reads fills the memory',
    rule: 'bounded',
    file: life,
    find: "else if (unread.push(data) > config.maxUnread) throw new WebSocketMessageError(config.address, 'unread');",
    replace: 'else unread.push(data);',
    hints: [transportSpec],
  },
  {
    name: 'web-socket-error-without-a-listener',
    breaks: 'an error of a socket of ws ends the process',
    rule: 'no unhandled error',
    file: life,
    find: `    socket.addEventListener('error', (event) => {
      cause = causeOf(event);
    });`,
    replace: `    if (!isEmitter(socket)) socket.addEventListener('error', (event) => (cause = causeOf(event)));`,
    hints: ['spec/integration/websocket.it.spec.ts'],
  },
  {
    name: 'dead-peer-awaited',
    breaks: 'a dead peer is waited for as long as it does not answer the close, so its place stays taken',
    rule: 'contract',
    file: life,
    find: 'else this.end(this.refusal ?? this.closedError(UNANSWERED, undefined));',
    replace: '',
    hints: ['spec/websocket/heartbeat.spec.ts'],
  },
  {
    name: 'full-socket-given-more',
    breaks: 'a WebSocket that gets rid of nothing is given everything, and keeps it in memory',
    rule: 'bounded',
    file: outbox,
    find: 'return socket?.readyState === OPEN && socket.bufferedAmount < this.highWaterMark;',
    replace: 'return socket?.readyState === OPEN;',
    hints: ['spec/websocket/send.spec.ts'],
  },
  {
    name: 'sent-into-a-closing-socket',
    breaks: 'what a subject is given while its socket closes is dropped without a word',
    rule: 'contract',
    file: outbox,
    find: 'return socket?.readyState === OPEN && socket',
    replace: 'return socket !== undefined && socket',
    hints: [subjectSpec],
  },
  {
    name: 'subscription-not-renewed',
    breaks: 'after a reconnect the server does not know of a multiplexed subscription that it sent before',
    rule: 'contract',
    file: wire,
    find: 'this.topics.renew(socket);',
    replace: '',
    hints: [multiplexSpec],
  },
  {
    name: 'subscription-asked-for-twice',
    breaks: 'a multiplexed subscription that still waits to be sent is sent twice on the next connection',
    rule: 'contract',
    file: topics,
    find: 'if (entry.waiting !== undefined) continue;',
    replace: '',
    hints: [multiplexSpec],
  },
];
