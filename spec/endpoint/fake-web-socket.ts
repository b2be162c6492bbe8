/** As much of a browser's WebSocket as a transport needs. Nothing happens on it but what a test makes happen. */
export class FakeWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  readyState: number = FakeWebSocket.CONNECTING;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: CloseDetails) => void) | null = null;
  readonly sent: string[] = [];
  /** The codes that `close` has been called with. */
  readonly closedWith: (number | undefined)[] = [];
  private readonly listeners: [type: string, listener: (event: FakeEvent) => void][] = [];

  send(data: string): void {
    if (this.readyState !== FakeWebSocket.OPEN) throw new Error('not open');
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closedWith.push(code);
    if (this.readyState < FakeWebSocket.CLOSING) this.readyState = FakeWebSocket.CLOSING;
  }

  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: FakeEvent) => void): void {
    this.listeners.push([type, listener]);
  }

  listenerCount(type: string): number {
    return this.listeners.filter(([wanted]) => wanted === type).length;
  }

  /** The server has accepted. */
  accept(): void {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
    this.tell('open');
  }

  /** The server has sent a message. */
  receive(data: string): void {
    this.onmessage?.({ data });
    this.tell('message', { data });
  }

  /** The connection has closed, whoever began it. */
  shut(code: number, wasClean = true): void {
    this.readyState = FakeWebSocket.CLOSED;
    if (!wasClean) {
      this.onerror?.();
      this.tell('error');
    }
    this.onclose?.({ code, wasClean });
    this.tell('close', { code, wasClean });
  }

  private tell(type: string, event: Partial<FakeEvent> = {}): void {
    for (const [wanted, listener] of this.listeners) {
      if (wanted === type) listener({ data: '', code: 0, wasClean: true, ...event });
    }
  }
}

/** What an event of any type may carry. */
type FakeEvent = CloseDetails & { readonly data: string };

export interface CloseDetails {
  readonly code: number;
  readonly wasClean: boolean;
}
