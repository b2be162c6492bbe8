/**
 * The child process of the demo: three echo servers on loopback, the last one slow, killed and revived by orders from the parent. They have a process of
 * their own so that the pool's process does nothing but pool, and so that a kill comes from outside, as in life.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';

export interface Order {
  readonly type: 'kill' | 'revive';
  readonly server: number;
}

/** What the parent is told once all of them listen. */
export interface Listening {
  readonly ports: readonly number[];
}

const SERVERS = 3;
/** What a server takes to think before it answers, in ms: at once would leave the pool nothing to do. */
const THINKING = { min: 10, max: 30 };
/** The last of them takes so many times as long. */
const SLOWNESS = 4;
/** The pause before a port that is still taken is tried again, in ms. */
const PORT_RETRY = 200;

class EchoServer {
  port = 0;
  slowness = 1;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => {
    this.sockets.add(socket);
    // Killed connections end in errors here too, and nobody but the client needs to hear of them.
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
    echo(socket, this.slowness).catch(() => undefined);
  });

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    // While the server was dead, its port may have served somebody's outgoing connection.
    this.server.on('error', () => setTimeout(() => this.revive(), PORT_RETRY));
  }

  /** Refuses from here on, and drops its connections as a crash would: with a reset. */
  kill(): void {
    this.server.close();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  revive(): void {
    this.server.listen(this.port, '127.0.0.1');
  }
}

/** One chunk after the other, so that answers keep their order. */
async function echo(socket: Socket, slowness: number): Promise<void> {
  for await (const chunk of socket) {
    await after(slowness * (THINKING.min + Math.random() * (THINKING.max - THINKING.min)));
    socket.write(chunk as Buffer);
  }
}

// The parent holds the other end of the channel; however it ends, even by SIGKILL, the system closes that. It may have ended already.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C goes to every process of the terminal. The servers stay until the requests under way have been answered.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const servers = Array.from({ length: SERVERS }, () => new EchoServer());
for (const server of servers.slice(-1)) server.slowness = SLOWNESS;
await Promise.all(servers.map((server) => server.start()));
process.on('message', ({ type, server }: Order) => servers[server]?.[type]());
process.send?.({ ports: servers.map(({ port }) => port) } satisfies Listening);
