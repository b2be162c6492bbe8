import { Inactivity } from './inactivity.js';
import { codedError } from './coded-error.js';
import { streamDestroyed } from './stream-destroyed.js';
import type { Line, LineSocket } from './line.js';
import type { WriteCallback } from './outbox.js';
import { SimulatedStream } from './simulated-stream.js';

/**
 * One end of a connection in a simulated network.
 *
 * Where a pool or a protocol looks, it behaves as Node's `net.Socket` does; what it tells, it tells in callbacks of the network's clock.
 * It is no `stream.Duplex`: it has neither `pipe` nor an async iterator. Read it by `data`, or through a lease's `data$`.
 */
export class SimulatedSocket extends SimulatedStream {
  bytesRead = 0;
  private readonly inactivity: Inactivity;
  private isRefed = true;
  private isResetting = false;

  /** @internal */
  constructor(line: Line) {
    const { clock, isConnecting } = line.config;
    super(line, isConnecting);
    this.inactivity = new Inactivity(clock, () => this.emit('timeout'));
    line.socket = this.asTheSystemSeesIt();
    if (!isConnecting) this.inbox.start();
  }

  get pending(): boolean {
    return this.connecting || this.destroyed;
  }

  get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  get remoteAddress(): string | undefined {
    return this.pending ? undefined : this.line.config.remote.host;
  }

  get remotePort(): number | undefined {
    return this.pending ? undefined : this.line.config.remote.port;
  }

  get bytesWritten(): number {
    return this.outbox.bytesWritten;
  }

  /** In ms; 0 = off. */
  get timeout(): number | undefined {
    return this.inactivity.timeout;
  }

  /** Emits `timeout` once nothing has come or gone for so long. */
  setTimeout(timeout: number, listener?: () => void): this {
    this.inactivity.set(this.destroyed ? 0 : timeout);
    if (listener === undefined) return this;
    return timeout === 0 ? this.off('timeout', listener) : this.once('timeout', listener);
  }

  override write(data: string | Uint8Array, done?: WriteCallback): boolean;
  override write(data: string | Uint8Array, encoding?: BufferEncoding, done?: WriteCallback): boolean;
  override write(data: string | Uint8Array, encoding?: BufferEncoding & WriteCallback, done?: WriteCallback): boolean {
    this.inactivity.touch();
    return super.write(data, encoding, done);
  }

  override destroy(error?: Error): this {
    if (this.destroyed) return this;
    const wasConnecting = this.connecting;
    this.destroyed = true;
    this.closed = true;
    this.connecting = false;
    this.errored = error ?? null;
    this.inactivity.stop();
    if (this.isResetting) this.line.reset();
    else this.line.close();
    this.later(() => {
      // Whatever a listener makes of the error, the close comes.
      this.later(() => {
        this.line.config.closed();
        this.emit('close', error !== undefined);
      });
      this.outbox.fail(() => (wasConnecting ? neverConnected() : (this.errored ?? streamDestroyed())));
      if (error !== undefined) this.emit('error', error);
    });
    return this;
  }

  /** Ends, and destroys as soon as everything is written. */
  destroySoon(): void {
    this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Breaks the connection off: the peer sees `ECONNRESET`. */
  resetAndDestroy(): this {
    if (this.connecting) return this.once('connect', () => this.resetAndDestroy());
    this.isResetting = true;
    return this.destroy();
  }

  ref(): this {
    this.isRefed = true;
    return this;
  }

  unref(): this {
    this.isRefed = false;
    return this;
  }

  /** Whether it would keep a process alive. */
  hasRef(): boolean {
    return this.isRefed;
  }

  /** There is nothing to set on a simulated network. */
  setNoDelay(): this {
    return this;
  }

  /** There is nothing to set on a simulated network. */
  setKeepAlive(): this {
    return this;
  }

  /** @internal Its machine is gone: it tells nothing any more. */
  vanish(): void {
    this.destroyed = true;
    this.closed = true;
    this.inactivity.stop();
    this.line.forget();
    this.line.config.closed();
  }

  private asTheSystemSeesIt(): LineSocket {
    return {
      isOpen: () => !this.destroyed,
      hasUnread: () => this.inbox.unread,
      destroy: (error) => this.destroy(error),
      connected: () => {
        if (this.destroyed) return;
        this.connecting = false;
        this.emit('connect');
        this.emit('ready');
        this.outbox.flush();
        this.inbox.start();
      },
      received: (bytes) => {
        this.bytesRead += bytes.length;
        this.inactivity.touch();
        this.inbox.receive(bytes);
      },
      receivedEnd: () => this.inbox.receiveEnd(),
      receivedReset: () => {
        this.inbox.receiveReset();
        // A write that waits for room hears of it, too.
        this.outbox.flush();
      },
      hasRoom: () => this.outbox.flush(),
    };
  }
}

function neverConnected(): Error {
  return codedError('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established');
}
