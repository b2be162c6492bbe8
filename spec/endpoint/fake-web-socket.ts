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

  send(data: string): void {
    if (this.readyState !== FakeWebSocket.OPEN) throw new Error('not open');
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closedWith.push(code);
    if (this.readyState < FakeWebSocket.CLOSING) this.readyState = FakeWebSocket.CLOSING;
  }

  /** The server has accepted. */
  accept(): void {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
  }

  /** The server has sent a message. */
  receive(data: string): void {
    this.onmessage?.({ data });
  }

  /** The connection has closed, whoever began it. */
  shut(code: number, wasClean = true): void {
    this.readyState = FakeWebSocket.CLOSED;
    if (!wasClean) this.onerror?.();
    this.onclose?.({ code, wasClean });
  }
}

export interface CloseDetails {
  readonly code: number;
  readonly wasClean: boolean;
}
