import { filter, Observable, Subject, Subscription, type Subscriber } from 'rxjs';
import type { Clock } from '../endpoint/clock.js';
import { endpoint, type Endpoint } from '../endpoint/endpoint.js';
import type { ConnectionEvent } from '../endpoint/connection-event.js';
import { subscribeUntilClosed } from '../endpoint/subscribe-until-closed.js';
import { toClock } from '../endpoint/to-clock.js';
import type { Transport } from '../endpoint/transport.js';
import { Outbox } from './outbox.js';
import { outgoing, type Sendable } from './outgoing.js';
import type { PlatformCloseEvent, PlatformEvent, PlatformMessageEvent } from './platform.js';
import { subjectTransport } from './subject-transport.js';
import { Topics } from './topics.js';
import { WebSocketClosedError } from './web-socket-closed-error.js';
import type { CloseLike, MessageLike, WebSocketLike } from './web-socket-like.js';
import { WebSocketMessageError } from './web-socket-message-error.js';
import type { WebSocketSubjectConfig, WebSocketSubjectEvent } from './web-socket-subject-config.js';

type Event = ConnectionEvent<WebSocketLike, PlatformMessageEvent>;

/** The one connection that all subscribers of a subject share, and what waits to be sent on it. */
export class SubjectWire<T> {
  readonly events: Subject<WebSocketSubjectEvent> = new Subject<WebSocketSubjectEvent>();
  readonly endpoint: Endpoint<WebSocketLike, PlatformMessageEvent>;
  readonly outbox: Outbox;
  readonly topics: Topics;
  dropped = 0;
  private readonly transport: Transport<WebSocketLike, PlatformMessageEvent>;
  private readonly clock: Clock;
  /** Those who share the present connection. */
  private output = new Subject<T>();
  private connection: Subscription | undefined;
  private socket: WebSocketLike | undefined;
  /** The event by which each socket has opened. */
  private readonly openings = new WeakMap<WebSocketLike, object>();
  /** Set once it is to be closed when nothing waits any more. */
  private ending: Pick<CloseLike, 'code' | 'reason'> | undefined;

  constructor(private readonly config: WebSocketSubjectConfig<T>) {
    const { retry, prepare, hookTimeout, connectRate, maxConnecting, random } = config;
    this.clock = toClock(config.clock);
    this.transport = subjectTransport(config, this.clock, (socket) => {
      this.watch(socket);
    });
    const { clock } = this;
    this.endpoint = endpoint(this.transport, {
      retry,
      prepare,
      hookTimeout,
      connectRate,
      maxConnecting,
      random,
      clock,
    });
    this.outbox = new Outbox(clock, config, {
      dropped: ({ data }) => {
        this.drop(data);
      },
      emptied: () => {
        this.finishIfDone();
      },
    });
    this.topics = new Topics(this.outbox);
  }

  get observed(): boolean {
    return this.output.observed;
  }

  /** @throws what the serializer does, and SendOverflowError */
  send(value: T): void {
    this.outbox.put(outgoing(this.serialize(value)));
  }

  serialize(value: unknown): unknown {
    const { serializer = JSON.stringify } = this.config;
    return serializer(value as T);
  }

  /** Shares the connection. The first one opens it, the last one closes it. */
  join(subscriber: Subscriber<T>): void {
    const { output } = this;
    subscriber.add(output.subscribe(subscriber));
    subscriber.add(() => {
      if (output === this.output && !output.observed) this.reset();
    });
    if (this.connection === undefined) this.connect();
  }

  multiplex(begin: () => unknown, end: () => unknown, isMine: (value: T) => boolean): Observable<T> {
    return new Observable<T>((subscriber) => {
      try {
        const topic = {
          begin: () => outgoing(this.serialize(begin())).data,
          end: () => outgoing(this.serialize(end())).data,
          subscriber,
        };
        subscriber.add(this.topics.add(topic));
      } catch (error) {
        subscriber.error(error);
        return;
      }
      const all = new Observable<T>((one) => {
        this.join(one);
      });
      subscriber.add(all.pipe(filter(isMine)).subscribe(subscriber));
    });
  }

