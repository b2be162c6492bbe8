import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import type { WebSocketAttempt } from '../../src/websocket/index.js';
import type { Certificate } from './certificates.js';

/** What a server does with each WebSocket. */
export type Behaviour = (socket: WebSocket, request: IncomingMessage) => void;

export const echo: Behaviour = (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
};

/** Makes sockets of `ws`. They trust `ca`. */
export function wsSocket({ ca }: { readonly ca?: string } = {}): (attempt: WebSocketAttempt) => WebSocket {
  return ({ url, protocols, headers }) => new WebSocket(url, protocols, { headers, ...(ca !== undefined && { ca }) });
}

export interface TestServerConfig extends ServerOptions {
  readonly certificate?: Certificate;
}

/** A server of `ws` on loopback, which may be stopped and started again on its port. Gone with the test that has started it. */
export class TestWebSocketServer {
  readonly requests: IncomingMessage[] = [];
  private server: WebSocketServer | undefined;
  private usedPort = 0;
  private readonly claims: ((socket: WebSocket) => void)[] = [];
  private readonly unclaimed: WebSocket[] = [];

  constructor(
    private readonly behaviour: Behaviour,
    private readonly config: TestServerConfig,
  ) {}

  get url(): string {
    return this.config.certificate === undefined
      ? `ws://127.0.0.1:${this.usedPort}`
      : `wss://localhost:${this.usedPort}`;
  }

  get clients(): readonly WebSocket[] {
    return [...(this.server?.clients ?? [])];
  }

  /** The server's end of the next connection that nobody has claimed yet. */
  async peer(): Promise<WebSocket> {
    return this.unclaimed.shift() ?? new Promise((resolve) => this.claims.push(resolve));
  }

  async start(): Promise<void> {
    const { certificate, ...options } = this.config;
    const http = certificate === undefined ? createHttpServer() : createHttpsServer(certificate);
    http.listen(this.usedPort, certificate === undefined ? '127.0.0.1' : 'localhost');
    await once(http, 'listening');
    this.usedPort = (http.address() as AddressInfo).port;
    const server = new WebSocketServer({ server: http, ...options });
    server.on('connection', (socket, request) => {
      this.requests.push(request);
      socket.on('error', () => undefined);
      this.behaviour(socket, request);
      const claim = this.claims.shift();
      if (claim === undefined) this.unclaimed.push(socket);
      else claim(socket);
    });
    server.on('close', () => http.close());
    this.server = server;
  }

  /** Refuses from now on, and closes what is open: with 1012, as a server does that restarts, or without a word. */
  async stop({ hard = false } = {}): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const closed = once(server.options.server!, 'close');
    for (const socket of server.clients) {
      if (hard) socket.terminate();
      else socket.close(1012, 'restart');
    }
    server.close();
    await closed;
  }
}

export async function startWebSocketServer(
  behaviour: Behaviour = echo,
  config: TestServerConfig = {},
): Promise<TestWebSocketServer> {
  const server = new TestWebSocketServer(behaviour, config);
  await server.start();
  onTestFinished(() => server.stop({ hard: true }));
  return server;
}
