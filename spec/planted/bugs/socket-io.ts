import type { Bug } from '../bug.js';

const life = 'src/socket-io/socket-io-life.ts';
const transportSpec = 'spec/socket-io/socket-io.spec.ts';

/** Bugs that show on sockets of Socket.IO only. */
export const SOCKET_IO_BUGS: readonly Bug[] = [
  {
    name: 'socket-io-reconnects-by-itself',
    breaks: 'after a loss there are two connections, that of the endpoint and that which Socket.IO has made again',
    rule: 'contract',
    file: 'src/socket-io/socket-io.ts',
    find: 'reconnection: false,',
    replace: '',
    hints: [transportSpec],
  },
  {
    name: 'socket-io-attempt-not-aborted',
    breaks: 'an attempt that took too long goes on in the client, and connects although nobody wants it any more',
    rule: 'contract',
    file: life,
    find: 'this.socket?.disconnect();',
    replace: '',
    hints: [transportSpec],
  },
  {
    name: 'socket-io-listeners-for-any-event-kept',
    breaks: "what a borrower has given to onAny hears the next borrower's events",
    rule: 'contract',
    file: 'src/socket-io/traces.ts',
    find: `      { name: 'onAny', now: () => socket.listenersAny(), remove: (one) => socket.offAny(one as never) },`,
    replace: '',
    hints: ['spec/socket-io/restore.spec.ts'],
  },
];
