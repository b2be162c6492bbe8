import { Subscription } from 'rxjs';
import { endpoint, exponentialBackoff, toHandler } from 'rxpool';
import { tcp } from 'rxpool/tcp';

let everything = new Subscription();

/** Subscribes to a feed on each connection, and hands on what it sends. Returns how to stop. */
export function follow(port: number, tell: (what: string) => void): () => void {
  const feed = endpoint(tcp({ host: '127.0.0.1', port }), {
    retry: { delay: exponentialBackoff({ initial: 20, max: 163_840 }) },
  });
  const subscription = feed.subscribe(
    toHandler({
      onConnect(socket) {
        tell('connected');
        socket.write('subscribe\n');
      },
      onReset() {
        tell('reset');
      },
      onReconnect(socket) {
        tell('reconnected');
        socket.write('subscribe\n');
      },
      onData(data) {
        tell(`data: ${data.toString()}`);
      },
    }),
  );
  everything.add(subscription);
  return () => subscription.unsubscribe();
}

/** Stops all of them. */
export function stopEverything(): void {
  everything.unsubscribe();
  everything = new Subscription();
}
