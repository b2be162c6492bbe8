import { Subscription, type ObservableInput } from 'rxjs';
import { closeWithin } from '../endpoint/close-within.js';
import type { Asker } from '../endpoint/asker.js';
import type { Clock } from '../endpoint/clock.js';
import { dial, type Dialling } from '../endpoint/dial.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Answer } from '../endpoint/transport.js';
import type { Turn } from '../endpoint/turn.js';
import { AcquireTimeoutError } from './acquire-timeout-error.js';
import { Alarm } from './alarm.js';
import { Connection } from './connection.js';
import type { CoreConfig } from './core-config.js';
import { PoolClosedError } from './pool-closed-error.js';
import { PoolCore } from './pool-core.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { settleAnswer } from './settle-answer.js';
import type { Slot } from './slot.js';

/** One endpoint, as the connector dials it. */
interface Member<S, D> {
  readonly endpoint: Endpoint<S, D>;
  readonly dialling: Dialling<S, D>;
  readonly asker: Asker;
  /** Taken, to be used by the next `open`. */
  turn: Turn | undefined;
}

export interface ConnectorConfig<S, D> extends CoreConfig {
  readonly name: string;
  readonly endpoints: readonly Endpoint<S, D>[];
  /** So many connections are open now. */
  readonly grown: (open: number) => void;
  /** Every endpoint has given up. */
  readonly gaveUp: (error: unknown) => void;
  /** Nothing is owned any more, after the close. */
  readonly drained: () => void;
}

type Held<S, D> = Slot<Connection<S, D>>;

/** The world of a pool's core: connects, closes and checks through RxJS, keeps its time, and turns its news into events. */
export class Connector<S, D> implements PoolHost<Connection<S, D>> {
  readonly core: PoolCore<Connection<S, D>>;
  private readonly members: readonly Member<S, D>[];
  private readonly attempts = new Map<Held<S, D>, Subscription>();
  private readonly clock: Clock;
  private readonly alarm: Alarm;

  constructor(private readonly config: ConnectorConfig<S, D>) {
    this.clock = config.clock;
    this.alarm = new Alarm(this.clock, () => {
      this.core.tick(this.clock.now());
    });
    this.members = config.endpoints.map((endpoint, index) => ({
      endpoint,
      dialling: endpoint[endpointBrand],
      asker: this.asker(index),
      turn: undefined,
    }));
    this.core = new PoolCore<Connection<S, D>>(config, this);
  }

  failing({ index }: PooledEndpoint<Connection<S, D>>): boolean {
    return this.member(index).dialling.gate.failing;
  }

  turn({ index }: PooledEndpoint<Connection<S, D>>): boolean {
    const member = this.member(index);
    member.turn = member.dialling.gate.take(member.asker);
    return member.turn !== undefined;
  }

  open(slot: Held<S, D>): void {
    const { endpoint, dialling, turn } = this.member(slot.endpoint.index);
    if (turn === undefined) return;
    const life = new Subscription();
    let connection: Connection<S, D> | undefined;
    this.attempts.set(slot, life);
    life.add(
      // Whoever waits for a connection keeps the process alive by waiting.
      dial(dialling, turn, { unref: true }).subscribe({
        next: ({ socket, latency }) => {
          this.attempts.delete(slot);
          connection = new Connection(socket, dialling.transport, endpoint, slot, this.core, turn, life);
          this.core.stock.opened(slot, connection, latency, dialling.transport);
        },
        error: (error: unknown) => {
          if (connection !== undefined) {
            this.gone(connection, error);
            return;
          }
          this.attempts.delete(slot);
          this.core.stock.openFailed(slot, error);
          const exhausted = this.exhausted();
          if (exhausted !== undefined) this.config.gaveUp(exhausted);
        },
      }),
    );
  }

  abort(slot: Held<S, D>): void {
    const attempt = this.attempts.get(slot);
    this.attempts.delete(slot);
    attempt?.unsubscribe();
  }

