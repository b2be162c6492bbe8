import type { Bug } from '../bug.js';

const life = 'src/socket-io/socket-io-life.ts';
const transportSpec = 'spec/socket-io/socket-io.spec.ts';

/** Bugs that show on sockets of Socket.IO only. */
export const SOCKET_IO_BUGS: readonly Bug[] = [
  {
    name: 'lost-socket-io-comes-back',
    breaks: 'a lost socket that a borrower still holds connects again, beside that which the endpoint has made since',
    rule: 'contract',
    file: life,
    find: 'if (this.isGone) socket.disconnect();\n    else this.subscriber.next(socket);',
    replace: 'this.subscriber.next(socket);',
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
