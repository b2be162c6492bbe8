// connman 2.0.1 brings no types.
declare module 'connman' {
  import type { Socket, SocketConstructorOpts } from 'node:net';

  namespace connman {
    /** A socket for life: it is connected again after each loss, until `disconnect`. */
    interface PersistentSocket extends Socket {
      disconnect(): void;
    }
    interface Handler {
      onConnect(socket: PersistentSocket): void;
      onReset(): void;
      onReconnect(): void;
      onData(data: Buffer): void;
    }
    interface Connection<H extends Handler = Handler> {
      readonly sock: PersistentSocket;
      readonly handler: H;
    }
    interface Pool<H extends Handler = Handler> {
      addConnection(port: number, host: string, options?: SocketConstructorOpts): void;
      getConnections(): Connection<H>[];
      getConnection(index: number): PersistentSocket;
      getHandler(index: number): H;
      disconnect(): void;
    }
  }

  const connman: {
    connect(port: number, host: string, handler: connman.Handler, options?: SocketConstructorOpts): void;
    getConnection(port: number, host: string): connman.Connection | undefined;
    createPool<H extends connman.Handler>(name: string, factory: () => H): connman.Pool<H>;
    getPool(name: string): connman.Pool | undefined;
    disconnectAll(): void;
  };
  export = connman;
}
