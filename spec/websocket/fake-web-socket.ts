import type { CloseLike } from '../../src/websocket/index.js';

type Listener = (event: object) => void;

/** A WebSocket of a platform. Nothing happens on it but what a test makes happen. */
export class FakeWebSocket {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = 'blob';
  onopen: unknown = null;
  onmessage: unknown = null;
  onerror: unknown = null;
  onclose: unknown = null;
  readonly sent: unknown[] = [];
  /** What `close` has been called with. */
  readonly closedWith: (readonly [code?: number, reason?: string])[] = [];
  private readonly listeners: [type: string, listener: Listener][] = [];

  constructor(
    readonly url = '',
    readonly protocols: readonly string[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  send(data: unknown): void {
    if (this.readyState === 0) throw new Error('InvalidStateError');
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code < 5000)) throw new Error('InvalidAccessError');
    this.closedWith.push(code === undefined ? [] : reason === undefined ? [code] : [code, reason]);
    if (this.readyState < 2) this.readyState = 2;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.push([type, listener as Listener]);
  }

  removeEventListener(type: string, listener: (event: never) => void): void {
    const at = this.listeners.findIndex(([wanted, one]) => wanted === type && one === listener);
    if (at !== -1) this.listeners.splice(at, 1);
  }

  listenerCount(): number {
    return this.listeners.length;
  }

  /** The server has accepted. */
  accept(): void {
    this.readyState = 1;
    this.tell('open', {});
  }

  /** The server has sent a message. */
  receive(data: unknown): void {
    this.tell('message', { data });
  }

  /** The connection has closed, whoever began it. An `error` goes before, where there was no handshake. */
  shut(code: number, reason = '', error?: object): void {
    this.readyState = 3;
    const wasClean = code !== 1006;
    if (!wasClean) this.tell('error', error ?? {});
    this.tell('close', { code, reason, wasClean } satisfies CloseLike);
  }

  private tell(type: string, event: object): void {
    for (const [wanted, listener] of [...this.listeners]) if (wanted === type) listener(event);
  }
}

/** One that can be forced, and can ping: `terminate` and `ping` as those of `ws`. */
export class ForcibleWebSocket extends FakeWebSocket {
  terminated = 0;
  pings = 0;

  terminate(): void {
    this.terminated++;
    if (this.readyState < 2) this.readyState = 2;
  }

  ping(): void {
    this.pings++;
  }
}
