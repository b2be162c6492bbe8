import type { SocketIoSettings } from '../../src/socket-io/index.js';

type Listener = (...args: never[]) => void;

/** A socket of socket.io-client. Nothing happens on it but what a test makes happen. */
export class FakeSocketIo {
  connected = false;
  active = false;
  /** How often it was told so. */
  connects = 0;
  disconnects = 0;
  private readonly heard = new Map<string, Listener[]>();
  private readonly any: Listener[] = [];
  private readonly anyOutgoing: Listener[] = [];

  constructor(
    readonly url: string,
    readonly settings: SocketIoSettings,
  ) {}

  connect(): void {
    this.connects++;
    this.active = true;
  }

  disconnect(): void {
    this.disconnects++;
    this.active = false;
    if (this.connected) this.lose('io client disconnect');
  }

  on(event: string, listener: Listener): this {
    this.heard.set(event, [...this.listeners(event), listener]);
    return this;
  }

  once(event: string, listener: Listener): this {
    const once = Object.assign(
      (...args: never[]) => {
        this.off(event, once);
        listener(...args);
      },
      { fn: listener },
    );
    return this.on(event, once);
  }

  off(event?: string, listener?: Listener): this {
    if (event === undefined) this.heard.clear();
    else remove(this.listeners(event), listener);
    return this;
  }

  listeners(event: string): Listener[] {
    return this.heard.get(event) ?? [];
  }

  onAny(listener: Listener): void {
    this.any.push(listener);
  }

  offAny(listener?: Listener): void {
    remove(this.any, listener);
  }

  listenersAny(): Listener[] {
    return this.any;
  }

  onAnyOutgoing(listener: Listener): void {
    this.anyOutgoing.push(listener);
  }

  offAnyOutgoing(listener?: Listener): void {
    remove(this.anyOutgoing, listener);
  }

  listenersAnyOutgoing(): Listener[] {
    return this.anyOutgoing;
  }

  /** The server has accepted. */
  accept(): void {
    this.connected = true;
    this.tell('connect');
  }

  /** A middleware of the server has said no. */
  refuse(message: string, data: unknown): void {
    this.active = false;
    this.tell('connect_error', Object.assign(new Error(message), { data }));
  }

  /** Nobody is there. */
  fail(error: Error): void {
    this.tell('connect_error', error);
  }

  /** The server has sent an event. */
  receive(event: string, ...args: unknown[]): void {
    for (const listener of [...this.any]) (listener as (...args: unknown[]) => void)(event, ...args);
    this.tell(event, ...args);
  }

  /** The connection has ended, whoever ended it. */
  lose(reason: string, description?: unknown): void {
    this.connected = false;
    this.tell('disconnect', reason, description);
  }

  private tell(event: string, ...args: unknown[]): void {
    for (const listener of [...this.listeners(event)]) (listener as (...args: unknown[]) => void)(...args);
  }
}

function remove(from: Listener[], listener: Listener | undefined): void {
  if (listener === undefined) from.length = 0;
  const at = from.findIndex((one) => one === listener || ('fn' in one && one.fn === listener));
  if (at >= 0) from.splice(at, 1);
}
