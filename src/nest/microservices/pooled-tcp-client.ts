import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { ClientProxy, type IncomingResponse, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { distinctUntilChanged, from, lastValueFrom, Observable, ReplaySubject, switchMap } from 'rxjs';
import type { Pool, PoolEvent } from '../../index.js';
import type { RequestConfig } from '../../protocol/index.js';
import { encodeNestFrame } from './encode-nest-frame.js';
import { clientOpener, type OpenClient } from './open-client.js';
import { checkClientOptions, type PooledTcpClientOptions } from './pooled-tcp-client-options.js';
import { sendEvent } from './send-event.js';
import { statusOf, type PooledTcpStatus } from './status-of.js';

/** What `on` of a {@link PooledTcpClient} tells of each connection, by the names of Nest's TCP client. */
export type PooledTcpEvents = {
  connect: () => void;
  close: () => void;
  error: (error: unknown) => void;
};

/** A packet of Nest's, whose own declaration says `any`. */
type Answer = { readonly [Member in keyof WritePacket]: unknown };

// Nest's own.
const MAX_BUFFER_SIZE = 134_217_728;
const INCOMPLETE_TIMEOUT = 30_000;
const REQUEST_TIMEOUT = 30_000;
const RETRIES = 3;

/**
 * A `ClientProxy` over a pool, for the `ServerTCP` of Nest as it is: several servers, many requests at once on each
 * connection, balancing, deadlines, and reconnecting with backoff.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { ClientsModule } from '@nestjs/microservices';
 * import { PooledTcpClient, type PooledTcpClientOptions } from 'rxpool/nest/microservices';
 *
 * const options: PooledTcpClientOptions = { servers: ['math-1.internal:3000', 'math-2.internal:3000'] };
 *
 * @Module({ imports: [ClientsModule.register([{ name: 'MATH', customClass: PooledTcpClient, options }])] })
 * export class AppModule {}
 * ```
 *
 * Nothing is made or dialled before the first use. A request errors with what the server answers as its error, and
 * otherwise as those of `requestClient`: `RequestLostError` when its connection is lost, `RequestTimeoutError`.
 *
 * @throws TypeError or RangeError for a wrong option, naming it; those of `pool` and `requests` at the first use.
 */
export class PooledTcpClient extends ClientProxy<PooledTcpEvents> {
  private readonly logger = new Logger(PooledTcpClient.name);
  private readonly open: () => OpenClient;
  private opened: OpenClient | undefined;
  private readonly opened$ = new ReplaySubject<OpenClient>(1);
  private readonly maxBuffered: number;

  constructor(private readonly options: PooledTcpClientOptions = {}) {
    super();
    checkClientOptions(options);
    const { maxBufferSize = MAX_BUFFER_SIZE, incompleteMessageTimeout = INCOMPLETE_TIMEOUT } = options;
    this.maxBuffered = options.maxSendBufferSize ?? MAX_BUFFER_SIZE;
    this.initializeSerializer(options as Parameters<ClientProxy['initializeSerializer']>[0]);
    this.initializeDeserializer(options as Parameters<ClientProxy['initializeDeserializer']>[0]);
    const protocol = {
      serializer: this.serializer,
      deserializer: this.deserializer,
      isAsync: options.deserializer !== undefined,
      maxLength: maxBufferSize,
      incompleteTimeout: incompleteMessageTimeout,
    };
    this.open = clientOpener(options, protocol, this.maxBuffered);
  }

  /** Its pool, for health, statistics and events. Made when first asked for. */
  get pool(): Pool<Socket, Buffer> {
    return this.client.pool;
  }

  /** `connected` while a server is connected to, `disconnected` while none is. Never errors, never dials. */
  override get status(): Observable<PooledTcpStatus> {
    return this.opened$.pipe(
      switchMap(({ pool }) => statusOf(pool)),
      distinctUntilChanged(),
    );
  }

  /**
   * Packets without an id or with one that no request has. What nobody listens to is not kept.
   *
   * While somebody is subscribed, one connection is kept in use.
   */
  get unexpected$(): Observable<IncomingResponse> {
    return this.opened$.pipe(switchMap(({ requests }) => requests.pushes$));
  }

  /**
   * Resolves when a server is connected to. There is no need to call it: requests wait by themselves.
   *
   * Rejects with `AcquireTimeoutError` after the pool's `acquireTimeout`.
   */
  override async connect(): Promise<void> {
    await this.pool.ready(1, { timeout: this.options.pool?.acquireTimeout ?? REQUEST_TIMEOUT });
  }

  /** Lets the requests under way finish, within `closeTimeout`. It cannot be used again. */
  override async close(): Promise<void> {
    const { closeTimeout } = this.options;
    await this.opened?.pool.close(closeTimeout === undefined ? {} : { timeout: closeTimeout });
  }

  /** Tells of the connections of the pool: more, and with the server's address, is in `pool.events$`. */
  override on<Name extends keyof PooledTcpEvents>(event: Name, callback: PooledTcpEvents[Name]): void {
    this.opened$.pipe(switchMap(({ pool }) => pool.events$)).subscribe((happened) => {
      if (nameOf(happened) === event) callback('error' in happened ? happened.error : undefined);
    });
  }

  /** The pool. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Nest's declaration
  override unwrap<T>(): T {
    return this.pool as T;
  }

  /**
   * Asks a server for each subscription. Unsubscribing forgets the request: Nest has no way to call it back.
   *
   * @param config of this request: `timeout`, `signal`, `idempotent`
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Nest's declaration
  override send<Result = unknown, Input = unknown>(
    pattern: unknown,
    data: Input,
    config?: RequestConfig,
  ): Observable<Result> {
    // The error for these is Nest's own.
    if (isNothing(pattern) || isNothing(data)) return super.send(pattern, data);
    return new Observable<Result>((observer) => {
      return this.publish(this.packetOf(pattern, data), this.createObserver<Result>(observer), config);
    });
  }

  /**
   * Sends an event, at once, whether anybody subscribes or not. Completes when the system has taken it; errors when it
   * is known to be lost, and writes that to Nest's log where nobody has subscribed.
   *
   * There is no answer to an event: one that was taken may be lost with its connection all the same.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Nest's declaration
  override emit<Result = unknown, Input = unknown>(pattern: unknown, data: Input): Observable<Result> {
    if (isNothing(pattern) || isNothing(data)) return super.emit(pattern, data);
    let isHeard = false;
    const sent = this.dispatchEvent<Result>(this.packetOf(pattern, data));
    sent.catch((error: unknown) => {
      if (!isHeard) this.logger.error(`event ${this.normalizePattern(pattern as string)} was lost: ${String(error)}`);
    });
    return new Observable<Result>((subscriber) => {
      isHeard = true;
      return from(sent).subscribe(subscriber);
    });
  }

  protected override publish(
    packet: ReadPacket,
    callback: (packet: WritePacket) => void,
    config?: RequestConfig,
  ): () => void {
    const { idempotent } = this.options;
    const wanted = idempotent === undefined ? config : { idempotent: idempotent(packet), ...config };
    const request = this.client.requests.request(packet, wanted).subscribe({
      next: ({ err, response, isDisposed }: Answer) => {
        if (err) callback({ err, response, isDisposed: true });
        else callback(isDisposed ? { response, isDisposed: true } : { response });
      },
      // A reason to abort may be anything, and only what is true is an error for Nest.
      error: (error: unknown) => callback({ err: error || new Error(String(error)), isDisposed: true }),
    });
    return () => request.unsubscribe();
  }

  protected override async dispatchEvent<T = unknown>(packet: ReadPacket): Promise<T> {
    const pattern = this.normalizePattern(packet.pattern as string);
    const frame = encodeNestFrame(this.serializer.serialize({ ...packet, pattern } as never));
    const { requestTimeout = REQUEST_TIMEOUT, requests } = this.options;
    const config = { timeout: requestTimeout, retries: requests?.retries ?? RETRIES, maxBuffered: this.maxBuffered };
    return lastValueFrom(sendEvent(this.pool, frame, config), { defaultValue: undefined as T });
  }

  private get client(): OpenClient {
    if (this.opened === undefined) {
      this.opened = this.open();
      this.opened$.next(this.opened);
    }
    return this.opened;
  }

  /** In Nest 12 a hook may add metadata to each packet. */
  private packetOf(pattern: unknown, data: unknown): ReadPacket {
    const packet: ReadPacket = { pattern, data };
    (this as { onDispatchHook?: (packet: ReadPacket) => void }).onDispatchHook?.(packet);
    return packet;
  }
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function nameOf({ type }: PoolEvent): keyof PooledTcpEvents | undefined {
  if (type === 'opened') return 'connect';
  if (type === 'closed') return 'close';
  return type === 'failed' || type === 'lost' ? 'error' : undefined;
}
