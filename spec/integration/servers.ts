import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** What a server does with each connection. */
export type Behaviour = (socket: Socket) => void;

export const echo: Behaviour = (socket) => {
  socket.pipe(socket);
};

/** Takes what comes and answers nothing: also what a TLS handshake gets from a server that is none. */
export const silent: Behaviour = (socket) => {
  socket.resume();
};

export const dropAtOnce: Behaviour = (socket) => {
  socket.destroy();
};

/** A server on loopback, gone with the test that has started it. */
export class TestServer {
  /** Connections that have been made to it so far. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private readonly unclaimed: Socket[] = [];
  private claims: ((socket: Socket) => void)[] = [];

  constructor(private readonly server: Server) {
    // A connection counts from its accept, before any handshake on it.
    server.on('connection', (socket: Socket) => {
      this.accepted++;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections that are open at this end. */
  get open(): number {
    return this.sockets.size;
  }

  /** The server's end of the next connection that nobody has claimed yet. */
  async peer(): Promise<Socket> {
    return this.unclaimed.shift() ?? new Promise((resolve) => this.claims.push(resolve));
  }

  /** Refuses from now on, and resets what is open. */
  async kill(): Promise<void> {
    const closed = this.server.listening ? once(this.server, 'close') : undefined;
    this.server.close();
    for (const socket of this.sockets) {
      // Only TCP knows a reset.
      if (socket.remoteAddress === undefined) socket.destroy();
      else socket.resetAndDestroy();
    }
    await closed;
  }

  /** @internal */
  ready(socket: Socket): void {
    const claim = this.claims.shift();
    if (claim === undefined) this.unclaimed.push(socket);
    else claim(socket);
  }
}

const HERE: ListenOptions = { host: '127.0.0.1', port: 0 };

/** Starts a server; each end that it gets is half-open until it ends it itself, so that a test sees all that a client does. */
export async function startServer(behaviour: Behaviour, where: ListenOptions = HERE): Promise<TestServer> {
  return start(createServer({ allowHalfOpen: true }), 'connection', behaviour, where);
}

export async function startTlsServer(
  behaviour: Behaviour,
  options: TlsOptions,
  where: ListenOptions = HERE,
): Promise<TestServer> {
  return start(
    createTlsServer(options).on('tlsClientError', () => undefined),
    'secureConnection',
    behaviour,
    where,
  );
}

async function start(server: Server, event: string, behaviour: Behaviour, where: ListenOptions): Promise<TestServer> {
  const running = new TestServer(server);
  server.on(event, (socket: Socket) => {
    socket.on('error', () => undefined);
    behaviour(socket);
    running.ready(socket);
  });
  server.listen(where);
  await once(server, 'listening');
  onTestFinished(() => running.kill());
  return running;
}

/** A port of loopback that refuses: nobody listens there. */
export async function refusedPort(): Promise<number> {
  const server = createServer().listen(HERE);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
