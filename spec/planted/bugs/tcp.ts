import type { Bug } from '../bug.js';

const transport = 'src/tcp/socket-transport.ts';
const life = 'src/tcp/socket-life.ts';
const endSocket = 'src/tcp/end-socket.ts';
const restore = 'src/tcp/restore.ts';

/** Bugs that show on real sockets only. */
export const TCP_BUGS: readonly Bug[] = [
  {
    name: 'closed-before-it-says-so',
    breaks: 'close completes for a socket that is destroyed, and has not yet told of its close',
    rule: 'loss at close',
    file: transport,
    find: 'if (patience.gone.has(socket)) {',
    replace: 'if (socket.closed) {',
    hints: ['spec/integration/transport-close.it.spec.ts'],
  },
  {
    name: 'listener-left-on-the-socket',
    breaks: 'the listeners of a borrower stay on the socket for the next one',
    rule: 'raw and as new',
    file: restore,
    find: 'for (const listener of added) socket.removeListener(name, listener as () => void);',
    replace: '',
    hints: ['spec/integration/restore.it.spec.ts'],
  },
  {
    name: 'lent-while-flowing',
    breaks: 'a socket that its borrower has read from is lent flowing, and drops what arrives',
    rule: 'raw and as new',
    file: restore,
    find: 'return socket.readableFlowing === null ? true :',
    replace: 'return socket.readableFlowing !== undefined ? true :',
    hints: ['spec/integration/restore.it.spec.ts'],
  },
  {
    name: 'vital-listeners-not-missed',
    breaks: 'a socket whose error listener a borrower has removed is lent again',
    rule: 'no unhandled error',
    file: restore,
    find: 'if (vitalListeners(socket) !== before.vital) return false;',
    replace: '',
    hints: ['spec/integration/restore.it.spec.ts'],
  },
  {
    name: 'timeout-stays-on-the-socket',
    breaks: 'the timeout that a borrower has set fires under the next one',
    rule: 'raw and as new',
    file: restore,
    find: 'if ((socket.timeout ?? 0) !== before.timeout) socket.setTimeout(before.timeout);',
    replace: '',
    hints: ['spec/integration/restore.it.spec.ts'],
  },
  {
    name: 'encoding-stays-on-the-socket',
    breaks: 'a socket whose encoding a borrower has set gives the next one strings',
    rule: 'raw and as new',
    file: restore,
    find: 'socket.readableEncoding !== before.encoding || ',
    replace: '',
    hints: ['spec/integration/restore.it.spec.ts'],
  },
  {
    name: 'pipe-stays-on-the-socket',
    breaks: 'what a borrower has piped to goes on taking the bytes of the next one',
    rule: 'raw and as new',
    file: restore,
    find: `    socket.unpipe();
`,
    replace: '',
    hints: ['spec/integration/restore.it.spec.ts', 'spec/integration/socket-traces.it.spec.ts'],
  },
  {
    name: 'lent-with-bytes-unread',
    breaks: 'a socket on which something has arrived is lent, and the next borrower takes it for its answer',
    rule: 'raw and as new',
    file: 'src/tcp/is-usable.ts',
    find: 'if (socket.readableLength > 0 && options?.allowUnread !== true) return false;',
    replace: '',
    hints: ['spec/integration/sockets.it.spec.ts', 'spec/integration/idle-loss.it.spec.ts'],
  },
  {
    name: 'no-error-listener-after-the-end',
    breaks: 'an error on a socket that was unsubscribed from ends the process',
    rule: 'no unhandled error',
    file: life,
    find: `    if (this.isReady) endSocket(this.socket, `,
    replace: `    this.socket.removeAllListeners('error');
    if (this.isReady) endSocket(this.socket, `,
    hints: ['spec/integration/closing-error.it.spec.ts'],
  },
  {
    name: 'loss-told-at-end',
    breaks: 'a peer that ends its side has lost the connection before its last bytes are read',
    rule: 'loss at close',
    file: life,
    find: `socket.on('close', () => {
      config.gone`,
    replace: `socket.on('end', () => {
      config.gone`,
    hints: ['spec/integration/sockets.it.spec.ts'],
  },
  {
    name: 'close-completes-at-finish',
    breaks: 'close completes when everything is written, before the socket has closed',
    rule: 'one borrower',
    file: transport,
    find: "socket.once('close', closed);",
    replace: "socket.once('finish', closed);",
    hints: ['spec/integration/sockets.it.spec.ts'],
  },
  {
    name: 'graceful-close-without-limit',
    breaks: 'a peer that never ends its side keeps the socket open for ever',
    rule: 'bounded',
    file: endSocket,
    find: `() => socket.destroy()`,
    replace: `() => socket.end()`,
    hints: ['spec/integration/sockets.it.spec.ts'],
  },
  {
    name: 'closing-socket-not-read',
    breaks: 'a socket with bytes unread does not close by itself',
    rule: 'contract',
    file: endSocket,
    find: `  socket.end();
  socket.resume();
`,
    replace: `  socket.end();
`,
    hints: ['spec/integration/sockets.it.spec.ts'],
  },
  {
    name: 'bytes-between-readers-vanish',
    breaks: 'what arrives between two subscriptions to data$ is dropped',
    rule: 'contract',
    file: transport,
    find: "socket.listenerCount('data') === 0) rewind(",
    replace: 'socket.isPaused()) rewind(',
    hints: ['spec/integration/data.it.spec.ts'],
  },
  {
    name: 'reader-not-told-of-a-reset',
    breaks: 'whoever reads a socket waits for ever after a reset, which has no end of stream',
    rule: 'contract',
    file: transport,
    find: "socket.on('close', onEnd);",
    replace: '',
    hints: ['spec/tcp/data.spec.ts'],
  },
  {
    name: 'connect-timeout-without-the-options',
    breaks: 'an attempt whose options never come lasts for ever',
    rule: 'no waiter forgotten',
    file: life,
    find: `if (this.socket === undefined) this.subscriber.error(error);
    else this.socket.destroy(error);`,
    replace: `this.socket?.destroy(error);`,
    hints: ['spec/integration/connect.it.spec.ts'],
  },
  {
    name: 'connecting-holds-the-process',
    breaks: 'an attempt for which nobody waits keeps the process alive',
    rule: 'idle lets exit',
    file: life,
    find: `if (this.unref) socket.unref();`,
    replace: ``,
    hints: ['spec/integration/process.it.spec.ts'],
  },
  {
    name: 'lent-socket-does-not-hold-the-process',
    breaks: 'the first loan of a socket does not keep the process alive',
    rule: 'idle lets exit',
    file: life,
    find: `    socket.ref();
`,
    replace: ``,
    hints: ['spec/integration/process.it.spec.ts'],
  },
  {
    name: 'resting-sockets-hold-the-process',
    breaks: 'idle sockets are never unref-ed',
    rule: 'idle lets exit',
    file: 'src/tcp/resting.ts',
    find: 'if (this.sockets.push(socket) === 1)',
    replace: 'if (this.sockets.push(socket) === 0)',
    hints: ['spec/integration/process.it.spec.ts'],
  },
  {
    name: 'tls-ready-before-the-handshake',
    breaks: 'a TLS socket is lent before its peer is verified',
    rule: 'contract',
    file: 'src/tcp/tls.ts',
    find: "readyEvent: 'secureConnect',",
    replace: "readyEvent: 'connect',",
    hints: ['spec/integration/tls.it.spec.ts'],
  },
];
