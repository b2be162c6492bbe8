import type { Subscriber } from 'rxjs';
import type { Outbox } from './outbox.js';
import { outgoing, type Outgoing, type Sendable } from './outgoing.js';
import type { WebSocketLike } from './web-socket-like.js';

/** One subscription of `multiplex`. */
export interface Topic {
  /** Makes the message that begins it, anew for each connection. */
  begin(): Sendable;
  end(): Sendable;
  readonly subscriber: Subscriber<unknown>;
}

interface Entry {
  readonly topic: Topic;
  /** The message that begins it, until it is sent. */
  waiting: Outgoing | undefined;
  /** The server of this connection knows of it. */
  isKnown: boolean;
}

/** What the server has been asked to send, which each further connection has to ask for again. */
export class Topics {
  private readonly entries = new Set<Entry>();
  /** Those on their way that end a topic of this connection. */
  private readonly ends = new Set<Outgoing>();

  constructor(private readonly outbox: Outbox) {}

  /** Asks for it, and hands back how to end that. @throws what its `begin` does */
  add(topic: Topic): () => void {
    const entry: Entry = { topic, waiting: undefined, isKnown: false };
    const message = outgoing(topic.begin(), () => {
      entry.waiting = undefined;
      entry.isKnown = true;
    });
    entry.waiting = message;
    this.entries.add(entry);
    this.outbox.put(message);
    return () => {
      this.remove(entry);
    };
  }

  /** Asks a new connection for what the one before it knew. It goes before what waits. */
  renew(socket: WebSocketLike): void {
    for (const entry of [...this.entries]) {
      if (entry.waiting !== undefined) continue;
      try {
        socket.send(entry.topic.begin() as string);
        entry.isKnown = true;
      } catch (error) {
        this.entries.delete(entry);
        entry.topic.subscriber.error(error);
      }
    }
  }

  /** The connection is gone, and with it what its server knew. */
  forget(): void {
    for (const entry of this.entries) entry.isKnown = false;
    for (const message of this.ends) this.outbox.remove(message);
    this.ends.clear();
  }

  private remove(entry: Entry): void {
    if (!this.entries.delete(entry)) return;
    if (entry.waiting !== undefined) this.outbox.remove(entry.waiting);
    if (!entry.isKnown) return;
    try {
      const message = outgoing(entry.topic.end(), () => this.ends.delete(message));
      this.ends.add(message);
      this.outbox.put(message);
    } catch {
      // Who has left cannot be told. The server goes on until the connection ends.
    }
  }
}
