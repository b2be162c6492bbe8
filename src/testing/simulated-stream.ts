import { EventEmitter } from 'node:events';
import { getDefaultHighWaterMark } from 'node:stream';
import { codedError } from './coded-error.js';
import { Inbox } from './inbox.js';
import type { Line } from './line.js';
import { Outbox, type WriteCallback } from './outbox.js';
import { socketError } from './socket-error.js';
import { streamDestroyed } from './stream-destroyed.js';

type Listener = Parameters<EventEmitter['on']>[1];

/** The part of a {@link SimulatedSocket} that it has in common with Node's `stream.Duplex`. */
export abstract class SimulatedStream extends EventEmitter {
  readonly readableHighWaterMark: number = getDefaultHighWaterMark(false);
  readonly writableHighWaterMark: number = getDefaultHighWaterMark(false);
  /** Whether the writing side stays open after the peer's end. */
  allowHalfOpen = false;
  destroyed = false;
  /** As in Node: told to close. The `close` event comes later. */
  closed = false;
  errored: Error | null = null;
  /** As in Node, for whoever brings a socket back to the state in which it came. */
  readonly _readableState: { flowing: boolean | null };
  /** @internal */
  protected readonly inbox: Inbox;
  /** @internal */
  protected readonly outbox: Outbox;

  /** @internal */
  protected constructor(
    protected readonly line: Line,
    public connecting: boolean,
  ) {
    super();
    this.inbox = new Inbox(this, {
      later: (fn) => this.later(fn),
      taken: (bytes) => line.taken(bytes),
      ended: () => this.afterEnd(),
      wasReset: () => this.destroy(socketError('read', 'ECONNRESET')),
    });
    this.outbox = new Outbox(this, {
      later: (fn) => this.later(fn),
      room: () => line.room,
      transmit: (bytes) => {
        if (!line.isReset) line.transmit(bytes);
        else this.destroy(socketError('write', this.inbox.sawEnd ? 'EPIPE' : 'ECONNRESET'));
        return !this.destroyed;
      },
      transmitEnd: () => line.transmitEnd(),
      finished: () => this.afterFinish(),
    });
    this._readableState = this.inbox.state;
  }

  get readable(): boolean {
    return !this.destroyed && !this.inbox.endEmitted;
  }

  get readableLength(): number {
    return this.inbox.length;
  }

  get readableFlowing(): boolean | null {
    return this.inbox.state.flowing;
  }

  get readableEnded(): boolean {
    return this.inbox.endEmitted;
  }

  get readableEncoding(): BufferEncoding | null {
    return this.inbox.encoding;
  }

  get writable(): boolean {
    return !this.destroyed && !this.outbox.isEnding;
  }

  get writableLength(): number {
    return this.outbox.length;
  }

  get writableEnded(): boolean {
    return this.outbox.isEnding;
  }

  get writableFinished(): boolean {
    return this.outbox.isFinished;
  }

  get writableCorked(): number {
    return this.outbox.corked;
  }

  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.outbox.isEnding && this.outbox.needsDrain;
  }

  override on(event: string | symbol, listener: Listener): this {
    super.on(event, listener);
    this.inbox.listened(event);
    return this;
  }

  override addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }

  override off(event: string | symbol, listener: Listener): this {
    super.off(event, listener);
    this.inbox.unlistened(event);
    return this;
  }

  override removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    this.inbox.unlistened(event);
    return this;
  }

  /** False when the writer should wait for `drain`. */
  write(data: string | Uint8Array, done?: WriteCallback): boolean;
  write(data: string | Uint8Array, encoding?: BufferEncoding, done?: WriteCallback): boolean;
  write(data: string | Uint8Array, encoding?: BufferEncoding | WriteCallback, done?: WriteCallback): boolean {
    const callback = typeof encoding === 'function' ? encoding : done;
    const bytes =
      typeof data === 'string'
        ? Buffer.from(data, typeof encoding === 'string' ? encoding : 'utf8')
        : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (this.destroyed || this.outbox.isEnding) return this.refuse(callback);
    return this.outbox.write(bytes, callback);
  }

  end(done?: () => void): this;
  end(data: string | Uint8Array, done?: () => void): this;
  end(data: string | Uint8Array, encoding?: BufferEncoding, done?: () => void): this;
  end(data?: string | Uint8Array | (() => void), encoding?: BufferEncoding | (() => void), done?: () => void): this {
    const finished = [data, encoding, done].find((one) => typeof one === 'function');
    if (data !== undefined && typeof data !== 'function') {
      this.write(data, typeof encoding === 'string' ? encoding : undefined);
    }
    if (finished !== undefined) this.once('finish', finished);
    if (!this.destroyed) this.outbox.end();
    return this;
  }

  cork(): void {
    this.outbox.corked++;
  }

  uncork(): void {
    this.outbox.uncork();
  }

  isPaused(): boolean {
    return this.inbox.isPaused();
  }

  pause(): this {
    this.inbox.pause();
    return this;
  }

  resume(): this {
    this.inbox.resume();
    return this;
  }

  read(size?: number): Buffer | string | null {
    return this.inbox.read(size);
  }

  setEncoding(encoding: BufferEncoding): this {
    this.inbox.setEncoding(encoding);
    return this;
  }

  /** Nothing is ever piped. */
  unpipe(): this {
    return this;
  }

  abstract destroy(error?: Error): this;

  /** Runs `fn` in a later callback at the same time. */
  protected later(fn: () => void): void {
    this.line.config.clock.defer(fn);
  }

  private refuse(callback: WriteCallback | undefined): false {
    const afterEnd = !this.destroyed;
    const error = afterEnd ? codedError('ERR_STREAM_WRITE_AFTER_END', 'write after end') : streamDestroyed();
    this.later(() => callback?.(error));
    if (afterEnd) this.destroy(error);
    return false;
  }

  private afterEnd(): void {
    if (this.outbox.isFinished) this.destroy();
    else if (!this.allowHalfOpen) this.later(() => this.end());
  }

  private afterFinish(): void {
    if (this.inbox.endEmitted) this.destroy();
  }
}