  /** Closes when nothing waits any more; the subscribers complete when it has closed. */
  finish(ending: Pick<CloseLike, 'code' | 'reason'>): void {
    this.ending = ending;
    this.finishIfDone();
  }

  fail(error: unknown): void {
    this.reset().error(error);
  }

  /** Ends all without a word to the subscribers. */
  drain(): void {
    this.reset();
    for (const message of this.outbox.each()) {
      this.outbox.remove(message);
      this.drop(message.data);
    }
  }

  private connect(): void {
    if (this.endpoint.status.state === 'failed') this.endpoint.retryNow();
    const connection = new Subscription();
    this.connection = connection;
    const source = new Observable<Event>((owner) => {
      connection.add(owner);
      subscribeUntilClosed(this.endpoint, owner, owner);
    });
    source.subscribe({
      next: (event) => {
        this.hear(event);
      },
      error: (error: unknown) => {
        this.gaveUp(error);
      },
    });
  }

  private hear(event: Event): void {
    switch (event.type) {
      case 'data':
        this.receive(event.data);
        return;
      case 'reset': {
        const unsent = this.socket?.bufferedAmount ?? 0;
        this.detach();
        this.events.next({ ...event, unsent });
        return;
      }
      case 'connected':
      case 'reconnected':
        this.attach(event.socket);
    }
    this.events.next(event);
  }

  private watch(socket: WebSocketLike): void {
    socket.addEventListener('open', (event) => this.openings.set(socket, event));
    socket.addEventListener('close', (event) => {
      this.config.closeObserver?.next(event as PlatformCloseEvent);
    });
  }

  private attach(socket: WebSocketLike): void {
    const { connection } = this;
    this.socket = socket;
    this.config.openObserver?.next(this.openings.get(socket) as PlatformEvent);
    this.topics.renew(socket);
    // Whoever was just told may have left.
    if (this.connection !== connection) return;
    this.outbox.attach(socket);
    this.finishIfDone();
  }

  private detach(): void {
    this.socket = undefined;
    this.outbox.detach();
    this.topics.forget();
  }

  private receive(event: PlatformMessageEvent): void {
    const { deserializer = parse, onBadMessage } = this.config;
    let value: T;
    try {
      value = deserializer(event) as T;
    } catch (cause) {
      const error = new WebSocketMessageError(this.endpoint.address, 'undecodable', cause);
      this.events.next({ type: 'undecodable', error, data: (event as MessageLike).data, at: this.clock.now() });
      if (onBadMessage !== 'skip') this.fail(error);
      return;
    }
    this.output.next(value);
  }

  private gaveUp(error: unknown): void {
    const cause = error instanceof Error ? error.cause : undefined;
    const close = cause instanceof WebSocketClosedError && !cause.retryable ? cause : undefined;
    const output = this.reset();
    if (close?.info.wasClean === true) output.complete();
    else output.error(close ?? error);
  }

  private finishIfDone(): void {
    const { socket, ending, outbox, config } = this;
    if (socket === undefined || ending === undefined || !outbox.isEmpty) return;
    config.closingObserver?.next();
    socket.close(ending.code, ending.reason);
    const closed$ = this.transport.close(socket);
    const output = this.reset();
    closed$.subscribe({
      complete: () => {
        output.complete();
      },
    });
  }

  /** Lets go of the connection, and hands back those who shared it. What waits to be sent waits for the next one. */
  private reset(): Subject<T> {
    const { output, connection } = this;
    this.output = new Subject<T>();
    this.connection = undefined;
    this.ending = undefined;
    this.detach();
    connection?.unsubscribe();
    return output;
  }

  private drop(message: Sendable): void {
    this.dropped++;
    this.events.next({ type: 'dropped', message, total: this.dropped, at: this.clock.now() });
  }
}

function parse(event: PlatformMessageEvent): unknown {
  return JSON.parse((event as MessageLike).data as string);
}
