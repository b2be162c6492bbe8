import type { Socket } from 'node:net';
import connman from 'connman';

/** Subscribes to a feed on each connection, and hands on what it sends. Returns how to stop. */
export function follow(port: number, tell: (what: string) => void): () => void {
  let feed: Socket;
  connman.connect(port, '127.0.0.1', {
    onConnect(socket) {
      feed = socket;
      tell('connected');
      feed.write('subscribe\n');
    },
    onReset() {
      tell('reset');
    },
    onReconnect() {
      tell('reconnected');
      feed.write('subscribe\n');
    },
    onData(data) {
      tell(`data: ${data.toString()}`);
    },
  });
  return () => connman.getConnection(port, '127.0.0.1')?.sock.disconnect();
}

/** Stops all of them. */
export function stopEverything(): void {
  connman.disconnectAll();
}