  close({ connection }: Held<S, D>, force: boolean): void {
    if (connection === undefined) return;
    const { transport, socket, turn, life } = connection;
    turn.excused = true;
    connection.closing?.unsubscribe();
    connection.lose(new PoolClosedError(this.config.name));
    connection.closing = closeWithin(this.config.hookTimeout, this.clock, transport, socket, { force }).subscribe({
      complete: () => {
        life.unsubscribe();
        this.gone(connection, undefined);
      },
    });
  }

  look(slot: Held<S, D>): boolean {
    if (slot.connection !== undefined) slot.connection.transport.ref?.(slot.connection.socket);
    return this.usable(slot);
  }

  usable({ connection }: Held<S, D>): boolean {
    if (connection?.transport.usable === undefined) return true;
    try {
      return connection.transport.usable(connection.socket);
    } catch {
      return false;
    }
  }

  validates({ connection }: Held<S, D>): boolean {
    return connection?.transport.validate !== undefined;
  }

  restore(slot: Held<S, D>, ticket: number): boolean | undefined {
    const { connection } = slot;
    if (connection?.transport.restore === undefined) return true;
    try {
      return this.settle(connection.transport.restore(connection.socket), slot, ticket);
    } catch {
      return false;
    }
  }

  validate(slot: Held<S, D>, ticket: number): boolean | undefined {
    const { connection } = slot;
    if (connection?.transport.validate === undefined) return true;
    try {
      return this.settle(connection.transport.validate(connection.socket), slot, ticket);
    } catch {
      return false;
    }
  }

  rest({ connection }: Held<S, D>): void {
    if (connection !== undefined) connection.transport.unref?.(connection.socket);
  }

  disown({ connection }: Held<S, D>): void {
    if (connection === undefined) return;
    connection.turn.excused = true;
    connection.owned = false;
  }

  wake(at: number): void {
    this.alarm.set(at);
  }

  keepAlive(on: boolean): void {
    this.alarm.keepAlive(on);
  }

  timedOut(waited: number): AcquireTimeoutError {
    const { name, max } = this.config;
    const { table } = this.core.stock;
    const [lent, idle, checking, connecting] = [
      table.lent.size,
      table.idle.size,
      table.checking.size,
      table.connecting.size,
    ];
    const endpoints = this.config.endpoints.map(({ address, status }) => ({ address, status }));
    const { waiting } = this.core;
    return new AcquireTimeoutError({ pool: name, waited, max, lent, idle, checking, connecting, waiting, endpoints });
  }

  exhausted(): unknown {
    let last: unknown;
    for (const { dialling } of this.members) {
      last = dialling.gate.exhausted;
      if (last === undefined) return undefined;
    }
    return last;
  }

  grown(open: number): void {
    this.config.grown(open);
  }

  drained(): void {
    this.alarm.set(Infinity);
    for (const { dialling, asker } of this.members) dialling.gate.leave(asker);
    this.config.drained();
  }

  private settle(answer: Answer, slot: Held<S, D>, ticket: number): boolean | undefined {
    return typeof answer === 'boolean' ? answer : this.settleLater(answer, slot, ticket);
  }

  private settleLater(answer: ObservableInput<boolean>, slot: Held<S, D>, ticket: number): boolean | undefined {
    return settleAnswer(answer, (ok) => {
      this.core.stock.checked(slot, ticket, ok);
    });
  }

  private gone(connection: Connection<S, D>, error: unknown): void {
    connection.closing?.unsubscribe();
    const { owned } = connection;
    connection.owned = false;
    if (owned) this.core.gone(connection.slot, error);
    connection.lose(error);
  }

  private asker(index: number): Asker {
    return {
      keepsAlive: false,
      urgent: () => this.core.waiting > 0,
      turn: () => {
        const endpoint = this.core.stock.table.endpoints[index];
        if (endpoint !== undefined) this.core.called(endpoint);
      },
      gaveUp: () => {
        const error = this.exhausted();
        if (error !== undefined) this.config.gaveUp(error);
        this.core.settle();
      },
    };
  }

  private member(index: number): Member<S, D> {
    const member = this.members[index];
    if (member === undefined) throw new RangeError(`no endpoint ${String(index)}`);
    return member;
  }
}
