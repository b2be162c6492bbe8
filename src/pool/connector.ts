import { Subject, Subscription } from 'rxjs';
import type { Asker } from '../endpoint/asker.js';
import type { Clock } from '../endpoint/clock.js';
import { dial, type Dialling } from '../endpoint/dial.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Turn } from '../endpoint/turn.js';
import { AcquireTimeoutError } from './acquire-timeout-error.js';
import { Alarm } from './alarm.js';
import { Connection } from './connection.js';
import type { CoreConfig } from './core-config.js';
import type { Hook } from './health.js';
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
  readonly drained: () => void;
}

type Held<S, D> = Slot<Connection<S, D>>;

/** The world of a pool's core: connects, closes and checks through RxJS, keeps its time, and turns its news into events. */
export class Connector<S, D> implements PoolHost<Connection<S, D>> {
  readonly core: PoolCore<Connection<S, D>>;
  private readonly members: readonly Member<S, D>[];
  private readonly attempts = new Map<Held<S, D>, Subject<void>>();
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
    const { gate } = member.dialling;
    member.turn = gate.take(member.asker);
    if (member.turn === undefined) return false;
    // Whoever watches the status may have closed the pool just now.
    if (!this.core.stock.closing) return true;
    gate.abandoned();
    return false;
  }

  open(slot: Held<S, D>): void {
    const { endpoint, dialling, turn } = this.member(slot.endpoint.index);
    if (turn === undefined) return;
    const life = new Subscription();
    const giveUp = new Subject<void>();
    let connection: Connection<S, D> | undefined;
    this.attempts.set(slot, giveUp);
    life.add(
      // Whoever waits for a connection keeps the process alive by waiting.
      dial(dialling, turn, { unref: true, giveUp }).subscribe({
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
        complete: () => {
          this.core.stock.aborted(slot);
        },
      }),
    );
  }

  abort(slot: Held<S, D>): void {
    const giveUp = this.attempts.get(slot);
    this.attempts.delete(slot);
    giveUp?.next();
  }

  close({ connection }: Held<S, D>, force: boolean): void {
    if (connection === undefined) return;
    connection.turn.excused = true;
    connection.closing?.unsubscribe();
    connection.lose(new PoolClosedError(this.config.name));
    connection.closing = connection.close(force).subscribe({
      complete: () => {
        connection.life.unsubscribe();
        this.gone(connection, undefined);
      },
    });
  }

  look(slot: Held<S, D>): boolean {
    const { connection } = slot;
    if (connection === undefined) return false;
    try {
      connection.transport.ref?.(connection.socket);
    } catch {
      return false;
    }
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

  check(hook: Hook, slot: Held<S, D>, ticket: number): boolean | undefined {
    const { connection } = slot;
    if (connection === undefined) return false;
    const { transport, socket } = connection;
    try {
      // By name: a look-up by `hook` would cost more than most hooks.
      const answer =
        hook === 'restore'
          ? transport.restore === undefined || transport.restore(socket)
          : transport.validate === undefined || transport.validate(socket);
      return typeof answer === 'boolean'
        ? answer
        : settleAnswer(answer, (ok) => this.core.stock.checked(slot, ticket, ok));
    } catch {
      return false;
    }
  }

  rest({ connection }: Held<S, D>): void {
    try {
      if (connection !== undefined) connection.transport.unref?.(connection.socket);
    } catch {
      // It keeps the process alive, and is as good as before.
    }
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
    const errors = this.members.map(({ dialling }) => dialling.gate.exhausted);
    return errors.includes(undefined) ? undefined : errors.at(-1);
  }

  grown(open: number): void {
    this.config.grown(open);
  }

  drained(): void {
    this.alarm.set(Infinity);
    for (const { dialling, asker } of this.members) dialling.gate.leave(asker);
    this.config.drained();
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
        this.core.called(this.core.stock.table.endpoints[index] as PooledEndpoint<Connection<S, D>>);
      },
      gaveUp: () => {
        const error = this.exhausted();
        if (error !== undefined) this.config.gaveUp(error);
        this.core.settle();
      },
    };
  }

  private member(index: number): Member<S, D> {
    return this.members[index] as Member<S, D>;
  }
}
